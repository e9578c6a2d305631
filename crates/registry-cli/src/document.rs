//! One JSON object with a long list in it, written piece by piece: the same text as if it had been made at once.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

/// The object in the making.
#[derive(Debug)]
pub(crate) struct ListDocument {
    begun: bool,
    empty: bool,
    head: String,
}

impl ListDocument {
    /// An object with a list under this key, behind these entries.
    pub(crate) fn new(before: &[(&str, Value)], list: &str) -> Self {
        let mut head = String::from("{");
        for (key, value) in before {
            // Writing to a text cannot fail.
            let _ = write!(head, "\n  {}: {},", json!(key), indented(value, 1));
        }
        let _ = write!(head, "\n  {}: [", json!(list));
        Self {
            begun: false,
            empty: true,
            head,
        }
    }

    /// The next entries of the list.
    pub(crate) fn items<T: Serialize>(&mut self, items: impl IntoIterator<Item = T>) -> String {
        let mut text = self.beginning();
        for item in items {
            let comma = if std::mem::take(&mut self.empty) { "" } else { "," };
            let _ = write!(text, "{comma}\n    {}", indented(&json!(item), 2));
        }
        text
    }

    /// The end, with these entries behind the list.
    pub(crate) fn end(mut self, after: &[(&str, Value)]) -> String {
        let mut text = self.beginning();
        text.push_str(if self.empty { "]" } else { "\n  ]" });
        for (key, value) in after {
            let _ = write!(text, ",\n  {}: {}", json!(key), indented(value, 1));
        }
        text.push_str("\n}\n");
        text
    }

    fn beginning(&mut self) -> String {
        if std::mem::replace(&mut self.begun, true) {
            String::new()
        } else {
            std::mem::take(&mut self.head)
        }
    }
}

/// The value with all lines but the first moved to the right. A line break within a text is escaped, so each is one of
/// the layout.
fn indented(value: &Value, levels: usize) -> String {
    format!("{value:#}").replace('\n', &format!("\n{}", "  ".repeat(levels)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_if_made_at_once() {
        let items = [json!({ "a": [1, {}], "b": "x\ny" }), json!(2), json!([])];
        for count in 0..=3 {
            let before = [("name", json!({ "n": 1 }))];
            let mut document = ListDocument::new(&before, "items");
            let mut text = String::new();
            for item in &items[..count] {
                text += &document.items([item]);
            }
            text += &document.end(&[("next", json!(null)), ("more", json!({ "m": [] }))]);
            let whole = json!({
                "name": { "n": 1 }, "items": items[..count], "next": null, "more": { "m": [] }
            });
            assert_eq!(text, format!("{whole:#}\n"));
        }
    }
}
