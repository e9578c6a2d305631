//! Semantic versions, their order as bytes, ranges and the next version.

use std::str::FromStr;

use crate::error::{Error, InvalidValue, ValueKind};

mod range;
mod sort_key;

pub use range::{VersionInterval, VersionRange};
pub use sort_key::SortKey;

/// The longest version text, in bytes.
const MAX_BYTES: usize = 256;

/// A version by [SemVer 2.0](https://semver.org), pre-releases allowed, build metadata refused: two versions that
/// differ only in it are the same to SemVer and would be two models here.
///
/// ```
/// use registry_core::{Bump, Version};
///
/// let version: Version = "1.2.0-rc.1".parse()?;
/// assert!(version < "1.2.0".parse()?);
/// assert_eq!(version.next(Bump::Patch)?.to_string(), "1.2.0");
/// assert!("1.2".parse::<Version>().is_err());
/// assert!("1.2.0+cuda".parse::<Version>().is_err());
/// # Ok::<(), registry_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(semver::Version);

/// Which part of a version to raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Bump {
    /// An incompatible change: another architecture or tokenizer.
    Major,
    /// A compatible improvement: fine-tuning, a new export.
    Minor,
    /// A correction: the same training again with a fix.
    Patch,
}

impl Version {
    /// Builds a release version.
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self(semver::Version::new(major, minor, patch))
    }

    /// Reads a version.
    ///
    /// # Errors
    /// [`InvalidValue`] when the text isn't SemVer, has build metadata or more than 256 bytes.
    pub fn parse(text: impl AsRef<str>) -> Result<Self, InvalidValue> {
        let text = text.as_ref();
        let refuse = |problem: String| Err(InvalidValue::new(ValueKind::Version, text, problem));
        if text.len() > MAX_BYTES {
            return refuse(format!("it has {} bytes, the limit is {MAX_BYTES}", text.len()));
        }
        match semver::Version::parse(text) {
            Ok(version) if version.build.is_empty() => Ok(Self(version)),
            Ok(version) => refuse(format!(
                "build metadata (`+{}`) does not make a version different",
                version.build
            )),
            Err(error) => match nearest(text) {
                Some(near) => refuse(format!("{error}; did you mean `{near}`?")),
                None => refuse(error.to_string()),
            },
        }
    }

    /// Whether it is a pre-release such as `1.0.0-rc.1`.
    pub fn is_prerelease(&self) -> bool {
        !self.0.pre.is_empty()
    }

    /// The next version after this one. A pre-release is followed by its own release where that raises the asked
    /// part already (`2.0.0-rc.1` by `2.0.0`), as npm's `semver inc` does.
    ///
    /// # Errors
    /// [`InvalidValue`] when the part is at its largest value.
    pub fn next(&self, bump: Bump) -> Result<Self, InvalidValue> {
        let semver::Version {
            major, minor, patch, ..
        } = self.0;
        let pre = self.is_prerelease();
        let raise = |part: u64| {
            part.checked_add(1).ok_or_else(|| {
                InvalidValue::new(
                    ValueKind::Version,
                    self.to_string(),
                    "there is no number after its largest part",
                )
            })
        };
        Ok(match bump {
            Bump::Major if pre && minor == 0 && patch == 0 => Self::new(major, 0, 0),
            Bump::Major => Self::new(raise(major)?, 0, 0),
            Bump::Minor if pre && patch == 0 => Self::new(major, minor, 0),
            Bump::Minor => Self::new(major, raise(minor)?, 0),
            Bump::Patch if pre => Self::new(major, minor, patch),
            Bump::Patch => Self::new(major, minor, raise(patch)?),
        })
    }

    /// The first version of a name: `1.0.0`, `0.1.0` or `0.0.1`.
    pub fn first(bump: Bump) -> Self {
        match bump {
            Bump::Major => Self::new(1, 0, 0),
            Bump::Minor => Self::new(0, 1, 0),
            Bump::Patch => Self::new(0, 0, 1),
        }
    }

    /// The version as bytes that sort as versions do.
    pub fn sort_key(&self) -> SortKey {
        SortKey::of(&self.0)
    }

    /// The version for the `semver` crate.
    pub fn as_semver(&self) -> &semver::Version {
        &self.0
    }
}

