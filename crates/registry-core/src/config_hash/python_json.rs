//! Writes JSON as Python's `json.dumps(value, sort_keys=True)` does; the members of a [`Value`] are sorted already.

use std::fmt::{self, Display, Write as _};

use super::float::PythonFloat;
use super::value::{Text, Value};

impl Display for Value<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Boolean(true) => formatter.write_str("true"),
            Self::Boolean(false) => formatter.write_str("false"),
            Self::Integer(digits) => formatter.write_str(digits),
            Self::Float(float) => PythonFloat(*float).fmt(formatter),
            Self::String(text) => text.fmt(formatter),
            Self::Array(elements) => write_array(elements, formatter),
            Self::Object(members) => write_object(members, formatter),
        }
    }
}

fn write_array(elements: &[Value<'_>], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_char('[')?;
    let mut separator = "";
    for element in elements {
        formatter.write_str(separator)?;
        element.fmt(formatter)?;
        separator = ", ";
    }
    formatter.write_char(']')
}

fn write_object(members: &[(Text<'_>, Value<'_>)], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_char('{')?;
    let mut separator = "";
    for (key, value) in members {
        formatter.write_str(separator)?;
        key.fmt(formatter)?;
        formatter.write_str(": ")?;
        value.fmt(formatter)?;
        separator = ", ";
    }
    formatter.write_char('}')
}

impl Display for Text<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_char('"')?;
        match self {
            Self::Plain(text) if text.bytes().all(|byte| stays_as_it_is(char::from(byte))) => {
                formatter.write_str(text)?;
            }
            _ => self
                .code_points()
                .try_for_each(|code_point| write_code_point(code_point, formatter))?,
        }
        formatter.write_char('"')
    }
}

fn stays_as_it_is(character: char) -> bool {
    matches!(character, ' '..='~') && character != '"' && character != '\\'
}

fn write_code_point(code_point: u32, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    match char::from_u32(code_point) {
        Some('"') => formatter.write_str("\\\""),
        Some('\\') => formatter.write_str("\\\\"),
        Some('\u{8}') => formatter.write_str("\\b"),
        Some('\u{c}') => formatter.write_str("\\f"),
        Some('\n') => formatter.write_str("\\n"),
        Some('\r') => formatter.write_str("\\r"),
        Some('\t') => formatter.write_str("\\t"),
        Some(character) if stays_as_it_is(character) => formatter.write_char(character),
        Some(character) => {
            let mut units = [0; 2];
            character
                .encode_utf16(&mut units)
                .iter()
                .try_for_each(|unit| write!(formatter, "\\u{unit:04x}"))
        }
        // A surrogate that pairs with nothing is no character for Rust.
        None => write!(formatter, "\\u{code_point:04x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::canonical_text;

    #[test]
    fn values_are_written_as_in_python() {
        for (text, canonical) in [
            ("null", "null"),
            (" [ ] ", "[]"),
            ("{\n}", "{}"),
            (
                "[true,false,null,1,1.0,-0,-0.0]",
                "[true, false, null, 1, 1.0, 0, -0.0]",
            ),
            (
                r#"{"b":{"z":[1,{"y":2,"x":[]}],"a":{}},"a":3}"#,
                r#"{"a": 3, "b": {"a": {}, "z": [1, {"x": [], "y": 2}]}}"#,
            ),
            (r#"{"a":1,"b":2,"\u0061":3}"#, r#"{"a": 3, "b": 2}"#),
            (
                r#"{"10":4,"9":5,"Z":1,"_":3,"a":2}"#,
                r#"{"10": 4, "9": 5, "Z": 1, "_": 3, "a": 2}"#,
            ),
        ] {
            assert_eq!(canonical_text(text).unwrap(), canonical);
        }
    }

    #[test]
    fn strings_are_escaped_as_in_python() {
        for (text, canonical) in [
            (
                "\"~ \u{7f}\u{80}é\u{2028}模😀\"",
                r#""~ \u007f\u0080\u00e9\u2028\u6a21\ud83d\ude00""#,
            ),
            (
                r#""\"\\\/\b\f\n\r\t\u0000\u001F""#,
                r#""\"\\/\b\f\n\r\t\u0000\u001f""#,
            ),
            (r#""\uD800 \uDFFF\uD83D""#, r#""\ud800 \udfff\ud83d""#),
        ] {
            assert_eq!(canonical_text(text).unwrap(), canonical);
        }
    }

    #[test]
    fn keys_with_lone_surrogates_sort_between_their_neighbours() {
        let text = "{\"\u{10000}\":1,\"\u{e000}\":2,\"\\udfff\":3,\"\\ud800\":4,\"\u{d7ff}\":5}";
        let canonical = r#"{"\ud7ff": 5, "\ud800": 4, "\udfff": 3, "\ue000": 2, "\ud800\udc00": 1}"#;
        assert_eq!(canonical_text(text).unwrap(), canonical);
    }
}
