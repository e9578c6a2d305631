//! What can be wrong with a config hash, or with a configuration to be hashed.

use std::fmt;

use thiserror::Error;

use super::{ConfigHash, MAX_CONFIG_BYTES, MAX_INTEGER_DIGITS, MAX_NESTING};

/// A place in the text of a configuration.
///
/// ```
/// use registry_core::config_hash::{ConfigHash, ConfigHashError};
///
/// let Err(ConfigHashError::Unexpected { position, .. }) = ConfigHash::of_json("{\n  'rate': 1}") else {
///     panic!("single quotes are not JSON");
/// };
/// assert_eq!((position.offset, position.line, position.column), (4, 2, 3));
/// assert_eq!(position.to_string(), "line 2, column 3 (byte 4)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes before this place.
    pub offset: usize,
    /// The line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
}

impl Position {
    pub(super) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            offset,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, line, column } = self;
        write!(formatter, "line {line}, column {column} (byte {offset})")
    }
}

/// Why a text is not a config hash, or why a configuration has none.
///
/// The variants that begin with `Hash` are about the hash itself, all others about the configuration to be hashed.
///
/// ```
/// use registry_core::config_hash::ConfigHash;
///
/// let error = ConfigHash::of_json(r#"{"rate": NaN}"#).err();
/// assert_eq!(
///     error.map(|error| error.to_string()).as_deref(),
///     Some("the config has `NaN` at line 1, column 10 (byte 9), which is not a finite number")
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigHashError {
    /// The text of a hash is empty.
    #[error("a config hash must not be empty")]
    HashEmpty,

    /// The text of a hash is longer than [`ConfigHash::MAX_BYTES`].
    #[error(
        "a config hash has at most {} bytes, this one has {length}",
        ConfigHash::MAX_BYTES
    )]
    HashTooLong {
        /// Its length in bytes.
        length: usize,
    },

    /// The text of a hash has a control character, for instance a line break.
    #[error("a config hash must not contain control characters, found {} at byte {offset}", Shown(Some(*.character)))]
    HashControlCharacter {
        /// The character.
        character: char,
        /// Bytes before it.
        offset: usize,
    },

    /// The text of a hash has white space at one of its ends.
    #[error("a config hash must not start or end with white space")]
    HashSurroundingWhitespace,

    /// The configuration is longer than [`MAX_CONFIG_BYTES`].
    #[error("the config has {length} bytes of JSON, the limit is {MAX_CONFIG_BYTES}")]
    ConfigTooLarge {
        /// Its length in bytes.
        length: usize,
    },

    /// The configuration begins with a byte order mark.
    #[error("the config begins with a byte order mark, which is not part of JSON")]
    ByteOrderMark,

    /// Something else stands where JSON wants one of a few things.
    #[error("the config is not JSON: expected {expected}, found {} at {position}", Shown(*.found))]
    Unexpected {
        /// What JSON wants there.
        expected: &'static str,
        /// The character that is there; none at the end of the text.
        found: Option<char>,
        /// Where it is.
        position: Position,
    },

    /// A string has no closing quote.
    #[error("the config is not JSON: the string that begins at {position} is never closed")]
    UnterminatedString {
        /// Where the opening quote is.
        position: Position,
    },

    /// A string has a control character in plain, for instance a line break.
    #[error(
        "the config is not JSON: a string must not contain control characters, found {} at {position}",
        Shown(Some(*.character))
    )]
    ControlCharacterInString {
        /// The character.
        character: char,
        /// Where it is.
        position: Position,
    },

    /// A backslash in a string is followed by something that makes no escape.
    #[error("the config is not JSON: the backslash at {position} begins no escape that JSON knows")]
    InvalidEscape {
        /// Where the backslash is.
        position: Position,
    },

    /// `\u` in a string is not followed by four hexadecimal digits.
    #[error("the config is not JSON: the `\\u` at {position} is not followed by four hexadecimal digits")]
    InvalidUnicodeEscape {
        /// Where the backslash is.
        position: Position,
    },

    /// A number begins with a zero that is followed by more digits.
    #[error("the config is not JSON: the number at {position} has a leading zero")]
    LeadingZero {
        /// Where the zero is.
        position: Position,
    },

    /// One of the words with which Python writes numbers that are not finite.
    #[error("the config has `{word}` at {position}, which is not a finite number")]
    NotFinite {
        /// `NaN`, `Infinity` or `-Infinity`.
        word: &'static str,
        /// Where it is.
        position: Position,
    },

    /// A number so large that it would be read as infinity.
    #[error("the config has a number at {position} that is too large for a 64-bit float")]
    FloatOverflow {
        /// Where the number begins.
        position: Position,
    },

    /// An integer has more than [`MAX_INTEGER_DIGITS`] digits.
    #[error("the config has an integer of {digits} digits at {position}, the limit is {MAX_INTEGER_DIGITS}")]
    IntegerTooLong {
        /// How many digits it has.
        digits: usize,
        /// Where it begins.
        position: Position,
    },

    /// Arrays and objects are nested deeper than [`MAX_NESTING`].
    #[error("the config is nested deeper than {MAX_NESTING} levels at {position}")]
    NestedTooDeep {
        /// Where the first array or object beyond the limit begins.
        position: Position,
    },

    /// A float in a Rust value is not finite; JSON has no way to write it.
    #[error("{} `{value}`{}, which is not a finite number", subject(.path), place(.path))]
    FieldNotFinite {
        /// Where the float is, such as `optimizer.betas[1]`; empty if it is the whole config.
        path: String,
        /// `NaN`, `Infinity` or `-Infinity`.
        value: &'static str,
    },

    /// A Rust value cannot be written as JSON.
    #[error("the config cannot be written as JSON: {message}")]
    NotSerializable {
        /// What the value, or the JSON writer, says about it.
        message: String,
    },
}

