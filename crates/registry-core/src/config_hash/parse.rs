//! Reads JSON as Python's `json.loads` does: the structure. Numbers and strings have files of their own.

use super::cursor::Cursor;
use super::error::ConfigHashError;
use super::number::parse_number;
use super::string::parse_string;
use super::value::{Text, Value};
use super::{MAX_CONFIG_BYTES, MAX_NESTING};

pub(super) fn parse(text: &str) -> Result<Value<'_>, ConfigHashError> {
    if text.len() > MAX_CONFIG_BYTES {
        return Err(ConfigHashError::ConfigTooLarge { length: text.len() });
    }
    if text.starts_with('\u{feff}') {
        return Err(ConfigHashError::ByteOrderMark);
    }
    let mut cursor = Cursor::new(text);
    cursor.skip_whitespace();
    let value = parse_value(&mut cursor, 0)?;
    cursor.skip_whitespace();
    match cursor.peek() {
        None => Ok(value),
        Some(_) => Err(cursor.unexpected("the end of the text")),
    }
}

/// Reads the value that begins here; `depth` arrays and objects are open around it.
fn parse_value<'text>(cursor: &mut Cursor<'text>, depth: usize) -> Result<Value<'text>, ConfigHashError> {
    match cursor.peek() {
        Some(b'[' | b'{') if depth == MAX_NESTING => Err(ConfigHashError::NestedTooDeep {
            position: cursor.position(),
        }),
        Some(b'[') => parse_array(cursor, depth + 1),
        Some(b'{') => parse_object(cursor, depth + 1),
        Some(b'"') => Ok(Value::String(parse_string(cursor)?)),
        Some(b'-' | b'0'..=b'9') => parse_number(cursor),
        _ => parse_word(cursor),
    }
}

fn parse_array<'text>(cursor: &mut Cursor<'text>, depth: usize) -> Result<Value<'text>, ConfigHashError> {
    let mut elements = Vec::new();
    cursor.take("[");
    cursor.skip_whitespace();
    if cursor.take("]") {
        return Ok(Value::Array(elements.into_boxed_slice()));
    }
    loop {
        elements.push(parse_value(cursor, depth)?);
        cursor.skip_whitespace();
        if cursor.take("]") {
            return Ok(Value::Array(elements.into_boxed_slice()));
        }
        if !cursor.take(",") {
            return Err(cursor.unexpected("`,` or `]`"));
        }
        cursor.skip_whitespace();
    }
}

fn parse_object<'text>(cursor: &mut Cursor<'text>, depth: usize) -> Result<Value<'text>, ConfigHashError> {
    let mut members = Vec::new();
    cursor.take("{");
    cursor.skip_whitespace();
    if cursor.take("}") {
        return Ok(Value::object(members));
    }
    loop {
        members.push(parse_member(cursor, depth)?);
        cursor.skip_whitespace();
        if cursor.take("}") {
            return Ok(Value::object(members));
        }
        if !cursor.take(",") {
            return Err(cursor.unexpected("`,` or `}`"));
        }
        cursor.skip_whitespace();
    }
}

fn parse_member<'text>(
    cursor: &mut Cursor<'text>,
    depth: usize,
) -> Result<(Text<'text>, Value<'text>), ConfigHashError> {
    if cursor.peek() != Some(b'"') {
        return Err(cursor.unexpected("a key in double quotes"));
    }
    let key = parse_string(cursor)?;
    cursor.skip_whitespace();
    if !cursor.take(":") {
        return Err(cursor.unexpected("`:`"));
    }
    cursor.skip_whitespace();
    Ok((key, parse_value(cursor, depth)?))
}

