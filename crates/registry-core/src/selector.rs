//! How a person names a model.

use std::str::FromStr;

use crate::error::{Error, InvalidValue, ValueKind};
use crate::identifier::ModelId;
use crate::text::{ModelName, TagName};
use crate::version::{Version, VersionRange};

/// One model, as a person names it.
///
/// | text | meaning |
/// |---|---|
/// | `5` | the model with id 5 |
/// | `gpt-small@1.2.0` | this version |
/// | `gpt-small@^1` | the highest version in the range |
/// | `gpt-small`, `gpt-small@latest` | the highest version; a pre-release only if there is no release |
/// | `gpt-small@latest-pre` | the highest version, pre-releases included |
/// | `:production` | of the active models with the tag, the one that got it last |
/// | `gpt-small@:production` | the same among the versions of one name |
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Selector {
    /// By id.
    Id(ModelId),
    /// By name and exact version.
    Version {
        /// The name.
        name: ModelName,
        /// The version.
        version: Version,
    },
    /// The highest version in a range.
    Range {
        /// The name.
        name: ModelName,
        /// The range.
        range: VersionRange,
    },
    /// The highest version of a name; without `prereleases`, one of them only when the name has no release.
    Latest {
        /// The name.
        name: ModelName,
        /// Whether pre-releases count as much as releases.
        prereleases: bool,
    },
    /// Of the active models that hold the tag, the one that got it last, by promotion or as a label.
    Tag {
        /// The tag.
        tag: TagName,
        /// Only among the versions of this name.
        name: Option<ModelName>,
    },
}

/// In place of a version: the highest release.
const LATEST: &str = "latest";
/// In place of a version: the highest of all.
const LATEST_PRE: &str = "latest-pre";

impl Selector {
    /// Reads a selector; see the type for the forms.
    ///
    /// # Errors
    /// [`InvalidValue`] that names the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if text.is_empty() {
            return Err(InvalidValue::new(ValueKind::Selector, text, "it is empty"));
        }
        if let Some(tag) = text.strip_prefix(':') {
            return Ok(Self::Tag {
                tag: TagName::parse(tag)?,
                name: None,
            });
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            let id: i64 = text
                .parse()
                .map_err(|_| InvalidValue::new(ValueKind::ModelId, text, "it is too large"))?;
            return Ok(Self::Id(ModelId::try_from(id)?));
        }
        let Some((name, rest)) = text.split_once('@') else {
            return Ok(Self::Latest {
                name: ModelName::parse(text)?,
                prereleases: false,
            });
        };
        let name = ModelName::parse(name)?;
        if let Some(tag) = rest.strip_prefix(':') {
            return Ok(Self::Tag {
                tag: TagName::parse(tag)?,
                name: Some(name),
            });
        }
        Self::of_version(name, rest)
    }

    /// A name with what stands for its version: a full version, a range, `latest` or `latest-pre`. Blanks around it
    /// mean nothing.
    ///
    /// # Errors
    /// [`InvalidValue`] when it is neither.
    pub fn of_version(name: ModelName, version: &str) -> Result<Self, InvalidValue> {
        // Ranges pass over blanks: left in place, they would turn `1.0.0` into `^1.0.0`.
        let version = version.trim();
        if version == LATEST || version == LATEST_PRE {
            return Ok(Self::Latest {
                name,
                prereleases: version == LATEST_PRE,
            });
        }
        let error = match Version::parse(version) {
            Ok(version) => return Ok(Self::Version { name, version }),
            Err(error) => error,
        };
        match VersionRange::parse(version) {
            Ok(range) => Ok(Self::Range { name, range }),
            // `v2` or `1.0.0+cuda` were meant as a version; everything else reads as a range gone wrong.
            Err(_) if Version::nearest(version).is_some() => Err(error),
            Err(range_error) => Err(range_error),
        }
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Version { name, version } => write!(f, "{name}@{version}"),
            Self::Range { name, range } => write!(f, "{name}@{range}"),
            Self::Latest { name, prereleases } => {
                write!(f, "{name}@{}", if *prereleases { LATEST_PRE } else { LATEST })
            }
            Self::Tag { tag, name: None } => write!(f, ":{tag}"),
            Self::Tag {
                tag,
                name: Some(name),
            } => write!(f, "{name}@:{tag}"),
        }
    }
}

