//! Metadata: a JSON object of the user's own.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::error::{InvalidValue, ValueKind};
use crate::metrics::not_json;

/// The most bytes of JSON text.
const MAX_BYTES: usize = 1 << 20;
/// The deepest nesting, the object itself included.
const MAX_DEPTH: usize = 64;

/// A JSON object of at most 1 MiB, nested at most 64 deep, its order kept. Numbers are what JSON parsers agree on
/// (RFC 8259, section 6): 64-bit integers exactly, everything else as a double.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(transparent)]
pub struct Metadata(Map<String, Value>);

impl Metadata {
    /// Checks a decoded object.
    ///
    /// # Errors
    /// [`InvalidValue`] when it is too large or too deep.
    pub fn from_map(map: Map<String, Value>) -> Result<Self, InvalidValue> {
        let value = Value::Object(map);
        if depth(&value) > MAX_DEPTH {
            return Err(InvalidValue::new(
                ValueKind::Metadata,
                "{…}",
                format!("it is nested deeper than {MAX_DEPTH}"),
            ));
        }
        // Every model that is read comes by here: it is written out to be measured only where it may be too large.
        let bytes = if at_most(&value) > MAX_BYTES {
            value.to_string().len()
        } else {
            0
        };
        if bytes > MAX_BYTES {
            return Err(InvalidValue::new(
                ValueKind::Metadata,
                "{…}",
                format!("it has {bytes} bytes, the limit is {MAX_BYTES}"),
            ));
        }
        match value {
            Value::Object(map) => Ok(Self(map)),
            _ => Ok(Self::default()),
        }
    }

    /// Checks a decoded value.
    ///
    /// # Errors
    /// [`InvalidValue`] when it isn't an object, too large or too deep.
    pub fn from_json(value: Value) -> Result<Self, InvalidValue> {
        match value {
            Value::Object(map) => Self::from_map(map),
            other => Err(InvalidValue::new(
                ValueKind::Metadata,
                other.to_string(),
                "it is not a JSON object",
            )),
        }
    }

    /// Reads JSON text.
    ///
    /// # Errors
    /// [`InvalidValue`] when it isn't a JSON object, too large or too deep.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let value =
            serde_json::from_str(text).map_err(|error| not_json(ValueKind::Metadata, text, &error))?;
        Self::from_json(value)
    }

    /// The object.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The object, to change it.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// Whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With a JSON Merge Patch ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)) applied: objects merge, `null`
    /// removes, everything else replaces.
    ///
    /// # Errors
    /// [`InvalidValue`] when the result is too large or too deep.
    pub fn merged(mut self, patch: &Map<String, Value>) -> Result<Self, InvalidValue> {
        merge(&mut self.0, patch);
        Self::from_map(self.0)
    }
}

fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (key, change) in patch {
        match change {
            Value::Null => {
                target.shift_remove(key);
            }
            Value::Object(inner) => {
                let slot = target
                    .entry(key.clone())
                    .or_insert_with(|| Value::Object(Map::new()));
                if !slot.is_object() {
                    *slot = Value::Object(Map::new());
                }
                if let Value::Object(map) = slot {
                    merge(map, inner);
                }
            }
            other => {
                target.insert(key.clone(), other.clone());
            }
        }
    }
}

/// So many bytes of JSON at most: an escaped character has six, the longest number 24.
fn at_most(value: &Value) -> usize {
    let text = |text: &str| text.len() * 6 + 2;
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(_) => 32,
        Value::String(string) => text(string),
        Value::Array(items) => 2 + items.iter().map(|item| at_most(item) + 1).sum::<usize>(),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| text(key) + at_most(value) + 2);
            2 + entries.sum::<usize>()
        }
    }
}

/// Recursion is safe: `serde_json` refuses text nested deeper than 128.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

impl std::str::FromStr for Metadata {
    type Err = crate::error::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::parse(text)?)
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Map::deserialize(deserializer)?;
        Self::from_map(map).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_objects_of_bounded_size() {
        assert!(Metadata::parse(r#"{"a": {"b": [1, 2]}}"#).is_ok());
        for text in ["[]", "1", "\"a\"", "null", "{", "{\"a\": NaN}"] {
            assert!(Metadata::parse(text).is_err(), "{text}");
        }
        assert!(Metadata::parse(&format!("{{\"a\": {}1{}}}", "[".repeat(63), "]".repeat(63))).is_ok());
        assert!(Metadata::parse(&format!("{{\"a\": {}1{}}}", "[".repeat(64), "]".repeat(64))).is_err());
        assert!(
            Metadata::parse(&format!(
                "{{\"a\": {}1{}}}",
                "[".repeat(100_000),
                "]".repeat(100_000)
            ))
            .is_err()
        );
        // The last byte that fits: `{"a":"` and `"}` are eight.
        let of = |bytes: usize| Metadata::parse(&format!("{{\"a\": \"{}\"}}", "x".repeat(bytes - 8)));
        assert!(of(MAX_BYTES).is_ok() && of(MAX_BYTES + 1).is_err());
    }

    #[test]
    fn merges_as_rfc_7396_says() {
        let target = Metadata::parse(r#"{"a": "b", "c": {"d": "e", "f": "g"}, "n": [1]}"#).unwrap();
        let patch = Metadata::parse(r#"{"a": "z", "c": {"f": null}, "n": {"x": 1, "y": null}}"#).unwrap();
        let merged = target.merged(patch.as_map()).unwrap();
        assert_eq!(
            serde_json::to_string(&merged).unwrap(),
            r#"{"a":"z","c":{"d":"e"},"n":{"x":1}}"#
        );
    }

    proptest! {
        #[test]
        fn no_json_is_longer_than_at_most(text in any::<String>(), number in any::<f64>(), whole in any::<i64>()) {
            let values = serde_json::json!([number, whole, null, true, text, {}]);
            let value = Value::Object(Map::from_iter([(text, values)]));
            prop_assert!(value.to_string().len() <= at_most(&value));
        }

        #[test]
        fn parsing_never_panics(text in any::<String>()) {
            let _ = Metadata::parse(&text);
        }
    }
}
