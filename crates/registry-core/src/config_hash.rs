//! The fingerprint of a training configuration.
//!
//! Two models trained with the same configuration carry the same config hash, so "who else was trained like this?" is
//! one equality test. Here live the type [`ConfigHash`] and the rule that turns a configuration into its hash;
//! what a configuration means, and which models share one, is decided elsewhere.
//!
//! # The hash
//! The hash is the one Python programs get from
//!
//! ```python
//! hashlib.sha256(json.dumps(json.loads(text), sort_keys=True).encode()).hexdigest()
//! ```
//!
//! byte for byte, so that a model registered from Python and one registered from Rust find each other. The format is
//! defined by [Python's `json`](https://docs.python.org/3/library/json.html) with its default settings:
//!
//! - keys sorted by code point, the last of duplicate keys wins, `", "` and `": "` as separators;
//! - ASCII only: everything outside space to tilde is escaped in lower-case hexadecimal, characters above U+FFFF as a
//!   surrogate pair; lone surrogates written as `\ud800` escapes stay as they are;
//! - integers exact at any size and never mixed up with floats (`1` and `1.0` differ, `-0` is `0`);
//! - floats as Python's [`repr`](https://docs.python.org/3/library/functions.html#repr): `1e-05`, `1e+16`, `-0.0`.
//!
//! Any JSON value is accepted at the top level, not only an object.
//!
//! # What is refused
//! Python writes `NaN` and `Infinity`, which are not JSON, and reads `1e999` as infinity. A configuration that holds
//! such a number is refused, also under a key that a later duplicate replaces. Other limits keep hostile text
//! harmless: [`MAX_CONFIG_BYTES`], [`MAX_NESTING`] and [`MAX_INTEGER_DIGITS`]. Everything else is refused exactly when
//! Python refuses it.

mod cursor;
mod error;
mod float;
mod number;
mod parse;
#[cfg(test)]
mod properties;
mod python_json;
mod serialize;
mod string;
mod value;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::error::{ConfigHashError, Position};

/// The longest configuration text that is read: 16 MiB. The canonical text may be up to six times longer.
pub const MAX_CONFIG_BYTES: usize = 16 * 1024 * 1024;

/// How deep arrays and objects may be nested in a configuration; Python itself gives up near 1000.
pub const MAX_NESTING: usize = 512;

/// The most digits an integer in a configuration may have:
/// [Python's default limit](https://docs.python.org/3/library/stdtypes.html#int-max-str-digits).
pub const MAX_INTEGER_DIGITS: usize = 4300;

/// The fingerprint of a training configuration, as text.
///
/// Any text that passes [`ConfigHash::parse`] is a config hash: who computes fingerprints another way may bring them.
/// [`ConfigHash::of_json`] and [`ConfigHash::of`] compute the usual one, 64 lower-case hexadecimal digits.
///
/// ```
/// use registry_core::config_hash::ConfigHash;
///
/// let computed = ConfigHash::of_json(r#"{"d": 1}"#)?;
/// let brought: ConfigHash = "1598c432a023fad357613ece9b72ee262030584ce0e6c7362d8a3a65905e19f1".parse()?;
/// assert_eq!(computed, brought);
/// # Ok::<(), registry_core::config_hash::ConfigHashError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ConfigHash(String);

impl ConfigHash {
    /// The longest text a config hash may have, in bytes.
    pub const MAX_BYTES: usize = 256;

    /// Takes any text as a config hash: 1 to 256 bytes, no control characters, no white space at either end.
    ///
    /// # Errors
    /// One of the `Hash...` variants of [`ConfigHashError`], which say what is wrong with the text.
    ///
    /// ```
    /// use registry_core::config_hash::{ConfigHash, ConfigHashError};
    ///
    /// assert_eq!(ConfigHash::parse("sweep-7")?.as_str(), "sweep-7");
    /// assert_eq!(ConfigHash::parse(""), Err(ConfigHashError::HashEmpty));
    /// # Ok::<(), ConfigHashError>(())
    /// ```
    pub fn parse(text: impl Into<String>) -> Result<Self, ConfigHashError> {
        let text = text.into();
        check(&text)?;
        Ok(Self(text))
    }

    /// The hash of a configuration given as JSON text; the [module](self) says how it is computed.
    ///
    /// # Errors
    /// When `text` is not JSON, holds a number that is not finite, or exceeds a limit of the [module](self).
    ///
    /// ```
    /// use registry_core::config_hash::ConfigHash;
    ///
    /// let one = ConfigHash::of_json(r#"{"layers": 12, "rate": 1e-5}"#)?;
    /// let same = ConfigHash::of_json(r#"{"rate":0.00001,"layers":12}"#)?;
    /// assert_eq!(one, same);
    /// # Ok::<(), registry_core::config_hash::ConfigHashError>(())
    /// ```
    pub fn of_json(text: &str) -> Result<Self, ConfigHashError> {
        let digest = Sha256::digest(canonical_text(text)?);
        let mut hexadecimal = String::with_capacity(2 * digest.len());
        for byte in digest {
            hexadecimal.extend(char::from_digit(u32::from(byte >> 4), 16));
            hexadecimal.extend(char::from_digit(u32::from(byte & 0x0f), 16));
        }
        Ok(Self(hexadecimal))
    }