impl FromStr for Selector {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(Self::parse(text)?)
    }
}

impl From<ModelId> for Selector {
    fn from(id: ModelId) -> Self {
        Self::Id(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_forms() {
        let name = || ModelName::parse("gpt-small").unwrap();
        let table = [
            ("5", Selector::Id(ModelId::try_from(5).unwrap())),
            (
                "gpt-small@1.2.0",
                Selector::Version {
                    name: name(),
                    version: Version::new(1, 2, 0),
                },
            ),
            (
                "gpt-small@^1",
                Selector::Range {
                    name: name(),
                    range: VersionRange::parse("^1").unwrap(),
                },
            ),
            (
                "gpt-small@1",
                Selector::Range {
                    name: name(),
                    range: VersionRange::parse("1").unwrap(),
                },
            ),
            (
                "gpt-small",
                Selector::Latest {
                    name: name(),
                    prereleases: false,
                },
            ),
            (
                "gpt-small@latest",
                Selector::Latest {
                    name: name(),
                    prereleases: false,
                },
            ),
            (
                "gpt-small@latest-pre",
                Selector::Latest {
                    name: name(),
                    prereleases: true,
                },
            ),
            (
                ":production",
                Selector::Tag {
                    tag: TagName::parse("production").unwrap(),
                    name: None,
                },
            ),
            (
                "gpt-small@:production",
                Selector::Tag {
                    tag: TagName::parse("production").unwrap(),
                    name: Some(name()),
                },
            ),
        ];
        for (text, selector) in table {
            let parsed = Selector::parse(text).unwrap();
            assert_eq!(parsed, selector, "{text}");
            assert_eq!(Selector::parse(&parsed.to_string()).unwrap(), selector, "{text}");
        }
    }

    #[test]
    fn an_exact_version_is_never_read_as_a_range() {
        let exact = Selector::parse("gpt@1.0.0").unwrap();
        for text in ["gpt@ 1.0.0", "gpt@1.0.0 ", "gpt@ \t1.0.0\u{a0}"] {
            assert_eq!(Selector::parse(text).unwrap(), exact, "{text}");
        }
        assert_eq!(
            Selector::parse("gpt@ latest ").unwrap(),
            Selector::parse("gpt").unwrap()
        );
    }

    #[test]
    fn refusals_name_the_part() {
        let kind = |text: &str| Selector::parse(text).unwrap_err().kind();
        assert_eq!(kind(""), ValueKind::Selector);
        assert_eq!(kind("0"), ValueKind::ModelId);
        assert_eq!(kind("99999999999999999999"), ValueKind::ModelId);
        assert_eq!(kind(":"), ValueKind::Tag);
        assert_eq!(kind("@1.0.0"), ValueKind::Name);
        assert_eq!(kind("gpt@v2"), ValueKind::Version);
        assert_eq!(kind("gpt@1.0.0+x"), ValueKind::Version);
        assert_eq!(kind("gpt@1.0.0-rc.1+x"), ValueKind::Version);
        assert_eq!(kind("gpt@1+x"), ValueKind::Version);
        assert_eq!(kind("gpt@^1.0.0+x"), ValueKind::VersionRange);
        assert_eq!(kind("gpt@=1.0.0+x"), ValueKind::VersionRange);
        assert_eq!(kind("gpt@"), ValueKind::VersionRange);
        assert_eq!(kind("gpt@nonsense!"), ValueKind::VersionRange);
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(text in "[a-z0-9@:^~.*,+ -]{0,16}") {
            if let Ok(selector) = Selector::parse(&text) {
                prop_assert_eq!(Selector::parse(&selector.to_string()).unwrap(), selector);
            }
        }

        #[test]
        fn parsing_never_panics(text in any::<String>()) {
            let _ = Selector::parse(&text);
        }
    }
}
