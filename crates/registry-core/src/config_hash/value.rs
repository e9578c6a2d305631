//! A JSON document as Python sees it, on its way from text to canonical text.

use std::cmp::Ordering;

/// A JSON value. Borrows from the text it was read from wherever that text is already canonical.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'text> {
    Null,
    Boolean(bool),
    /// The digits as written, with a minus sign if any: no machine integer is large enough for Python's.
    Integer(&'text str),
    /// Always finite.
    Float(f64),
    String(Text<'text>),
    Array(Box<[Value<'text>]>),
    /// Sorted by key, each key once.
    Object(Box<[(Text<'text>, Value<'text>)]>),
}

impl<'text> Value<'text> {
    /// Sorts the members as Python does; of equal keys, the last one stays.
    pub(super) fn object(mut members: Vec<(Text<'text>, Self)>) -> Self {
        // `dedup_by` keeps the first of equals and the sort is stable, so the last has to come first.
        members.reverse();
        members.sort_by(|(left, _), (right, _)| left.compare(right));
        members.dedup_by(|(left, _), (right, _)| left.compare(right) == Ordering::Equal);
        Self::Object(members.into_boxed_slice())
    }
}

/// A string, which in Python may hold surrogates that pair with nothing and so is not always a Rust `str`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Text<'text> {
    /// Written without escapes.
    Plain(&'text str),
    /// The code points of a string that was written with escapes.
    Decoded(Box<[u32]>),
}

impl Text<'_> {
    pub(super) fn code_points(&self) -> impl Iterator<Item = u32> {
        let (plain, decoded): (&str, &[u32]) = match self {
            Self::Plain(text) => (text, &[]),
            Self::Decoded(code_points) => ("", code_points),
        };
        plain.chars().map(u32::from).chain(decoded.iter().copied())
    }

    /// Compares by code point, as Python compares strings.
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            // UTF-8 keeps the order of code points.
            (Self::Plain(left), Self::Plain(right)) => left.cmp(right),
            _ => self.code_points().cmp(other.code_points()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(code_points: &[u32]) -> Text<'static> {
        Text::Decoded(code_points.into())
    }

    #[test]
    fn strings_compare_by_code_point() {
        let ascending = [
            Text::Plain(""),
            Text::Plain("Z"),
            Text::Plain("a"),
            decoded(&[0x61, 0x0a]),
            Text::Plain("é"),
            decoded(&[0xd7ff]),
            decoded(&[0xd800]),
            decoded(&[0xd800, 0x61]),
            decoded(&[0xdfff]),
            Text::Plain("\u{e000}"),
            Text::Plain("\u{10000}"),
            decoded(&[0x10_ffff]),
        ];
        for pair in ascending.windows(2) {
            assert_eq!(pair[0].compare(&pair[1]), Ordering::Less, "{pair:?}");
        }
        assert_eq!(decoded(&[0x61]).compare(&Text::Plain("a")), Ordering::Equal);
    }

    #[test]
    fn the_last_of_equal_keys_stays() {
        let members = vec![
            (Text::Plain("b"), Value::Integer("1")),
            (Text::Plain("a"), Value::Integer("2")),
            (decoded(&[0x62]), Value::Integer("3")),
            (Text::Plain("b"), Value::Integer("4")),
        ];
        let expected = [
            (Text::Plain("a"), Value::Integer("2")),
            (Text::Plain("b"), Value::Integer("4")),
        ];
        assert_eq!(Value::object(members), Value::Object(expected.into()));
    }
}
