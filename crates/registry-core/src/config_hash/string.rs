//! Reads a JSON string with the code points that Python would give it, lone surrogates included.

use super::cursor::Cursor;
use super::error::ConfigHashError;
use super::value::Text;

const HIGH_SURROGATES: std::ops::RangeInclusive<u32> = 0xd800..=0xdbff;
const LOW_SURROGATES: std::ops::RangeInclusive<u32> = 0xdc00..=0xdfff;

/// Reads the string whose opening quote is here.
pub(super) fn parse_string<'text>(cursor: &mut Cursor<'text>) -> Result<Text<'text>, ConfigHashError> {
    let opening = cursor.offset();
    cursor.take("\"");
    let mut decoded = Vec::new();
    loop {
        let start = cursor.offset();
        cursor.take_while(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
        let plain = cursor.text_since(start);
        match cursor.peek() {
            Some(b'"') if decoded.is_empty() => {
                cursor.take("\"");
                return Ok(Text::Plain(plain));
            }
            Some(b'"') => {
                cursor.take("\"");
                decoded.extend(plain.chars().map(u32::from));
                return Ok(Text::Decoded(decoded.into_boxed_slice()));
            }
            Some(b'\\') => {
                decoded.extend(plain.chars().map(u32::from));
                decoded.push(parse_escape(cursor)?);
            }
            Some(control) => {
                return Err(ConfigHashError::ControlCharacterInString {
                    character: char::from(control),
                    position: cursor.position(),
                });
            }
            None => {
                return Err(ConfigHashError::UnterminatedString {
                    position: cursor.position_of(opening),
                });
            }
        }
    }
}

/// Reads the escape whose backslash is here, or two that make a surrogate pair; gives its code point.
fn parse_escape(cursor: &mut Cursor<'_>) -> Result<u32, ConfigHashError> {
    let backslash = cursor.offset();
    cursor.take("\\");
    let character = match cursor.next_byte() {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return parse_unicode_escape(cursor, backslash),
        _ => {
            return Err(ConfigHashError::InvalidEscape {
                position: cursor.position_of(backslash),
            });
        }
    };
    Ok(u32::from(character))
}

/// Reads on after `\u`.
fn parse_unicode_escape(cursor: &mut Cursor<'_>, backslash: usize) -> Result<u32, ConfigHashError> {
    let first = parse_four_digits(cursor, backslash)?;
    if !HIGH_SURROGATES.contains(&first) {
        return Ok(first);
    }
    let after_first = cursor.offset();
    if !cursor.take("\\u") {
        return Ok(first);
    }
    let second = parse_four_digits(cursor, after_first)?;
    if LOW_SURROGATES.contains(&second) {
        return Ok(0x1_0000 + ((first - HIGH_SURROGATES.start()) << 10) + (second - LOW_SURROGATES.start()));
    }
    // The second escape stands for itself, and may begin a pair with a third.
    cursor.go_back_to(after_first);
    Ok(first)
}

fn parse_four_digits(cursor: &mut Cursor<'_>, backslash: usize) -> Result<u32, ConfigHashError> {
    let mut code_unit = 0;
    for _ in 0..4 {
        match cursor.next_byte().and_then(|byte| char::from(byte).to_digit(16)) {
            Some(digit) => code_unit = code_unit * 16 + digit,
            None => {
                return Err(ConfigHashError::InvalidUnicodeEscape {
                    position: cursor.position_of(backslash),
                });
            }
        }
    }
    Ok(code_unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Result<Text<'_>, ConfigHashError> {
        parse_string(&mut Cursor::new(text))
    }

    fn code_points(text: &str) -> Vec<u32> {
        string(text).unwrap().code_points().collect()
    }

    #[test]
    fn a_string_without_escapes_is_borrowed() {
        assert_eq!(string("\"né \u{7f}模😀\" rest"), Ok(Text::Plain("né \u{7f}模😀")));
        assert_eq!(string("\"\""), Ok(Text::Plain("")));
    }

    #[test]
    fn escapes_are_decoded() {
        let expected: Vec<u32> = "é\"\\/\u{8}\u{c}\n\r\tA\u{e9}é".chars().map(u32::from).collect();
        assert_eq!(code_points(r#""é\"\\\/\b\f\n\r\t\u0041\u00E9é""#), expected);
    }

    #[test]
    fn surrogates_pair_where_python_pairs_them() {
        assert_eq!(code_points(r#""\ud83d\uDE00""#), [0x1_f600]);
        assert_eq!(code_points(r#""\ud83d\ud83d\ude00""#), [0xd83d, 0x1_f600]);
        assert_eq!(code_points(r#""\ud83d\u0041""#), [0xd83d, 0x41]);
        assert_eq!(code_points(r#""\ud83d\n""#), [0xd83d, 0x0a]);
        assert_eq!(code_points(r#""\ude00\ud83d""#), [0xde00, 0xd83d]);
        assert_eq!(code_points(r#""\ud83d😀""#), [0xd83d, 0x1_f600]);
    }

    #[test]
    fn what_is_no_string_is_refused() {
        for (text, message) in [
            (
                "\"ab",
                "the config is not JSON: the string that begins at line 1, column 1 (byte 0) is never closed",
            ),
            (
                "\"\\n",
                "the config is not JSON: the string that begins at line 1, column 1 (byte 0) is never closed",
            ),
            (
                "\"é\n\"",
                "the config is not JSON: a string must not contain control characters, found U+000A at line 1, column 3 (byte 3)",
            ),
            (
                "\"\\x\"",
                "the config is not JSON: the backslash at line 1, column 2 (byte 1) begins no escape that JSON knows",
            ),
            (
                "\"\\é\"",
                "the config is not JSON: the backslash at line 1, column 2 (byte 1) begins no escape that JSON knows",
            ),
            (
                "\"\\",
                "the config is not JSON: the backslash at line 1, column 2 (byte 1) begins no escape that JSON knows",
            ),
            (
                "\"\\u12g4\"",
                "the config is not JSON: the `\\u` at line 1, column 2 (byte 1) is not followed by four hexadecimal digits",
            ),
            (
                "\"\\u12é4\"",
                "the config is not JSON: the `\\u` at line 1, column 2 (byte 1) is not followed by four hexadecimal digits",
            ),
            (
                "\"\\ud83d\\u12\"",
                "the config is not JSON: the `\\u` at line 1, column 8 (byte 7) is not followed by four hexadecimal digits",
            ),
        ] {
            assert_eq!(string(text).unwrap_err().to_string(), message, "{text}");
        }
    }
}
