//! Version order as bytes, so that a database orders versions by comparing blobs.

/// A version as bytes that compare (byte by byte) exactly as SemVer 2.0 section 11 orders versions.
///
/// Layout: major, minor, patch as three big-endian `u64`; then `FF` for a release, or for a pre-release each
/// identifier in turn and a final `00`. A numeric identifier is `02`, its digit count as big-endian `u16` and its
/// digits; any other is `03`, its ASCII text and `00`. So numbers sort before texts, shorter lists before longer
/// ones that begin alike, and every pre-release before its release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortKey(Vec<u8>);

/// The bytes of the three numbers.
pub(super) const NUMBERS_BYTES: usize = 24;

const END: u8 = 0x00;
const NUMBER: u8 = 0x02;
const TEXT: u8 = 0x03;
const RELEASE: u8 = 0xFF;

impl SortKey {
    pub(super) fn of(version: &semver::Version) -> Self {
        let mut key = Vec::with_capacity(25 + 2 * version.pre.len());
        for part in [version.major, version.minor, version.patch] {
            key.extend_from_slice(&part.to_be_bytes());
        }
        if version.pre.is_empty() {
            key.push(RELEASE);
            return Self(key);
        }
        for identifier in version.pre.split('.') {
            if identifier.bytes().all(|byte| byte.is_ascii_digit()) {
                // SemVer forbids leading zeros, so more digits mean a larger number; texts are at most 256 bytes.
                let digits = u16::try_from(identifier.len()).unwrap_or(u16::MAX);
                key.push(NUMBER);
                key.extend_from_slice(&digits.to_be_bytes());
                key.extend_from_slice(identifier.as_bytes());
            } else {
                key.push(TEXT);
                key.extend_from_slice(identifier.as_bytes());
                key.push(END);
            }
        }
        key.push(END);
        Self(key)
    }

    /// The keys of releases have this many bytes, all others more.
    pub const RELEASE_BYTES: usize = NUMBERS_BYTES + 1;

    /// The bytes, for a BLOB or BYTEA column.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use crate::Version;
    use proptest::prelude::*;

    /// Versions that collide often in their first parts, with tricky pre-releases.
    fn version() -> impl Strategy<Value = semver::Version> {
        let number = prop_oneof![0_u64..3, Just(255), Just(256), Just(u64::MAX)];
        let identifier = prop_oneof![
            "(0|[1-9][0-9]{0,24})",
            "[0-9A-Za-z-]{0,3}[A-Za-z-][0-9A-Za-z-]{0,3}",
            Just("alpha".to_owned()),
            Just("alpha1".to_owned()),
            Just("-".to_owned()),
        ];
        let pre = proptest::collection::vec(identifier, 0..4).prop_map(|parts| parts.join("."));
        (number.clone(), number.clone(), number, pre).prop_map(|(major, minor, patch, pre)| {
            let mut version = semver::Version::new(major, minor, patch);
            version.pre = semver::Prerelease::new(&pre).unwrap();
            version
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn bytes_order_as_the_semver_crate_orders(a in version(), b in version()) {
            let (left, right) = (Version::parse(a.to_string()).unwrap(), Version::parse(b.to_string()).unwrap());
            prop_assert_eq!(left.sort_key().cmp(&right.sort_key()), a.cmp(&b));
        }
    }

    #[test]
    fn the_example_of_the_specification() {
        let ordered = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
        ];
        let keys: Vec<_> = ordered
            .iter()
            .map(|text| Version::parse(text).unwrap().sort_key())
            .collect();
        assert!(keys.is_sorted());
    }
}
