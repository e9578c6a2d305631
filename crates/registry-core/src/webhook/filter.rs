//! Which events a webhook is told of.

use serde::{Deserialize, Serialize};

use crate::error::{Error, InvalidValue, ValueKind};
use crate::event::{Event, EventKind};
use crate::search::{Glob, SearchError};

/// How many patterns there are at most, of names and of tags.
const MAX_PATTERNS: usize = 50;
/// The longest pattern.
const MAX_PATTERN_BYTES: usize = 255;

/// Which events: of these kinds, of models of these names, with these tags. What is empty leaves out nothing; an event
/// without a model, or without a tag, fits no pattern.
///
/// ```
/// use registry_core::EventKind;
/// use registry_core::webhook::WebhookFilter;
///
/// let filter = WebhookFilter::new([EventKind::Promoted], ["team-a/*"], ["production"])?;
/// assert_eq!(
///     serde_json::to_string(&filter).unwrap(),
///     r#"{"kinds":["promoted"],"names":["team-a/*"],"tags":["production"]}"#
/// );
/// # Ok::<(), registry_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Patterns", into = "Patterns")]
pub struct WebhookFilter {
    kinds: Vec<EventKind>,
    names: Vec<Glob>,
    tags: Vec<Glob>,
}

/// A filter as text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patterns {
    #[serde(default)]
    kinds: Vec<EventKind>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
}

impl WebhookFilter {
    /// A filter of these kinds of events, patterns of names and patterns of tags (see [`Glob`]). What is named twice
    /// counts once.
    ///
    /// # Errors
    /// Refuses more than 50 patterns of a sort, one of more than 255 bytes, one with blanks at its ends or a control
    /// character, and one that is no pattern.
    pub fn new<N: Into<String>, T: Into<String>>(
        kinds: impl IntoIterator<Item = EventKind>,
        names: impl IntoIterator<Item = N>,
        tags: impl IntoIterator<Item = T>,
    ) -> Result<Self, InvalidValue> {
        let mut known = Vec::new();
        for kind in kinds {
            if !known.contains(&kind) {
                known.push(kind);
            }
        }
        Ok(Self {
            kinds: known,
            names: patterns(names.into_iter().map(Into::into))?,
            tags: patterns(tags.into_iter().map(Into::into))?,
        })
    }

    /// The kinds of events; none: all.
    pub fn kinds(&self) -> &[EventKind] {
        &self.kinds
    }

    /// The patterns of models' names; none: all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(Glob::pattern)
    }

    /// The patterns of tags; none: all.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(Glob::pattern)
    }

    /// Whether the event is one of those.
    pub fn fits(&self, event: &Event) -> bool {
        let name = event.model.as_ref().map(|model| model.name.as_str());
        let tag = event.tag.as_ref().map(AsRef::as_ref);
        (self.kinds.is_empty() || self.kinds.contains(&event.kind))
            && any_fits(&self.names, name)
            && any_fits(&self.tags, tag)
    }
}

fn any_fits(patterns: &[Glob], text: Option<&str>) -> bool {
    patterns.is_empty() || text.is_some_and(|text| patterns.iter().any(|pattern| pattern.matches(text)))
}

fn patterns(texts: impl Iterator<Item = String>) -> Result<Vec<Glob>, InvalidValue> {
    let mut patterns: Vec<Glob> = Vec::new();
    for text in texts {
        let refuse = |problem: String| InvalidValue::new(ValueKind::WebhookFilter, &text, problem);
        if text.len() > MAX_PATTERN_BYTES {
            return Err(refuse(format!(
                "the pattern has {} bytes, the limit is {MAX_PATTERN_BYTES}",
                text.len()
            )));
        }
        // A form has one pattern in each line, and gives back what it was given.
        if text.trim() != text || text.contains(char::is_control) {
            return Err(refuse(
                "a pattern neither begins nor ends with a blank, and has no control character".to_owned(),
            ));
        }
        let pattern =
            Glob::new(text.as_str()).map_err(|error: SearchError| refuse(error.problem().to_string()))?;
        if patterns.contains(&pattern) {
            continue;
        }
        if patterns.len() == MAX_PATTERNS {
            return Err(refuse(format!("there are more than {MAX_PATTERNS} patterns")));
        }
        patterns.push(pattern);
    }
    Ok(patterns)
}

