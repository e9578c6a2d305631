//! The secrets that messages are signed with.

use std::fmt::{Debug, Formatter};
use std::time::Duration;

use crate::base64;
use crate::error::{Error, InvalidValue, ValueKind};
use crate::timestamp::Timestamp;

/// The prefix of a secret's text, so that scanners find one that lies about.
const PREFIX: &str = "whsec_";
/// How many bytes a secret may have.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// How long the secret before counts: a day.
const OLD_FOR: Duration = Duration::from_hours(24);

/// A secret as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes as base64.
///
/// Neither `Debug` nor `Display` nor serde gives it away: only [`reveal`](Self::reveal) does.
///
/// ```
/// use registry_core::webhook::WebhookSecret;
///
/// let secret = WebhookSecret::from_random([7; 32])?;
/// assert_eq!(format!("{secret:?}"), "WebhookSecret(..)");
/// assert_eq!(WebhookSecret::parse(&secret.reveal())?, secret);
/// # Ok::<(), registry_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// A secret from random bytes, which the caller has.
    ///
    /// # Errors
    /// Refuses fewer than 24 bytes and more than 64.
    pub fn from_random(bytes: impl Into<Vec<u8>>) -> Result<Self, InvalidValue> {
        let bytes = bytes.into();
        if !BYTES.contains(&bytes.len()) {
            return Err(refused("it does not hold 24 to 64 bytes"));
        }
        Ok(Self(bytes))
    }

    /// Until when messages are signed with the secret before the present one too, where nobody says it: for 24 hours
    /// after the rotation.
    pub fn old_until(rotated: Timestamp) -> Timestamp {
        rotated.later_by(OLD_FOR)
    }

    /// Reads a secret. The error does not repeat it.
    ///
    /// # Errors
    /// Refuses a text without the prefix, or whose rest is not base64 of 24 to 64 bytes.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let Some(encoded) = text.strip_prefix(PREFIX) else {
            return Err(refused("it does not begin with `whsec_`"));
        };
        let Some(bytes) = base64::decode_standard(encoded) else {
            return Err(refused("what follows `whsec_` is not base64"));
        };
        Self::from_random(bytes)
    }

    /// The key of the signature.
    pub fn key(&self) -> &[u8] {
        &self.0
    }

    /// The text, to show it once or to keep it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", base64::encode_standard(&self.0))
    }
}

impl Debug for WebhookSecret {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

impl std::str::FromStr for WebhookSecret {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(Self::parse(text)?)
    }
}

fn refused(problem: &'static str) -> InvalidValue {
    InvalidValue::new(ValueKind::WebhookSecret, "whsec_…", problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_example_of_the_standard() {
        let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let secret = WebhookSecret::parse(text).unwrap();
        assert_eq!((secret.key().len(), secret.reveal().as_str()), (24, text));
    }

    #[test]
    fn a_refusal_does_not_repeat_it() {
        for text in [
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_c2hvcnQ=",
            "whsec_MfKQ!",
        ] {
            let error = WebhookSecret::parse(text).unwrap_err().to_string();
            assert!(!error.contains("MfKQ") && !error.contains("c2hv"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_of_a_good_length_round_trip(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let good = (24..=64).contains(&bytes.len());
            match WebhookSecret::from_random(bytes) {
                Ok(secret) => prop_assert_eq!(WebhookSecret::parse(&secret.reveal()).unwrap(), secret),
                Err(_) => prop_assert!(!good),
            }
        }

        #[test]
        fn parsing_never_panics(text in any::<String>(), near in "whsec_[A-Za-z0-9+/=]{0,90}") {
            let _ = (WebhookSecret::parse(&text), WebhookSecret::parse(&near));
        }
    }
}
