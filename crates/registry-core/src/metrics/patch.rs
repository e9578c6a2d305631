//! A change to some metrics of a model.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Metrics, Places, checked, number};
use crate::error::InvalidValue;
use crate::text::MetricName;

/// Metrics to set (`Some`) and to remove (`None`), each name once: the last change given stands, at the place of the
/// first. A number that isn't finite can't be in it.
///
/// ```
/// use registry_core::{Metrics, MetricsPatch};
///
/// let current: Metrics = r#"{"val_loss": 0.38, "f1": 0.9}"#.parse()?;
/// let patch = MetricsPatch::from_pairs([("val_loss".parse()?, Some(0.36)), ("f1".parse()?, None)])?;
/// assert_eq!(patch.apply(&current)?, r#"{"val_loss": 0.36}"#.parse()?);
/// assert!(MetricsPatch::from_pairs([("val_loss".parse()?, Some(f64::NAN))]).is_err());
/// # Ok::<(), registry_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct MetricsPatch(Vec<(MetricName, Option<f64>)>);

impl MetricsPatch {
    /// Collects changes.
    ///
    /// # Errors
    /// [`InvalidValue`] for a value that isn't finite, even if a later change of the same metric supersedes it.
    pub fn from_pairs(
        pairs: impl IntoIterator<Item = (MetricName, Option<f64>)>,
    ) -> Result<Self, InvalidValue> {
        let mut changes: Vec<(MetricName, Option<f64>)> = Vec::new();
        let mut places = Places::default();
        for (name, value) in pairs {
            let value = value.map(|value| checked(&name, value)).transpose()?;
            match places.of(&name, &changes) {
                Some(place) => changes[place] = (name, value),
                None => changes.push((name, value)),
            }
        }
        Ok(Self(changes))
    }

    /// Reads changes from a JSON object: numbers set, `null` removes.
    ///
    /// # Errors
    /// [`InvalidValue`] for anything else.
    pub fn from_json(map: &Map<String, Value>) -> Result<Self, InvalidValue> {
        let entry = |(name, value): (&String, &Value)| {
            let metric = MetricName::parse(name.as_str())?;
            let value = if value.is_null() {
                None
            } else {
                Some(number(name, value)?)
            };
            Ok((metric, value))
        };
        Self::from_pairs(map.iter().map(entry).collect::<Result<Vec<_>, InvalidValue>>()?)
    }

    /// Names and their new values, in the order in which they were given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&MetricName, Option<f64>)> {
        self.0.iter().map(|(name, value)| (name, *value))
    }

    /// The metrics afterwards.
    ///
    /// # Errors
    /// [`InvalidValue`] when they would be more than a model may have.
    pub fn apply(&self, current: &Metrics) -> Result<Metrics, InvalidValue> {
        let mut places = Places::default();
        let kept = current.iter().filter(|(name, _)| {
            let change = places.of(name, &self.0).map(|place| self.0[place].1);
            change != Some(None)
        });
        let kept: Vec<_> = kept.map(|(name, value)| (name.clone(), value)).collect();
        let set = self
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value?)));
        Metrics::from_pairs(kept.into_iter().chain(set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(pairs: &[(&str, Option<f64>)]) -> Result<MetricsPatch, InvalidValue> {
        MetricsPatch::from_pairs(pairs.iter().map(|(name, value)| (name.parse().unwrap(), *value)))
    }

    fn applied(current: &str, pairs: &[(&str, Option<f64>)]) -> String {
        let metrics = patch(pairs).unwrap().apply(&current.parse().unwrap()).unwrap();
        serde_json::to_string(&metrics).unwrap()
    }

    #[test]
    fn the_last_change_of_a_metric_stands() {
        let current = r#"{"a":1.0,"b":2.0}"#;
        assert_eq!(
            applied(current, &[("a", None), ("a", Some(3.0))]),
            r#"{"a":3.0,"b":2.0}"#
        );
        assert_eq!(applied(current, &[("a", Some(3.0)), ("a", None)]), r#"{"b":2.0}"#);
        let back_and_forth = [("c", None), ("d", Some(4.0)), ("c", Some(3.0))];
        assert_eq!(applied("{}", &back_and_forth), r#"{"c":3.0,"d":4.0}"#);
    }

    #[test]
    fn a_number_that_is_not_finite_is_refused_wherever_it_stands() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(patch(&[("a", Some(value))]).is_err());
            assert!(patch(&[("a", Some(value)), ("a", None)]).is_err());
        }
    }

    #[test]
    fn many_changes_are_read_in_one_pass() {
        let many = (0..200_000).map(|n| (format!("m{n}").parse().unwrap(), None));
        let patch = MetricsPatch::from_pairs(many).unwrap();
        assert_eq!(patch.iter().len(), 200_000);
        let current = r#"{"m199999": 1.0, "other": 2.0}"#.parse().unwrap();
        assert_eq!(
            patch.apply(&current).unwrap(),
            r#"{"other": 2.0}"#.parse().unwrap()
        );
    }
}
