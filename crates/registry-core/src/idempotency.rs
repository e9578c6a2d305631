//! Keys by which a write that is asked for again is known, so that it is made once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest as _, Sha256};

use crate::error::{InvalidValue, ValueKind};
use crate::text::string_value;
use crate::timestamp::Timestamp;

/// The most characters of a key.
const MAX_CHARACTERS: usize = 255;

/// How long a key is kept: seven days, in microseconds.
const KEPT: i64 = 7 * 24 * 60 * 60 * 1_000_000;

/// What names one request for a write, whoever sends it how often: 1 to 255 visible ASCII characters, no blanks. A new
/// UUID for each request is a good one.
///
/// Whoever loses the answer of a write sends the same request again with the same key: it is made if it was not, and
/// otherwise answered as it was then. A key belongs to the actor who used it, and is kept for seven days.
///
/// ```
/// use registry_core::{Actor, IdempotencyKey, Timestamp, WriteContext};
///
/// let key = IdempotencyKey::parse("nightly-2026-01-31")?;
/// let context = WriteContext::new(Actor::parse("trainer")?, Timestamp::now()).idempotency_key(key);
/// assert!(IdempotencyKey::parse("two words").is_err());
/// # Ok::<(), registry_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Builds the value from text.
    ///
    /// # Errors
    /// [`InvalidValue`], naming the rule that the text breaks.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        let refuse = |problem: String| Err(InvalidValue::new(ValueKind::IdempotencyKey, &text, problem));
        if text.is_empty() {
            return refuse("it is empty".into());
        }
        if let Some(bad) = text.chars().find(|c| !c.is_ascii_graphic()) {
            return refuse(format!(
                "it contains U+{:04X}, which is no visible ASCII character",
                u32::from(bad)
            ));
        }
        if text.len() > MAX_CHARACTERS {
            return refuse(format!(
                "it has {} characters, the limit is {MAX_CHARACTERS}",
                text.len()
            ));
        }
        Ok(Self(text))
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time since which keys are known to a write at this time. What was used before is as if it never was.
    pub fn kept_since(at: Timestamp) -> i64 {
        at.as_micros().saturating_sub(KEPT)
    }

    /// The key of one part of a request that is done in parts. It doesn't say which key it was made from, so that the
    /// longest has parts too.
    pub(crate) fn part(&self, number: usize) -> Self {
        let digest = Sha256::digest(format!("{number} {}", self.0));
        let digest = digest
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        Self(format!("part-{number}-{digest}"))
    }
}

string_value!(IdempotencyKey);

/// The key of a write, and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Idempotency {
    pub(crate) key: IdempotencyKey,
    /// Shared by clones: they speak of the same write.
    replayed: Arc<AtomicBool>,
}

impl Idempotency {
    pub(crate) fn new(key: IdempotencyKey) -> Self {
        Self {
            key,
            replayed: Arc::default(),
        }
    }

    pub(crate) fn is_replayed(&self) -> bool {
        self.replayed.load(Ordering::Acquire)
    }

    pub(crate) fn set_replayed(&self, replayed: bool) {
        self.replayed.store(replayed, Ordering::Release);
    }
}

/// What became of a write is no part of what was asked.
impl PartialEq for Idempotency {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Idempotency {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_key_is_kept_as_it_is_or_refused(text in any::<String>(), near in "[!-~]{0,260}") {
            for text in [text, near] {
                let good = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
                match IdempotencyKey::parse(text.as_str()) {
                    Ok(key) => {
                        prop_assert!(good);
                        prop_assert_eq!(key.as_str(), text);
                    }
                    Err(_) => prop_assert!(!good),
                }
            }
        }
    }

    #[test]
    fn parts_have_keys_of_their_own() {
        let key = IdempotencyKey::parse("k".repeat(255)).unwrap();
        let parts = [
            key.part(0),
            key.part(1),
            IdempotencyKey::parse("0").unwrap().part(1),
        ];
        for part in &parts {
            assert_eq!(IdempotencyKey::parse(part.as_str()).unwrap(), *part);
            assert_eq!(parts.iter().filter(|other| *other == part).count(), 1);
        }
        assert_eq!(key.part(1), key.part(1));
    }

    #[test]
    fn the_earliest_time_has_a_time_before_it() {
        assert!(IdempotencyKey::kept_since(Timestamp::EPOCH) < 0);
    }
}