/// The valid version that a text most likely means: without `v`, with missing parts as zeros, without build metadata.
///
/// Used for the advice in errors and to mend versions of registries that never checked them.
pub(crate) fn nearest(text: &str) -> Option<Version> {
    let text = text.trim();
    let text = text
        .strip_prefix(['v', 'V'])
        .unwrap_or(text)
        .trim_start_matches(['.', ' ']);
    let text = text.split('+').next().unwrap_or(text);
    let (numbers, pre) = match text.split_once('-') {
        Some((numbers, pre)) => (numbers, Some(pre)),
        None => (text, None),
    };
    let mut parts: Vec<u64> = numbers
        .split('.')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    if parts.is_empty() || parts.len() > 3 {
        return None;
    }
    parts.resize(3, 0);
    let mut version = semver::Version::new(parts[0], parts[1], parts[2]);
    if let Some(pre) = pre {
        version.pre = semver::Prerelease::new(pre).ok()?;
    }
    Some(Version(version)).filter(|version| version.to_string().len() <= MAX_BYTES)
}

impl Version {
    /// The valid version that a text most likely means (`v2` means `2.0.0`, `1.2+cuda` means `1.2.0`), if any.
    pub fn nearest(text: &str) -> Option<Self> {
        nearest(text)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(Self::parse(text)?)
    }
}

impl serde::Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(text).map_err(serde::de::Error::custom)
    }
}

impl FromStr for Bump {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "major" => Ok(Self::Major),
            "minor" => Ok(Self::Minor),
            "patch" => Ok(Self::Patch),
            _ => Err(InvalidValue::new(ValueKind::Bump, text, "there is no such part of a version").into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn next_versions() {
        let table = [
            ("1.2.3", Bump::Major, "2.0.0"),
            ("1.2.3", Bump::Minor, "1.3.0"),
            ("1.2.3", Bump::Patch, "1.2.4"),
            ("2.0.0-rc.1", Bump::Major, "2.0.0"),
            ("2.1.0-rc.1", Bump::Major, "3.0.0"),
            ("2.1.0-rc.1", Bump::Minor, "2.1.0"),
            ("2.1.1-rc.1", Bump::Minor, "2.2.0"),
            ("2.1.1-rc.1", Bump::Patch, "2.1.1"),
        ];
        for (from, bump, to) in table {
            assert_eq!(
                Version::parse(from).unwrap().next(bump).unwrap().to_string(),
                to,
                "{from} {bump:?}"
            );
        }
        assert!(Version::new(u64::MAX, 0, 0).next(Bump::Major).is_err());
    }

    #[test]
    fn refusals_advise_the_nearest_version() {
        for (text, near) in [("v2", "2.0.0"), ("1.2", "1.2.0"), ("V1.2.3-rc.1", "1.2.3-rc.1")] {
            let error = Version::parse(text).unwrap_err().to_string();
            assert!(error.contains(&format!("did you mean `{near}`?")), "{error}");
        }
        assert_eq!(Version::nearest("1.2.3+cuda"), Some(Version::new(1, 2, 3)));
        assert_eq!(Version::nearest("final"), None);
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_round_trips(text in any::<String>()) {
            if let Ok(version) = Version::parse(&text) {
                prop_assert_eq!(version.to_string(), text.clone());
            }
            let _ = Version::nearest(&text);
        }

        #[test]
        fn a_bump_has_three_words(text in any::<String>(), near in "[mM]ajor|minor ?|patch(es)?") {
            for text in [text, near] {
                let known = ["major", "minor", "patch"].contains(&text.as_str());
                prop_assert_eq!(text.parse::<Bump>().is_ok(), known, "{}", text);
            }
        }

        #[test]
        fn the_next_version_is_higher(text in "[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}(-[a-z0-9]{1,4})?") {
            if let Ok(version) = Version::parse(&text) {
                for bump in [Bump::Major, Bump::Minor, Bump::Patch] {
                    prop_assert!(version.next(bump).unwrap() > version);
                }
            }
        }
    }
}
