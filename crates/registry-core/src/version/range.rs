//! Version ranges as cargo writes them.

mod intervals;

use std::str::FromStr;

pub use self::intervals::VersionInterval;
use super::Version;
use crate::error::{Error, InvalidValue, ValueKind};

/// A range of versions in cargo's syntax: `^1.2`, `~1.2.3`, `>=1, <2`, `1.*`, `*`. As in cargo, a pre-release fits
/// only a range that names a pre-release of the same numbers. Build metadata is refused as in a [`Version`]: cargo
/// would pass over it, and `=1.0.0+cuda` find `1.0.0`.
///
/// See [Specifying Dependencies](https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionRange(semver::VersionReq);

impl VersionRange {
    /// Reads a range.
    ///
    /// # Errors
    /// [`InvalidValue`] when the text isn't a range, or has build metadata.
    pub fn parse(text: impl AsRef<str>) -> Result<Self, InvalidValue> {
        let text = text.as_ref();
        let refuse = |problem: String| InvalidValue::new(ValueKind::VersionRange, text, problem);
        if text.len() > super::MAX_BYTES {
            return Err(refuse(format!(
                "it has {} bytes, the limit is {}",
                text.len(),
                super::MAX_BYTES
            )));
        }
        if text.contains('+') {
            return Err(refuse("build metadata (`+...`) does not choose a version".into()));
        }
        semver::VersionReq::parse(text)
            .map(Self)
            .map_err(|error| refuse(error.to_string()))
    }

    /// Whether the version lies in the range.
    pub fn matches(&self, version: &Version) -> bool {
        self.0.matches(version.as_semver())
    }
}

impl std::fmt::Display for VersionRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for VersionRange {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(Self::parse(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_choose_as_cargo_does() {
        let fits = |range: &str, version: &str| {
            VersionRange::parse(range)
                .unwrap()
                .matches(&Version::parse(version).unwrap())
        };
        assert!(fits("^1.2", "1.9.0") && !fits("^1.2", "2.0.0") && !fits("^1.2", "1.1.9"));
        assert!(fits("~1.2.3", "1.2.9") && !fits("~1.2.3", "1.3.0"));
        assert!(fits(">=1, <2", "1.0.0") && !fits(">=1, <2", "2.0.0"));
        assert!(fits("1.*", "1.5.0") && fits("*", "0.0.1"));
        assert!(!fits("^1.2", "1.3.0-rc.1") && fits("^1.3.0-rc.1", "1.3.0-rc.2"));
    }

    #[test]
    fn build_metadata_is_refused() {
        for text in [
            "1.0.0+x",
            "^1.0.0+cuda",
            "=1.0.0-rc.1+x",
            ">=1.0.0, <2.0.0+x",
            "+x",
        ] {
            assert!(VersionRange::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in any::<String>(), near in "[\\^~<>=*0-9., a-z+-]{0,20}") {
            let _ = (VersionRange::parse(text), VersionRange::parse(near));
        }
    }
}
