//! Metrics: named finite numbers, in the order in which they were given.

use std::collections::HashMap;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use patch::MetricsPatch;

use crate::error::{InvalidValue, ValueKind};
use crate::text::MetricName;

mod patch;

/// The most metrics that one model may have.
const MAX_METRICS: usize = 1000;

/// The metrics of a model: finite numbers under non-empty names, order kept, each name once (the last value given
/// stands, at the place of the first), at most 1,000.
///
/// ```
/// use registry_core::Metrics;
///
/// let metrics: Metrics = r#"{"val_loss": 0.38, "perplexity": 1.46}"#.parse()?;
/// assert_eq!(metrics.get("perplexity"), Some(1.46));
/// assert!(r#"{"val_loss": "low"}"#.parse::<Metrics>().is_err());
/// assert!(r#"{"val_loss": NaN}"#.parse::<Metrics>().is_err());
/// # Ok::<(), registry_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metrics(Vec<(MetricName, f64)>);

impl Metrics {
    /// Collects metrics.
    ///
    /// # Errors
    /// [`InvalidValue`] for a value that isn't finite, or more than 1,000 metrics.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (MetricName, f64)>) -> Result<Self, InvalidValue> {
        let pairs = pairs.into_iter();
        let mut metrics = Self(Vec::with_capacity(pairs.size_hint().0.min(MAX_METRICS)));
        let mut places = Places::default();
        for (name, value) in pairs {
            let value = checked(&name, value)?;
            match places.of(&name, &metrics.0) {
                Some(place) => metrics.0[place] = (name, value),
                None => metrics.0.push((name, value)),
            }
        }
        if metrics.0.len() > MAX_METRICS {
            let problem = format!(
                "there are {} of them, the limit is {MAX_METRICS}",
                metrics.0.len()
            );
            return Err(InvalidValue::new(ValueKind::Metrics, "", problem));
        }
        Ok(metrics)
    }

    /// Reads metrics from decoded JSON.
    ///
    /// # Errors
    /// [`InvalidValue`] when it isn't an object of numbers.
    pub fn from_json(value: &Value) -> Result<Self, InvalidValue> {
        let Value::Object(map) = value else {
            return Err(InvalidValue::new(
                ValueKind::Metrics,
                value.to_string(),
                "it is not a JSON object",
            ));
        };
        let pairs = map
            .iter()
            .map(|(name, value)| Ok((MetricName::parse(name.as_str())?, number(name, value)?)));
        Self::from_pairs(pairs.collect::<Result<Vec<_>, InvalidValue>>()?)
    }

    /// Reads metrics from JSON text.
    ///
    /// # Errors
    /// [`InvalidValue`] when it isn't JSON, or not an object of finite numbers.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| not_json(ValueKind::Metrics, text, &error))?;
        Self::from_json(&value)
    }

    /// The value of a metric.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0
            .iter()
            .find(|(metric, _)| metric.as_str() == name)
            .map(|(_, value)| *value)
    }

    /// Names and values in the order in which they were given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&MetricName, f64)> {
        self.0.iter().map(|(name, value)| (name, *value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Where names stand. Few are found by looking, many by an index.
#[derive(Default)]
struct Places(HashMap<MetricName, usize>);

impl Places {
    const FEW: usize = 16;

    fn of<T>(&mut self, name: &MetricName, metrics: &[(MetricName, T)]) -> Option<usize> {
        if metrics.len() <= Self::FEW {
            return metrics.iter().position(|(other, _)| other == name);
        }
        let known = self.0.len();
        let new = metrics.iter().enumerate().skip(known);
        self.0.extend(new.map(|(place, (name, _))| (name.clone(), place)));
        self.0.get(name).copied()
    }
}

/// A metric's value, if it is finite.
fn checked(name: &MetricName, value: f64) -> Result<f64, InvalidValue> {
    if value.is_finite() {
        return Ok(value);
    }
    let problem = format!("its value {value} is not finite");
    Err(InvalidValue::new(ValueKind::Metrics, name.as_str(), problem))
}

/// The number in a JSON value that stands for a metric.
fn number(name: &str, value: &Value) -> Result<f64, InvalidValue> {
    value.as_f64().filter(|number| number.is_finite()).ok_or_else(|| {
        InvalidValue::new(
            ValueKind::Metrics,
            name,
            format!("its value {value} is not a number"),
        )
    })
}

/// A text that should have been JSON; `NaN` and `Infinity` get their own words because Python writes them.
pub(crate) fn not_json(kind: ValueKind, text: &str, error: &serde_json::Error) -> InvalidValue {
    let (line, column) = (error.line(), error.column());
    let words = error.to_string();
    let cause = words
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&words);
    let place = match text.lines().nth(1) {
        Some(_) => format!("line {line}, column {column}"),
        None => format!("column {column}"),
    };
    let stopped_in = text.lines().nth(line.saturating_sub(1)).unwrap_or(text);
    let advice = if not_finite(stopped_in, column) {
        "; NaN and Infinity have no place in JSON"
    } else {
        ""
    };
    InvalidValue::new(
        kind,
        text,
        format!("it is not valid JSON at {place}: {cause}{advice}"),
    )
}

/// Whether the reading stopped at `NaN`, `Infinity` or, after its sign, `-Infinity`.
fn not_finite(line: &str, column: usize) -> bool {
    let places = column.saturating_sub(2)..=column;
    places
        .filter_map(|place| line.get(place..))
        .any(|rest| rest.starts_with("NaN") || rest.starts_with("Infinity"))
}

impl std::str::FromStr for Metrics {
    type Err = crate::error::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::parse(text)?)
    }
}

