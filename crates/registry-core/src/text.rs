//! Short texts with rules: names, tags, task types, formats, metric names, actors, notes, reasons and names of webhooks.
//!
//! All share one rule set (see [`check`]) and differ in their length and in a few characters that would be
//! ambiguous where the text is used. Lengths are counted in bytes of UTF-8.

use std::borrow::Cow;

use crate::error::{InvalidValue, ValueKind};

/// What a text of one kind may be.
pub(crate) struct TextRule {
    pub(crate) kind: ValueKind,
    pub(crate) max_bytes: usize,
    /// Line breaks and tabs are allowed (notes), other control characters never.
    pub(crate) multi_line: bool,
    /// Blanks at either end are allowed (paths, notes).
    pub(crate) outer_blanks: bool,
}

impl TextRule {
    const fn line(kind: ValueKind, max_bytes: usize) -> Self {
        Self {
            kind,
            max_bytes,
            multi_line: false,
            outer_blanks: false,
        }
    }

    /// Checks the rules that every text of the registry obeys: not empty, not too long, no control characters,
    /// no blanks at the ends.
    pub(crate) fn check(&self, value: &str) -> Result<(), InvalidValue> {
        let refuse = |problem: Cow<'static, str>| Err(InvalidValue::new(self.kind, value, problem));
        if value.is_empty() {
            return refuse("it is empty".into());
        }
        if value.len() > self.max_bytes {
            return refuse(format!("it has {} bytes, the limit is {}", value.len(), self.max_bytes).into());
        }
        // Nearly every text: printable ASCII between characters that are no blanks.
        let plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        let edges = [value.bytes().next(), value.bytes().next_back()];
        if edges.into_iter().flatten().all(|byte| byte != b' ') && value.bytes().all(plain) {
            return Ok(());
        }
        let allowed = |c: char| self.multi_line && matches!(c, '\n' | '\r' | '\t');
        if let Some(bad) = value.chars().find(|&c| is_invisible_control(c) && !allowed(c)) {
            return refuse(format!("it contains the control character U+{:04X}", u32::from(bad)).into());
        }
        if value.trim().is_empty() {
            return refuse("it consists of blanks only".into());
        }
        if !self.outer_blanks && value.trim() != value {
            return refuse("it begins or ends with a blank".into());
        }
        Ok(())
    }
}

/// Control characters, and the invisible direction and line marks that make two texts look alike on a screen.
fn is_invisible_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Declares a text type: a newtype over `String` that can only be built through its rule.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $rule:expr, $extra:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Builds the value from text.
            ///
            /// # Errors
            /// [`InvalidValue`], naming the rule that the text breaks.
            pub fn parse(text: impl Into<String>) -> Result<Self, $crate::error::InvalidValue> {
                let text = text.into();
                let rule: $crate::text::TextRule = $rule;
                rule.check(&text)?;
                let extra: fn(&str) -> Option<&'static str> = $extra;
                match extra(&text) {
                    Some(problem) => Err($crate::error::InvalidValue::new(rule.kind, &text, problem)),
                    None => Ok(Self(text)),
                }
            }

            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        $crate::text::string_value!($name);
    };
}

/// Conversions that every checked text has: reading, printing, serde through the check.
macro_rules! string_value {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::parse(text)?)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(text).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use string_value;

text_type!(
    /// A model's name, such as `gpt-small` or `org/encoder`: 1 to 255 bytes, Unicode and inner spaces welcome.
    ///
    /// `@` is refused because it separates name and version in a [`Selector`](crate::Selector), and a leading `:`
    /// because it marks a tag there. A name of digits only is allowed; as a selector it needs a version (`7@latest`).
    ModelName, TextRule::line(ValueKind::Name, 255),
    |text| if text.contains('@') {
        Some("it contains `@`, which separates name and version")
    } else if text.starts_with(':') {
        Some("it begins with `:`, which marks a tag")
    } else {
        None
    }
);

text_type!(
    /// A tag, such as `production` or `staging`: 1 to 128 bytes.
    ///
    /// A comma is refused because tags are listed with commas, and a leading `:` because it marks a tag in selectors.
    TagName, TextRule::line(ValueKind::Tag, 128),
    |text| if text.contains(',') {
        Some("it contains a comma, which separates tags")
    } else if text.starts_with(':') {
        Some("it begins with `:`, which marks a tag in a selector")
    } else {
        None
    }
);

text_type!(
    /// What a model is for, such as `language_modeling`: 1 to 128 bytes.
    TaskType, TextRule::line(ValueKind::TaskType, 128), |_| None
);

text_type!(
    /// The format of an export, such as `onnx` or `torchscript`: 1 to 64 bytes.
    ExportFormat, TextRule::line(ValueKind::ExportFormat, 64), |_| None
);

text_type!(
    /// The name of a metric, such as `val_loss`: 1 to 128 bytes.
    MetricName, TextRule::line(ValueKind::MetricName, 128), |_| None
);

text_type!(
    /// Who did something: a user, a service, a pipeline. 1 to 255 bytes.
    Actor, TextRule::line(ValueKind::Actor, 255), |_| None
);

text_type!(
    /// Why something was done; kept in the history. 1 to 4,096 bytes, line breaks allowed.
    Reason, TextRule { multi_line: true, ..TextRule::line(ValueKind::Reason, 4096) }, |_| None
);

text_type!(
    /// Free text about a model version. 1 to 65,536 bytes, line breaks allowed.
    Notes, TextRule { multi_line: true, outer_blanks: true, ..TextRule::line(ValueKind::Notes, 65_536) }, |_| None
);

text_type!(
    /// The name of a webhook, such as `ci` or `chat, team a`: 1 to 128 bytes.
    WebhookName, TextRule::line(ValueKind::WebhookName, 128), |_| None
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_lenient_where_users_are() {
        for name in [
            "gpt-small",
            "org/model",
            "mein Modell",
            "模型",
            "a:b",
            "v1.2",
            "7",
            "é",
        ] {
            assert!(ModelName::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn names_are_strict_where_it_hurts_later() {
        let long = "x".repeat(256);
        for name in [
            "",
            " ",
            " a",
            "a ",
            "a@b",
            ":a",
            "a\nb",
            "a\0b",
            "\u{202E}abc",
            "a\u{200E}",
            long.as_str(),
        ] {
            let error = ModelName::parse(name).unwrap_err();
            assert_eq!(error.kind(), ValueKind::Name, "{name:?}");
        }
        assert!(ModelName::parse("x".repeat(255)).is_ok());
    }

    #[test]
    fn tags_refuse_what_lists_and_selectors_use() {
        assert!(TagName::parse("a,b").is_err());
        assert!(TagName::parse(":production").is_err());
        assert!(TagName::parse("team/production").is_ok());
    }

    #[test]
    fn notes_may_have_lines() {
        assert!(Notes::parse("first\n\tsecond\n").is_ok());
        assert!(Notes::parse("bell \u{7}").is_err());
    }

    proptest! {
        #[test]
        fn parsing_any_text_never_panics_and_keeps_what_it_accepts(text in any::<String>()) {
            if let Ok(name) = ModelName::parse(text.clone()) {
                prop_assert_eq!(name.as_str(), text.as_str());
            }
            let _ = (TagName::parse(text.clone()), Notes::parse(text.clone()), Reason::parse(text));
        }
    }
}