impl ConfigHashError {
    /// What to do next, as one sentence.
    ///
    /// ```
    /// use registry_core::config_hash::ConfigHash;
    ///
    /// let hint = ConfigHash::parse(" 44136fa3").map_err(|error| error.hint());
    /// assert_eq!(hint, Err("remove the spaces around the hash"));
    /// ```
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::HashEmpty => "give the hash of the config, or the config itself to have it computed",
            Self::HashTooLong { .. } => {
                "give a hash, not the config itself; a SHA-256 has 64 hexadecimal digits"
            }
            Self::HashControlCharacter { .. } => {
                "remove the control character; a line break often comes from a file"
            }
            Self::HashSurroundingWhitespace => "remove the spaces around the hash",
            Self::ConfigTooLarge { .. } => "hash the settings only, and leave data out of the config",
            Self::ByteOrderMark => "save the config as UTF-8 without a byte order mark",
            Self::Unexpected { .. } => {
                "correct the JSON there: strings need double quotes, and neither comments nor a last comma are allowed"
            }
            Self::UnterminatedString { .. } => "close the string with a double quote",
            Self::ControlCharacterInString { .. } => {
                r"write control characters as escapes, such as `\n` or `\t`"
            }
            Self::InvalidEscape { .. } => r"write a backslash itself as `\\`",
            Self::InvalidUnicodeEscape { .. } => {
                r"write four hexadecimal digits, such as `\u00e9`, or `\\u` for the text"
            }
            Self::LeadingZero { .. } => {
                "remove the leading zeros, or put the number in double quotes to keep them"
            }
            Self::NotFinite { .. } | Self::FieldNotFinite { .. } => {
                "use a finite number, or null for no value"
            }
            Self::FloatOverflow { .. } => {
                "use a number below 1.8e308, or put it in double quotes to keep its digits"
            }
            Self::IntegerTooLong { .. } => "put the integer in double quotes to keep its digits",
            Self::NestedTooDeep { .. } => "flatten the config",
            Self::NotSerializable { .. } => "change the type of the config so that it can be written as JSON",
        }
    }
}

/// A character as a reader can recognise it, also when it is invisible.
struct Shown(Option<char>);

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => formatter.write_str("the end of the text"),
            Some(character @ '!'..='~') => write!(formatter, "`{character}`"),
            Some(character) if character.is_alphanumeric() => write!(formatter, "`{character}`"),
            Some(character) => write!(formatter, "U+{:04X}", u32::from(character)),
        }
    }
}

fn subject(path: &str) -> &'static str {
    if path.is_empty() {
        "the config is"
    } else {
        "the config has"
    }
}

fn place(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" at `{path}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let text = "{\n\"é\": 模}";
        let offset = text.find('模').unwrap();
        assert_eq!(
            Position::of(text, offset),
            Position {
                offset: 8,
                line: 2,
                column: 6
            }
        );
    }

    #[test]
    fn every_refusal_of_a_config_says_that_it_is_about_the_config() {
        let digits = "1".repeat(MAX_INTEGER_DIGITS + 1);
        let nested = "[".repeat(MAX_NESTING + 1);
        let table = [
            "",
            "\u{feff}{}",
            "{",
            "[1,]",
            r#"{"a"#,
            "\"\n\"",
            r#""\x""#,
            r#""\u12""#,
            "01",
            "[NaN]",
            "-Infinity",
            "1e999",
            &digits,
            &nested,
        ];
        for text in table {
            let error = ConfigHash::of_json(text).unwrap_err().to_string();
            assert!(error.starts_with("the config "), "{error}");
        }
    }

    #[test]
    fn characters_are_shown_recognisably() {
        for (character, shown) in [
            ('x', "`x`"),
            ('é', "`é`"),
            ('\u{201c}', "U+201C"),
            ('\n', "U+000A"),
        ] {
            assert_eq!(Shown(Some(character)).to_string(), shown);
        }
        assert_eq!(Shown(None).to_string(), "the end of the text");
    }
}
