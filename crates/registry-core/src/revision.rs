//! Revisions: what tells a state of a model, or of a webhook, from every other.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::model::Model;
use crate::webhook::Webhook;

/// What tells a state of a model, or of a webhook, from every other: the first 128 bits of the SHA-256 of its JSON. The
/// same state has the same revision, whatever stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision([u8; 16]);

impl Revision {
    /// The revision of what is written as this JSON.
    pub fn of_json(json: &[u8]) -> Self {
        let digest: [u8; 32] = Sha256::digest(json).into();
        let mut revision = [0; 16];
        revision.copy_from_slice(&digest[..16]);
        Self(revision)
    }

    /// Reads 32 hexadecimal digits, as they are shown. Anything else is no revision.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.bytes().all(digit) {
            return None;
        }
        u128::from_str_radix(text, 16)
            .ok()
            .map(|number| Self(number.to_be_bytes()))
    }
}

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl Serialize for Revision {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Revision {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a revision is 32 hexadecimal digits"))
    }
}

impl Model {
    /// Its revision: another one after every change that can be seen.
    ///
    /// # Errors
    /// [`Error::Storage`] when it cannot be written as JSON.
    pub fn revision(&self) -> Result<Revision> {
        of(self, "write a model as JSON")
    }
}

impl Webhook {
    /// Its revision: another one after every change of it, also of its secret.
    ///
    /// # Errors
    /// [`Error::Storage`] when it cannot be written as JSON.
    pub fn revision(&self) -> Result<Revision> {
        of(self, "write a webhook as JSON")
    }
}

fn of(value: &impl Serialize, action: &str) -> Result<Revision> {
    let json = serde_json::to_vec(value).map_err(|error| Error::Storage {
        action: action.into(),
        source: error.into(),
    })?;
    Ok(Revision::of_json(&json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_read_as_it_is_shown() {
        for json in ["", "{}", "{\"a\":1}"] {
            let revision = Revision::of_json(json.as_bytes());
            assert_eq!(Revision::parse(&revision.to_string()), Some(revision));
        }
        let known = "e3b0c44298fc1c149afbf4c8996fb924";
        assert_eq!(Revision::of_json(b"").to_string(), known);
        for other in [
            "",
            "*",
            &known[1..],
            &known.to_uppercase(),
            "+3b0c44298fc1c149afbf4c8996fb924",
        ] {
            assert_eq!(Revision::parse(other), None, "{other}");
        }
    }
}