    /// The hash of a configuration held in a Rust value: that of the JSON which `serde_json` writes for it.
    ///
    /// Map keys that are not text become text, as in JSON, and are sorted as text. An `f32` counts with its own
    /// shortest digits: `0.1_f32` hashes like `0.1`, not like the `0.10000000149011612` that it widens to. So a field
    /// may change between `f32` and `f64` without a new hash, as long as its values were written with few digits.
    ///
    /// # Errors
    /// [`ConfigHashError::FieldNotFinite`] when a float is NaN or infinite (`serde_json` alone would write `null`),
    /// [`ConfigHashError::NotSerializable`] when `config` cannot be written as JSON, or a limit of the
    /// [module](self).
    ///
    /// ```
    /// use registry_core::config_hash::ConfigHash;
    ///
    /// #[derive(serde::Serialize)]
    /// struct Config {
    ///     layers: u32,
    ///     rate: f64,
    /// }
    ///
    /// let config = Config { layers: 12, rate: 1e-5 };
    /// assert_eq!(ConfigHash::of(&config)?, ConfigHash::of_json(r#"{"layers": 12, "rate": 0.00001}"#)?);
    ///
    /// let diverged = Config { layers: 12, rate: f64::NAN };
    /// let refused = ConfigHash::of(&diverged).map_err(|error| error.to_string());
    /// assert_eq!(refused, Err("the config has `NaN` at `rate`, which is not a finite number".to_owned()));
    /// # Ok::<(), registry_core::config_hash::ConfigHashError>(())
    /// ```
    pub fn of<T: Serialize + ?Sized>(config: &T) -> Result<Self, ConfigHashError> {
        Self::of_json(&serialize::to_json(config)?)
    }

    /// The hash as text.
    ///
    /// ```
    /// use registry_core::config_hash::ConfigHash;
    ///
    /// assert!(ConfigHash::of_json("{}")?.as_str().starts_with("44136fa3"));
    /// # Ok::<(), registry_core::config_hash::ConfigHashError>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text that is hashed for a configuration: what Python's `json.dumps(json.loads(text), sort_keys=True)` returns.
///
/// Useful to see why two configurations differ. The canonical text of a canonical text is itself, unless it grew
/// beyond [`MAX_CONFIG_BYTES`].
///
/// # Errors
/// The same as for [`ConfigHash::of_json`].
///
/// ```
/// use registry_core::config_hash::canonical_text;
///
/// assert_eq!(canonical_text("{\"rate\":1E-5,\"name\":\"né\"}")?, r#"{"name": "n\u00e9", "rate": 1e-05}"#);
/// # Ok::<(), registry_core::config_hash::ConfigHashError>(())
/// ```
pub fn canonical_text(text: &str) -> Result<String, ConfigHashError> {
    Ok(parse::parse(text)?.to_string())
}

fn check(text: &str) -> Result<(), ConfigHashError> {
    if text.is_empty() {
        return Err(ConfigHashError::HashEmpty);
    }
    if text.len() > ConfigHash::MAX_BYTES {
        return Err(ConfigHashError::HashTooLong { length: text.len() });
    }
    if let Some((offset, character)) = text.char_indices().find(|(_, character)| character.is_control()) {
        return Err(ConfigHashError::HashControlCharacter { character, offset });
    }
    if text.trim() != text {
        return Err(ConfigHashError::HashSurroundingWhitespace);
    }
    Ok(())
}

impl fmt::Display for ConfigHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl AsRef<str> for ConfigHash {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConfigHash {
    type Err = ConfigHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ConfigHash {
    type Error = ConfigHashError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

impl From<ConfigHash> for String {
    fn from(hash: ConfigHash) -> Self {
        hash.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_short_printable_text_is_a_hash() {
        for text in ["a", "sweep 7", "模型-7", "0".repeat(256).as_str()] {
            assert_eq!(ConfigHash::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn text_that_would_mislead_is_refused() {
        assert_eq!(ConfigHash::parse(""), Err(ConfigHashError::HashEmpty));
        assert_eq!(
            ConfigHash::parse("0".repeat(257)),
            Err(ConfigHashError::HashTooLong { length: 257 })
        );
        assert_eq!(
            ConfigHash::parse("é\n"),
            Err(ConfigHashError::HashControlCharacter {
                character: '\n',
                offset: 2
            })
        );
        for text in [" a", "a ", "\u{3000}a", " "] {
            assert_eq!(
                ConfigHash::parse(text),
                Err(ConfigHashError::HashSurroundingWhitespace)
            );
        }
    }

    #[test]
    fn a_hash_travels_as_a_json_string_and_is_checked_on_arrival() {
        let hash = ConfigHash::parse("sweep-7").unwrap();
        let text = serde_json::to_string(&hash).unwrap();
        assert_eq!(text, r#""sweep-7""#);
        assert_eq!(serde_json::from_str::<ConfigHash>(&text).unwrap(), hash);

        let refused = serde_json::from_str::<ConfigHash>(r#"" sweep-7""#).unwrap_err();
        assert!(
            refused
                .to_string()
                .starts_with("a config hash must not start or end with white space")
        );
    }
}