impl Serialize for Metrics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Metrics {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Metrics;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of finite numbers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metrics, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry::<MetricName, f64>()? {
                    pairs.push(pair);
                }
                Metrics::from_pairs(pairs).map_err(serde::de::Error::custom)
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn order_is_kept_and_the_last_value_stands() {
        let metrics = Metrics::parse(r#"{"b": 1, "a": 2.5, "b": 3}"#).unwrap();
        let pairs: Vec<_> = metrics
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        assert_eq!(pairs, [("b", 3.0), ("a", 2.5)]);
    }

    #[test]
    fn what_is_no_metric_is_refused() {
        for text in [
            "[]",
            "1",
            "null",
            r#"{"a": "x"}"#,
            r#"{"a": null}"#,
            r#"{"a": true}"#,
            r#"{"": 1}"#,
            r#"{"a": NaN}"#,
            r#"{"a": 1e999}"#,
            "{",
        ] {
            assert!(Metrics::parse(text).is_err(), "{text}");
        }
        assert!(
            Metrics::parse(r#"{"a": NaN}"#)
                .unwrap_err()
                .to_string()
                .contains("NaN")
        );
        assert!(Metrics::from_pairs([(MetricName::parse("a").unwrap(), f64::NAN)]).is_err());
    }

    #[test]
    fn what_is_not_json_is_told_by_its_place() {
        let table = [
            (
                r#"{"a": NaN}"#,
                "it is not valid JSON at column 7: expected value; NaN and Infinity have no place in JSON",
            ),
            (
                r#"{"a": -Infinity}"#,
                "it is not valid JSON at column 8: invalid number; NaN and Infinity have no place in JSON",
            ),
            (
                r#"{"NaN": 1,}"#,
                "it is not valid JSON at column 11: trailing comma",
            ),
            (
                "{\n\"a\" 1}",
                "it is not valid JSON at line 2, column 5: expected `:`",
            ),
        ];
        for (text, problem) in table {
            assert_eq!(Metrics::parse(text).unwrap_err().problem(), problem, "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in any::<String>()) {
            let _ = Metrics::parse(&text);
        }

        #[test]
        fn json_round_trips_exactly(values in proptest::collection::vec(any::<f64>().prop_filter("finite", |v| v.is_finite()), 0..8)) {
            let pairs = values.iter().enumerate().map(|(i, v)| (MetricName::parse(format!("m{i}")).unwrap(), *v));
            let metrics = Metrics::from_pairs(pairs).unwrap();
            let text = serde_json::to_string(&metrics).unwrap();
            prop_assert_eq!(Metrics::parse(&text).unwrap(), metrics);
        }
    }
}
