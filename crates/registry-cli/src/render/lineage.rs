//! Families of models: a tree for a terminal, graphs for other programs.

mod graph;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use registry_core::{Lineage, LineageNode, Model, ModelId, Status};

use super::text::{Emphasis, Glyph, emphasize, plain};
use super::{Screen, number, time};

pub use graph::{lineage_dot, lineage_mermaid};

/// How many metrics a node shows, as in the original.
const METRICS: usize = 3;

/// A family as a tree, the model that was asked for marked; below each name its task, time and first metrics.
pub fn lineage_tree(lineage: &Lineage, screen: &Screen) -> String {
    let family = Family::of(lineage);
    let mut text = String::new();
    let mut shown = HashSet::new();
    // The roots first; then whatever hangs on no root, which only a cycle in an old file can bring about.
    for start in family.roots.iter().copied().chain(&lineage.nodes) {
        let mut waiting = vec![Branch::root(start)];
        while let Some(branch) = waiting.pop() {
            let model = &branch.node.model;
            if !shown.insert(model.id) {
                continue;
            }
            let children = family.children(model.id);
            text.push_str(&branch.lines(model.id == lineage.model, !children.is_empty(), screen));
            for (place, child) in children.iter().enumerate().rev() {
                waiting.push(branch.child(child, place + 1 == children.len(), screen));
            }
        }
    }
    text
}

/// Who is whose child among the nodes.
struct Family<'a> {
    roots: Vec<&'a LineageNode>,
    children: HashMap<ModelId, Vec<&'a LineageNode>>,
}

impl<'a> Family<'a> {
    fn of(lineage: &'a Lineage) -> Self {
        let members: HashSet<ModelId> = lineage.nodes.iter().map(|node| node.model.id).collect();
        let mut family = Self {
            roots: Vec::new(),
            children: HashMap::new(),
        };
        for node in &lineage.nodes {
            match node.model.parent.filter(|parent| members.contains(parent)) {
                Some(parent) => family.children.entry(parent).or_default().push(node),
                None => family.roots.push(node),
            }
        }
        family
    }

    fn children(&self, id: ModelId) -> &[&'a LineageNode] {
        self.children.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// A node with what stands to its left.
struct Branch<'a> {
    node: &'a LineageNode,
    /// Before its name: the lines of its ancestors, and its own corner.
    lead: String,
    /// Before everything below its name.
    below: String,
}

impl<'a> Branch<'a> {
    fn root(node: &'a LineageNode) -> Self {
        Self {
            node,
            lead: String::new(),
            below: String::new(),
        }
    }

    fn child<'b>(&self, node: &'b LineageNode, last: bool, screen: &Screen) -> Branch<'b> {
        let corner = if last { Glyph::LastBranch } else { Glyph::Branch };
        let trunk = if last { "   " } else { Glyph::Trunk.on(screen) };
        Branch {
            node,
            lead: format!("{}{}", self.below, corner.on(screen)),
            below: format!("{}{trunk}", self.below),
        }
    }

    fn lines(&self, asked: bool, has_children: bool, screen: &Screen) -> String {
        let model = &self.node.model;
        let mut first = format!("{}{}", self.lead, title(model, asked, screen));
        if asked {
            first = format!("{first} {}", Glyph::Pointer.on(screen));
        }
        let trunk = if has_children {
            Glyph::Trunk.on(screen)
        } else {
            "   "
        };
        let mut text = first + "\n";
        for detail in details(model, screen) {
            let _ = writeln!(text, "{}{trunk}{detail}", self.below);
        }
        text
    }
}

fn title(model: &Model, asked: bool, screen: &Screen) -> String {
    let name = plain(&model.reference().to_string(), screen);
    let emphasis = if asked { Emphasis::Good } else { Emphasis::Strong };
    let mut title = emphasize(&name, emphasis, screen);
    let tags: Vec<&str> = model.tags.iter().map(|tag| tag.name.as_str()).collect();
    if !tags.is_empty() {
        title = format!("{title} [{}]", plain(&tags.join(", "), screen));
    }
    if model.status == Status::Retired {
        title = format!("{title} {}", emphasize("retired", Emphasis::Faint, screen));
    }
    title
}

fn details(model: &Model, screen: &Screen) -> Vec<String> {
    let task = plain(model.task_type.as_str(), screen);
    let mut lines = vec![format!(
        "Task: {task}, Created: {}",
        time::moment(model.created_at, screen)
    )];
    let metrics: Vec<String> = model
        .metrics
        .iter()
        .take(METRICS)
        .map(|(name, value)| {
            format!(
                "{}: {}",
                plain(name.as_str(), screen),
                number::four_decimals(value)
            )
        })
        .collect();
    if !metrics.is_empty() {
        lines.push(metrics.join(", "));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{ASCII, WIDE, a_model, child_of, tagged, with_metrics};

    fn family() -> Lineage {
        let base = with_metrics(
            a_model(1, "base", "1.0.0"),
            r#"{"val_loss": 0.52, "b": 2, "c": 3, "d": 4}"#,
        );
        let domain = tagged(child_of(a_model(2, "domain", "1.0.0"), 1), "production", true);
        let task = child_of(a_model(3, "task", "1.0.0"), 2);
        let mut other = child_of(a_model(4, "other", "1.0.0"), 1);
        other.status = Status::Retired;
        let node = |generation, model| LineageNode { generation, model };
        Lineage {
            model: domain.id,
            nodes: vec![node(-1, base), node(0, domain), node(0, other), node(1, task)],
        }
    }

    #[test]
    fn a_tree_with_corners() {
        assert_eq!(
            lineage_tree(&family(), &WIDE),
            "\
base@1.0.0 (id 1)
│  Task: language_modeling, Created: 2026-01-31 12:00:00 UTC
│  val_loss: 0.5200, b: 2.0000, c: 3.0000
├─ domain@1.0.0 (id 2) [production] ◀
│  │  Task: language_modeling, Created: 2026-01-31 12:00:00 UTC
│  └─ task@1.0.0 (id 3)
│        Task: language_modeling, Created: 2026-01-31 12:00:00 UTC
└─ other@1.0.0 (id 4) retired
      Task: language_modeling, Created: 2026-01-31 12:00:00 UTC
"
        );
        let ascii = lineage_tree(&family(), &ASCII);
        assert!(
            ascii.is_ascii() && ascii.contains("`- other@1.0.0 (id 4) retired"),
            "{ascii}"
        );
    }

    #[test]
    fn a_cycle_from_an_old_file_is_shown_once() {
        let node = |model| LineageNode { generation: 0, model };
        let lineage = Lineage {
            model: 1.try_into().unwrap(),
            nodes: vec![
                node(child_of(a_model(1, "a", "1.0.0"), 2)),
                node(child_of(a_model(2, "b", "1.0.0"), 1)),
            ],
        };
        let text = lineage_tree(&lineage, &WIDE);
        assert_eq!(text.matches("Task:").count(), 2, "{text}");
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let nodes = (1..=3000).map(|id| {
            let model = a_model(id, "m", "1.0.0");
            let model = if id == 1 { model } else { child_of(model, id - 1) };
            LineageNode {
                generation: id,
                model,
            }
        });
        let lineage = Lineage {
            model: 1.try_into().unwrap(),
            nodes: nodes.collect(),
        };
        assert_eq!(lineage_tree(&lineage, &WIDE).matches("Task:").count(), 3000);
    }
}