fn parse_word<'text>(cursor: &mut Cursor<'text>) -> Result<Value<'text>, ConfigHashError> {
    let position = cursor.offset();
    let not_finite = |cursor: &Cursor<'_>, word| {
        Err(ConfigHashError::NotFinite {
            word,
            position: cursor.position_of(position),
        })
    };
    if cursor.take("null") {
        Ok(Value::Null)
    } else if cursor.take("true") {
        Ok(Value::Boolean(true))
    } else if cursor.take("false") {
        Ok(Value::Boolean(false))
    } else if cursor.take("NaN") {
        not_finite(cursor, "NaN")
    } else if cursor.take("Infinity") {
        not_finite(cursor, "Infinity")
    } else {
        Err(cursor.unexpected("a value"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn white_space_is_what_python_takes_for_it() {
        assert_eq!(parse(" \t\r\n[ ] ").unwrap(), Value::Array([].into()));
        assert_eq!(
            refusal("\u{a0}[]"),
            "the config is not JSON: expected a value, found U+00A0 at line 1, column 1 (byte 0)"
        );
        assert_eq!(
            refusal("[]\u{c}"),
            "the config is not JSON: expected the end of the text, found U+000C at line 1, column 3 (byte 2)"
        );
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        for (text, expected) in [
            (
                "",
                "the config is not JSON: expected a value, found the end of the text at line 1, column 1 (byte 0)",
            ),
            (
                "[1,]",
                "the config is not JSON: expected a value, found `]` at line 1, column 4 (byte 3)",
            ),
            (
                "[1 2]",
                "the config is not JSON: expected `,` or `]`, found `2` at line 1, column 4 (byte 3)",
            ),
            (
                "{\"a\":1,}",
                "the config is not JSON: expected a key in double quotes, found `}` at line 1, column 8 (byte 7)",
            ),
            (
                "{a:1}",
                "the config is not JSON: expected a key in double quotes, found `a` at line 1, column 2 (byte 1)",
            ),
            (
                "{\"a\" 1}",
                "the config is not JSON: expected `:`, found `1` at line 1, column 6 (byte 5)",
            ),
            (
                "{\"a\":1;",
                "the config is not JSON: expected `,` or `}`, found `;` at line 1, column 7 (byte 6)",
            ),
            (
                "{\"é\":\n\n 'x'}",
                "the config is not JSON: expected a value, found `'` at line 3, column 2 (byte 9)",
            ),
            (
                "[] []",
                "the config is not JSON: expected the end of the text, found `[` at line 1, column 4 (byte 3)",
            ),
            (
                "nul",
                "the config is not JSON: expected a value, found `n` at line 1, column 1 (byte 0)",
            ),
            (
                "True",
                "the config is not JSON: expected a value, found `T` at line 1, column 1 (byte 0)",
            ),
            (
                "\u{feff}{}",
                "the config begins with a byte order mark, which is not part of JSON",
            ),
        ] {
            assert_eq!(refusal(text), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused() {
        for word in ["NaN", "Infinity", "-Infinity"] {
            assert_eq!(
                refusal(&format!("[{word}]")),
                format!("the config has `{word}` at line 1, column 2 (byte 1), which is not a finite number")
            );
        }
    }

    #[test]
    fn nesting_ends_at_the_limit_and_not_at_the_stack() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&nested(MAX_NESTING)).is_ok());
        assert!(parse(&format!("[{}]", "[],".repeat(MAX_NESTING) + "[]")).is_ok());
        assert_eq!(
            refusal(&nested(MAX_NESTING + 1)),
            "the config is nested deeper than 512 levels at line 1, column 513 (byte 512)"
        );
        for opening in ["[", "{\"a\":", "[{\"a\":"] {
            assert!(matches!(
                parse(&opening.repeat(1_000_000)),
                Err(ConfigHashError::NestedTooDeep { .. })
            ));
        }
    }

    #[test]
    fn text_beyond_the_limit_is_not_even_read() {
        let text = " ".repeat(MAX_CONFIG_BYTES + 1);
        assert_eq!(
            parse(&text),
            Err(ConfigHashError::ConfigTooLarge {
                length: MAX_CONFIG_BYTES + 1
            })
        );
        let text = format!("{}1", " ".repeat(MAX_CONFIG_BYTES - 1));
        assert_eq!(parse(&text), Ok(Value::Integer("1")));
    }
}
