//! What of a model's metadata can be searched. Backends keep these leaves as rows with an index, so a predicate on
//! metadata costs what it returns; the bounds keep a registration's cost bounded.

use serde_json::Value;

use super::field::{MetadataPath, Step};
use super::limits::{MAX_LEAF_TEXT_BYTES, MAX_LEAVES, MAX_PATH_BYTES};
use crate::metadata::Metadata;

/// A searchable value of metadata.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// Its path as [`MetadataPath`] prints it: `.layers[0].size`.
    pub path: String,
    /// What it is.
    pub value: LeafValue,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum LeafValue {
    /// A number, as double precision.
    Number(f64),
    /// A text.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// An object, an array, or a text that is too long or holds U+0000: it exists and equals nothing.
    Opaque,
}

/// The searchable values, in the order of the document. `null` is no value.
pub fn leaves(metadata: &Metadata) -> Vec<Leaf> {
    let mut walk = Walk {
        steps: Vec::new(),
        leaves: Vec::new(),
    };
    for (key, value) in metadata.as_map() {
        walk.enter(Step::Key(key.clone()), value);
    }
    walk.leaves
}

struct Walk {
    steps: Vec<Step>,
    leaves: Vec<Leaf>,
}

impl Walk {
    fn enter(&mut self, step: Step, value: &Value) {
        if self.leaves.len() >= MAX_LEAVES {
            return;
        }
        self.steps.push(step);
        self.visit(value);
        self.steps.pop();
    }

    /// Recursion is safe: metadata is nested at most 64 deep.
    fn visit(&mut self, value: &Value) {
        // A key that no search can name has nothing below that a search could name either.
        let Ok(path) = MetadataPath::new(self.steps.clone()) else {
            return;
        };
        let path = path.to_string();
        if path.len() > MAX_PATH_BYTES {
            return;
        }
        let leaf = match value {
            Value::Null => return,
            Value::Bool(boolean) => LeafValue::Boolean(*boolean),
            // Adding zero turns -0 into 0.
            Value::Number(number) => number
                .as_f64()
                .map_or(LeafValue::Opaque, |number| LeafValue::Number(number + 0.0)),
            Value::String(text) if text.len() > MAX_LEAF_TEXT_BYTES || text.contains('\0') => {
                LeafValue::Opaque
            }
            Value::String(text) => LeafValue::Text(text.clone()),
            Value::Array(_) | Value::Object(_) => LeafValue::Opaque,
        };
        self.leaves.push(Leaf { path, value: leaf });
        match value {
            Value::Array(items) => {
                for (index, item) in (0..).zip(items) {
                    self.enter(Step::Index(index), item);
                }
            }
            Value::Object(map) => {
                for (key, item) in map {
                    self.enter(Step::Key(key.clone()), item);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> Vec<(String, LeafValue)> {
        let leaves = leaves(&Metadata::parse(json).unwrap());
        leaves.into_iter().map(|leaf| (leaf.path, leaf.value)).collect()
    }

    #[test]
    fn every_value_has_its_path() {
        let found = shown(r#"{"a": {"top 1": 1, "n": null}, "l": ["x", true, -0.0], "0": "y"}"#);
        let expected = [
            (".a", LeafValue::Opaque),
            (".a.\"top 1\"", LeafValue::Number(1.0)),
            (".l", LeafValue::Opaque),
            (".l[0]", LeafValue::Text("x".into())),
            (".l[1]", LeafValue::Boolean(true)),
            (".l[2]", LeafValue::Number(0.0)),
            (".0", LeafValue::Text("y".into())),
        ];
        assert_eq!(found, expected.map(|(path, value)| (path.to_owned(), value)));
    }

    #[test]
    fn the_bounds_hold() {
        let many = format!("{{\"a\": [{}0]}}", "0,".repeat(2_000));
        assert_eq!(shown(&many).len(), MAX_LEAVES);
        let text = |length: usize| {
            shown(&format!("{{\"a\": \"{}\"}}", "x".repeat(length)))[0]
                .1
                .clone()
        };
        assert!(matches!(text(MAX_LEAF_TEXT_BYTES), LeafValue::Text(_)));
        assert_eq!(text(MAX_LEAF_TEXT_BYTES + 1), LeafValue::Opaque);
        assert_eq!(shown(&format!("{{\"{}\": 1}}", "k".repeat(MAX_PATH_BYTES))), []);
        assert_eq!(
            shown(r#"{"a\u0000": 1, "b": "\u0000"}"#),
            [(".b".to_owned(), LeafValue::Opaque)]
        );
    }
}
