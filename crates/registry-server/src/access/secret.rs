//! The secret of a token: `mrt_`, 256 random bits, a checksum.

use sha2::{Digest as _, Sha256};

use crate::random::random;

const PREFIX: &str = "mrt_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 is more than 2^256.
const RANDOM_DIGITS: usize = 43;
/// 62^6 is more than 2^32.
const CHECKSUM_DIGITS: usize = 6;

/// A token as its owner holds it. Shown once, never stored.
///
/// `mrt_`, then 256 random bits in 43 digits of base 62, then their CRC-32 in six: whoever searches texts for leaked
/// tokens can tell one from chance.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> std::io::Result<Self> {
        Ok(Self::of_bits(random()?))
    }

    fn of_bits(mut bits: [u8; 32]) -> Self {
        let mut digits = [b'0'; RANDOM_DIGITS];
        for digit in digits.iter_mut().rev() {
            let mut rest = 0;
            for byte in &mut bits {
                let value = rest * 256 + u32::from(*byte);
                *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
                rest = value % 62;
            }
            *digit = digit_of(rest);
        }
        let random = String::from_utf8_lossy(&digits).into_owned();
        let checksum = checksum(&random);
        Self(format!("{PREFIX}{random}{checksum}"))
    }

    /// Reads a token; `None` for a text that cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix(PREFIX)?;
        if body.len() != RANDOM_DIGITS + CHECKSUM_DIGITS || !body.bytes().all(|byte| DIGITS.contains(&byte)) {
            return None;
        }
        let (random, given) = body.split_at(RANDOM_DIGITS);
        (checksum(random) == given).then(|| Self(text.to_owned()))
    }

    /// The text, for its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored instead: its SHA-256. The secret has 256 random bits, so a slow hash would protect nothing more.
    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// Not the secret.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

fn digit_of(value: u32) -> u8 {
    let place = usize::try_from(value).unwrap_or_default();
    DIGITS.get(place).copied().unwrap_or(b'0')
}

fn checksum(text: &str) -> String {
    let mut rest = crc32(text.as_bytes());
    let mut digits = [b'0'; CHECKSUM_DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = digit_of(rest % 62);
        rest /= 62;
    }
    String::from_utf8_lossy(&digits).into_owned()
}

/// The CRC-32 of zip and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = crc & 1 == 1;
            crc >>= 1;
            if carry {
                crc ^= 0xEDB8_8320;
            }
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn two_are_never_the_same() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_ne!(one, other);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(format!("{one:?}"), "Secret(..)");
    }

    #[test]
    fn every_bit_counts() {
        assert_ne!(Secret::of_bits([0; 32]), Secret::of_bits([255; 32]));
        let mut bits = [0; 32];
        bits[31] = 61;
        assert!(Secret::of_bits(bits).reveal()[PREFIX.len()..].starts_with(&("0".repeat(42) + "z")));
    }

    proptest! {
        #[test]
        fn what_is_made_is_read(bits in any::<[u8; 32]>()) {
            let secret = Secret::of_bits(bits);
            prop_assert_eq!(Secret::parse(secret.reveal()), Some(secret));
        }

        #[test]
        fn one_wrong_digit_is_seen(bits in any::<[u8; 32]>(), place in 4..53_usize) {
            let mut text = Secret::of_bits(bits).reveal().to_owned().into_bytes();
            text[place] = if text[place] == b'0' { b'1' } else { b'0' };
            prop_assert_eq!(Secret::parse(std::str::from_utf8(&text).unwrap()), None);
        }

        #[test]
        fn parsing_never_panics(text in any::<String>(), near in "mrt_[0-9A-Za-z]{48,50}") {
            let _ = (Secret::parse(&text), Secret::parse(&near));
        }
    }
}