impl TryFrom<Patterns> for WebhookFilter {
    type Error = InvalidValue;

    fn try_from(text: Patterns) -> Result<Self, InvalidValue> {
        Self::new(text.kinds, text.names, text.tags)
    }
}

impl From<WebhookFilter> for Patterns {
    fn from(filter: WebhookFilter) -> Self {
        Self {
            names: filter.names().map(str::to_owned).collect(),
            tags: filter.tags().map(str::to_owned).collect(),
            kinds: filter.kinds,
        }
    }
}

/// Reads a filter from its JSON.
impl std::str::FromStr for WebhookFilter {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text)
            .map_err(|error| InvalidValue::new(ValueKind::WebhookFilter, text, error.to_string()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventId;
    use crate::identifier::{ModelId, ModelRef};
    use crate::timestamp::Timestamp;
    use proptest::prelude::*;
    use serde_json::Value;

    fn event(kind: EventKind, name: Option<&str>, tag: Option<&str>) -> Event {
        Event {
            id: EventId(1),
            at: Timestamp::EPOCH,
            kind,
            actor: "alice".parse().unwrap(),
            reason: None,
            model: name.map(|name| ModelRef {
                id: ModelId::try_from(1).unwrap(),
                name: name.parse().unwrap(),
                version: "1.0.0".parse().unwrap(),
            }),
            tag: tag.map(|tag| tag.parse().unwrap()),
            before: Value::Null,
            after: Value::Null,
            previous: None,
        }
    }

    fn filter(kinds: &[EventKind], names: &[&str], tags: &[&str]) -> WebhookFilter {
        WebhookFilter::new(kinds.iter().copied(), names.iter().copied(), tags.iter().copied()).unwrap()
    }

    #[test]
    fn what_is_empty_leaves_out_nothing() {
        let all = WebhookFilter::default();
        assert!(all.fits(&event(EventKind::SettingsChanged, None, None)));
        assert!(all.fits(&event(EventKind::Promoted, Some("gpt"), Some("production"))));
    }

    #[test]
    fn every_part_must_fit() {
        let promoted = event(EventKind::Promoted, Some("team-a/gpt"), Some("production"));
        let (kinds, names, tags) = ([EventKind::Promoted], ["team-a/*"], ["prod*"]);
        assert!(filter(&kinds, &names, &tags).fits(&promoted));
        assert!(!filter(&[EventKind::Retired], &names, &tags).fits(&promoted));
        assert!(!filter(&kinds, &["team-b/*"], &tags).fits(&promoted));
        assert!(!filter(&kinds, &names, &["staging"]).fits(&promoted));
        assert!(
            filter(
                &[EventKind::Retired, EventKind::Promoted],
                &["x", "*gpt"],
                &["a", "production"]
            )
            .fits(&promoted)
        );
    }

    #[test]
    fn patterns_ask_for_something_to_fit() {
        assert!(!filter(&[], &["*"], &[]).fits(&event(EventKind::SettingsChanged, None, None)));
        assert!(!filter(&[], &[], &["*"]).fits(&event(EventKind::Registered, Some("gpt"), None)));
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for text in [
            r#"{"kinds":["exploded"]}"#,
            r#"{"names":["[a"]}"#,
            r#"{"tags":[""]}"#,
            r#"{"names":["\r\n"]}"#,
            r#"{"names":[" team-a/*"]}"#,
            r#"{"tags":["a\u0001b"]}"#,
            r#"{"models":[]}"#,
            "7",
            "",
        ] {
            assert!(text.parse::<WebhookFilter>().is_err(), "{text}");
        }
        let many = (0..51).map(|number| number.to_string());
        assert!(WebhookFilter::new([], many, [""; 0]).is_err());
        assert!(WebhookFilter::new([], [""; 0], ["x".repeat(256)]).is_err());
    }

    proptest! {
        #[test]
        fn text_round_trips(names in prop::collection::vec("[a-z*?]{1,9}", 0..5), tags in prop::collection::vec("[a-z*]{1,9}", 0..5), kinds in prop::collection::vec(prop::sample::select(EventKind::ALL), 0..5)) {
            let filter = WebhookFilter::new(kinds, names, tags).unwrap();
            let text = serde_json::to_string(&filter).unwrap();
            prop_assert_eq!(text.parse::<WebhookFilter>().unwrap(), filter);
        }
    }
}
