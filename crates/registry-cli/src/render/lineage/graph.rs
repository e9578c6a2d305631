//! Families as Mermaid flowcharts and Graphviz graphs. Names are quoted as each language wants it.

use std::collections::HashSet;
use std::fmt::Write as _;

use registry_core::{Lineage, Model, ModelId};

use crate::render::Screen;
use crate::render::text::plain;

/// Graphs go to programs that read UTF-8; control characters are escaped all the same.
const FILE: Screen = Screen {
    width: usize::MAX,
    color: false,
    unicode: true,
    utc: true,
};

/// A family as a Mermaid flowchart, the model that was asked for with a thick border.
pub fn lineage_mermaid(lineage: &Lineage) -> String {
    let mut text = String::from("flowchart TD\n");
    for node in &lineage.nodes {
        let [name, detail] = label(&node.model).map(|line| mermaid_quoted(&line));
        let _ = writeln!(text, "    m{}[\"{name}<br/>{detail}\"]", node.model.id);
    }
    for (parent, child) in edges(lineage) {
        let _ = writeln!(text, "    m{parent} --> m{child}");
    }
    text + &format!("    style m{} stroke-width:4px\n", lineage.model)
}

/// A family as a Graphviz graph, the model that was asked for in bold.
pub fn lineage_dot(lineage: &Lineage) -> String {
    let mut text = String::from("digraph lineage {\n    node [shape=box];\n");
    for node in &lineage.nodes {
        let [name, detail] = label(&node.model).map(|line| dot_quoted(&line));
        let style = if node.model.id == lineage.model {
            ", style=bold"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "    m{} [label=\"{name}\\n{detail}\"{style}];",
            node.model.id
        );
    }
    for (parent, child) in edges(lineage) {
        let _ = writeln!(text, "    m{parent} -> m{child};");
    }
    text + "}\n"
}

/// The two lines in a node's box.
fn label(model: &Model) -> [String; 2] {
    let mut detail = format!("id {}", model.id);
    for tag in &model.tags {
        let _ = write!(detail, ", {}", tag.name);
    }
    let name = format!("{}@{}", model.name, model.version);
    [plain(&name, &FILE), plain(&detail, &FILE)]
}

/// From parent to child, where both are shown.
fn edges(lineage: &Lineage) -> impl Iterator<Item = (ModelId, ModelId)> {
    let members: HashSet<ModelId> = lineage.nodes.iter().map(|node| node.model.id).collect();
    let pairs = lineage
        .nodes
        .iter()
        .filter_map(|node| Some((node.model.parent?, node.model.id)));
    pairs.filter(move |(parent, _)| members.contains(parent))
}

/// Text between double quotes in Mermaid: what would end it or start markup becomes an entity.
fn mermaid_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '"' | '#' | '&' | '<' | '>' | '`' | '\\' | ';' | '*' | '_') {
            let _ = write!(quoted, "#{};", u32::from(c));
        } else {
            quoted.push(c);
        }
    }
    quoted
}

/// Text between double quotes in DOT.
fn dot_quoted(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', r#"\""#)
}

#[cfg(test)]
mod tests {
    use registry_core::LineageNode;

    use super::*;
    use crate::render::testing::{a_model, child_of, tagged};

    fn tricky() -> Lineage {
        let base = a_model(1, r#"a"b\<c>#"#, "1.0.0");
        let child = tagged(child_of(a_model(2, "child", "1.0.0"), 1), "production", true);
        let node = |generation, model| LineageNode { generation, model };
        Lineage {
            model: child.id,
            nodes: vec![node(-1, base), node(0, child)],
        }
    }

    #[test]
    fn mermaid_quotes_with_entities() {
        assert_eq!(
            lineage_mermaid(&tricky()),
            "\
flowchart TD
    m1[\"a#34;b#92;#60;c#62;#35;@1.0.0<br/>id 1\"]
    m2[\"child@1.0.0<br/>id 2, production\"]
    m1 --> m2
    style m2 stroke-width:4px
"
        );
    }

    #[test]
    fn dot_quotes_with_backslashes() {
        assert_eq!(
            lineage_dot(&tricky()),
            r#"digraph lineage {
    node [shape=box];
    m1 [label="a\"b\\<c>#@1.0.0\nid 1"];
    m2 [label="child@1.0.0\nid 2, production", style=bold];
    m1 -> m2;
}
"#
        );
    }
}
