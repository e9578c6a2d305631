//! Finite numbers, and the units of sizes.

use crate::search::error::SearchError;

/// A finite number; zero has no sign.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Number(f64);

impl Number {
    /// Builds the value.
    ///
    /// # Errors
    /// Refuses infinities and NaN.
    pub fn new(value: f64) -> Result<Self, SearchError> {
        if !value.is_finite() {
            return Err(SearchError::unfit(value.to_string(), "it is not a finite number"));
        }
        // Adding zero turns -0 into 0.
        Ok(Self(value + 0.0))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Reads a decimal number; words such as `inf` are none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().any(|byte| byte.is_ascii_digit());
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
        if !digits || !plain {
            return None;
        }
        text.parse().ok().and_then(|value| Self::new(value).ok())
    }
}

impl TryFrom<f64> for Number {
    type Error = SearchError;

    fn try_from(value: f64) -> Result<Self, SearchError> {
        Self::new(value)
    }
}

/// The number as it is printed: the shortest text that reads as the same number.
pub(crate) fn number_text(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-5..1e15).contains(&size) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// What a size counts. As in the original, a kilobyte has 1,024 bytes, a megabyte 1,024 kilobytes and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Bytes,
    Kilobytes,
    Megabytes,
    Gigabytes,
    Terabytes,
}

impl Unit {
    /// What to expect where a unit should stand.
    pub(crate) const EXPECTED: &'static str = "a number, or a number with one of `B`, `KB`, `MB`, `GB`, `TB`";

    /// Reads a unit; case is free, and `MiB` is what `MB` is here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "b" => Self::Bytes,
            "kb" | "kib" => Self::Kilobytes,
            "mb" | "mib" => Self::Megabytes,
            "gb" | "gib" => Self::Gigabytes,
            "tb" | "tib" => Self::Terabytes,
            _ => return None,
        })
    }

    fn power(self) -> i32 {
        match self {
            Self::Bytes => 0,
            Self::Kilobytes => 1,
            Self::Megabytes => 2,
            Self::Gigabytes => 3,
            Self::Terabytes => 4,
        }
    }

    /// This many of the unit in another unit: exact, because the factor is a power of two.
    pub(crate) fn convert(self, value: f64, into: Self) -> f64 {
        value * 1024_f64.powi(self.power() - into.power())
    }

    /// Reads `200`, `200MB` or `200 MB` as a number of `own`.
    pub(crate) fn quantity(text: &str, own: Self) -> Option<Number> {
        // `e` belongs to the number where a digit or a sign follows; no unit has one.
        let split = text
            .find(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E'))
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let number = Number::parse(number.trim_end())?;
        let unit = if unit.is_empty() {
            own
        } else {
            Self::parse(unit.trim())?
        };
        Number::new(unit.convert(number.get(), own)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_units() {
        for (text, megabytes) in [
            ("200", 200.0),
            ("200MB", 200.0),
            ("1.5 GB", 1536.0),
            ("1e3 kib", 1000.0 / 1024.0),
            ("1048576 b", 1.0),
            ("1TB", 1_048_576.0),
        ] {
            let number = Unit::quantity(text, Unit::Megabytes).map(Number::get);
            assert_eq!(number, Some(megabytes), "{text}");
        }
        for text in ["", "MB", "1 PB", "1 2", "inf", "nan", "1e999", "1 e", "0x10"] {
            assert_eq!(Unit::quantity(text, Unit::Megabytes), None, "{text}");
        }
    }

    #[test]
    fn numbers_print_short_and_read_back() {
        for (value, text) in [
            (5.0, "5"),
            (0.4, "0.4"),
            (1e300, "1e300"),
            (-2.5e-9, "-2.5e-9"),
            (0.0, "0"),
        ] {
            assert_eq!(number_text(value), text);
            assert_eq!(Number::parse(text).map(Number::get), Some(value));
        }
    }
}
