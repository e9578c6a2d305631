//! Values of arguments that the domain has no type for.

use std::ffi::OsString;
use std::str::FromStr;

use clap::builder::{OsStringValueParser, TypedValueParser};
use registry_connect::Location;
use registry_core::{
    CheckpointPath, Error, ExportFormat, InvalidValue, Metadata, NewExport, Status, Timestamp, ValueKind,
};

use crate::render::Screen;
use crate::render::time::moment_of_clock;

/// Reads where a registry is. Any path that the system accepts will do.
pub(crate) fn location() -> impl TypedValueParser<Value = Location> {
    OsStringValueParser::new().try_map(|text: OsString| Location::parse(&text))
}

/// A list with commas: blanks around an entry are dropped, and so are empty entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommaList<T>(pub(crate) Vec<T>);

impl<T: FromStr> FromStr for CommaList<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl<T> CommaList<T> {
    /// The entries of an option that may be given several times.
    pub(crate) fn flatten(lists: Vec<Self>) -> Vec<T> {
        lists.into_iter().flat_map(|list| list.0).collect()
    }
}

/// A list of fields with commas; a comma within quotes belongs to its field. Blanks around an entry are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldList<T>(pub(crate) Vec<T>);

impl<T: FromStr<Err: Into<Error>>> FromStr for FieldList<T> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut quote = None;
        let mut escaped = false;
        let entries = text.split(|c: char| {
            if std::mem::take(&mut escaped) {
                return false;
            }
            match (quote, c) {
                (Some(_), '\\') => escaped = true,
                (Some(open), _) if open == c => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                _ => {}
            }
            quote.is_none() && c == ','
        });
        let entries = entries.map(str::trim).filter(|entry| !entry.is_empty());
        let entries = entries.map(|entry| entry.parse().map_err(Into::into));
        entries.collect::<Result<_, _>>().map(Self)
    }
}

/// Which models by their status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusFilter {
    /// Only this one.
    Only(Status),
    /// Every one.
    All,
}

impl FromStr for StatusFilter {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "all" => Ok(Self::All),
            _ => Status::parse(text).map(Self::Only).map_err(|_| {
                let problem = "it is neither `active` nor `retired` nor `all`";
                InvalidValue::new(ValueKind::Status, text, problem).into()
            }),
        }
    }
}

impl StatusFilter {
    /// The status to ask for; `None`: every one.
    pub(crate) fn status(self) -> Option<Status> {
        match self {
            Self::Only(status) => Some(status),
            Self::All => None,
        }
    }
}

/// A time as a person writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Time {
    text: String,
    /// The moment; without an offset, as if the clock showed UTC.
    read: Timestamp,
}

impl FromStr for Time {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(Self {
            text: text.to_owned(),
            read: Timestamp::parse(text)?,
        })
    }
}

impl Time {
    /// The moment that is meant: without an offset, by the clock that this screen shows times by.
    ///
    /// # Errors
    /// For a time that this clock shows only outside the years that the registry knows.
    pub(crate) fn on(&self, screen: &Screen) -> Result<Timestamp, InvalidValue> {
        // The date has hyphens of its own.
        let after_date = self.text.get("0000-00-00".len()..).unwrap_or_default();
        if after_date.contains(['Z', 'z', '+', '-']) || after_date.ends_with("UTC") {
            return Ok(self.read);
        }
        moment_of_clock(self.read, screen).ok_or_else(|| {
            let problem = "it is outside the years 0001 to 9999 in UTC";
            InvalidValue::new(ValueKind::Timestamp, &self.text, problem)
        })
    }
}

/// An export as `FORMAT=PATH`.
pub(crate) fn export(text: &str) -> Result<NewExport, Error> {
    let Some((format, path)) = text.split_once('=') else {
        let problem = "it is not of the form `FORMAT=PATH`";
        return Err(InvalidValue::new(ValueKind::ExportFormat, text, problem).into());
    };
    Ok(NewExport {
        format: ExportFormat::parse(format.trim())?,
        path: CheckpointPath::parse(path)?,
        metadata: Metadata::default(),
    })
}

/// A finite number, for the bounds of a metric.
pub(crate) fn bound(text: &str) -> Result<f64, Error> {
    let number = text
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite());
    number.ok_or_else(|| InvalidValue::new(ValueKind::MetricBound, text, "it is not a finite number").into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use registry_core::TagName;
    use registry_core::search::Field;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_a_value_or_refused(text in any::<String>(), near in "((sqlite|postgres|postgresql):)?/{0,3}[a-z=, :.]{0,12}") {
            for text in [text.as_str(), near.as_str()] {
                if let Ok(location) = text.parse::<Location>() {
                    prop_assert!(!location.to_string().is_empty(), "{}", text);
                }
                if let Ok(CommaList(tags)) = text.parse::<CommaList<TagName>>() {
                    prop_assert!(tags.iter().all(|tag| text.contains(tag.as_str())), "{}", text);
                }
                if let Ok(export) = export(text) {
                    prop_assert!(text.ends_with(&format!("={}", export.path)), "{}", text);
                }
                if let Ok(bound) = bound(text) {
                    prop_assert!(bound.is_finite(), "{}", text);
                }
            }
        }

        #[test]
        fn what_a_list_joins_it_takes_apart(tags in prop::collection::vec("[a-z]{1,5}( [a-z]{1,5})?", 0..5)) {
            let CommaList(parsed) = tags.join(" , ").parse::<CommaList<TagName>>().unwrap();
            prop_assert_eq!(parsed.iter().map(TagName::as_str).collect::<Vec<_>>(), tags);
        }
    }

    #[test]
    fn comma_lists_are_forgiving_about_blanks() {
        let CommaList(tags) = " baseline, ,best,".parse::<CommaList<TagName>>().unwrap();
        let tags: Vec<&str> = tags.iter().map(TagName::as_str).collect();
        assert_eq!(tags, ["baseline", "best"]);
        assert!("a,:b".parse::<CommaList<TagName>>().is_err());
    }

    #[test]
    fn a_comma_within_quotes_belongs_to_its_field() {
        let fields = |text: &str| {
            let FieldList(fields) = text.parse::<FieldList<Field>>().unwrap();
            fields.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(fields("name , version,"), ["name", "version"]);
        assert_eq!(
            fields(r#"metrics."a,\"b",metrics.'c,d'"#),
            [r#"metrics."a,\"b""#, r#"metrics."c,d""#]
        );
        assert!("nam".parse::<FieldList<Field>>().is_err());
    }

    #[test]
    fn exports_and_bounds() {
        let export = export("onnx=s3://bucket/a=b.onnx").unwrap();
        assert_eq!(
            (export.format.as_str(), export.path.as_str()),
            ("onnx", "s3://bucket/a=b.onnx")
        );
        assert!(super::export("onnx").is_err());
        assert!(super::export("onnx=").is_err());
        assert_eq!(bound("-1.5").unwrap().to_bits(), (-1.5_f64).to_bits());
        assert!(bound("NaN").is_err() && bound("inf").is_err() && bound("low").is_err());
    }

    #[test]
    fn a_status_filter_has_three_words() {
        assert_eq!("all".parse::<StatusFilter>().unwrap().status(), None);
        assert_eq!(
            "retired".parse::<StatusFilter>().unwrap().status(),
            Some(Status::Retired)
        );
        assert!("experimental".parse::<StatusFilter>().is_err());
    }
}
