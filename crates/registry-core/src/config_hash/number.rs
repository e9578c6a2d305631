//! Reads a JSON number, and keeps integers and floats apart as Python does.

use super::MAX_INTEGER_DIGITS;
use super::cursor::Cursor;
use super::error::ConfigHashError;
use super::value::Value;

/// Reads the number that begins here, at a minus sign or a digit.
pub(super) fn parse_number<'text>(cursor: &mut Cursor<'text>) -> Result<Value<'text>, ConfigHashError> {
    let start = cursor.offset();
    if cursor.take("-") && cursor.take("Infinity") {
        return Err(ConfigHashError::NotFinite {
            word: "-Infinity",
            position: cursor.position_of(start),
        });
    }
    let digits = take_whole_part(cursor)?;
    let has_fraction = take_fraction(cursor)?;
    let has_exponent = take_exponent(cursor)?;

    let text = cursor.text_since(start);
    if has_fraction || has_exponent {
        match text.parse::<f64>() {
            Ok(float) if float.is_finite() => Ok(Value::Float(float)),
            _ => Err(ConfigHashError::FloatOverflow {
                position: cursor.position_of(start),
            }),
        }
    } else if digits > MAX_INTEGER_DIGITS {
        Err(ConfigHashError::IntegerTooLong {
            digits,
            position: cursor.position_of(start),
        })
    } else {
        // Python's integers have no negative zero.
        Ok(Value::Integer(if text == "-0" { "0" } else { text }))
    }
}

fn take_whole_part(cursor: &mut Cursor<'_>) -> Result<usize, ConfigHashError> {
    let start = cursor.offset();
    let begins_with_zero = cursor.peek() == Some(b'0');
    let digits = take_digits(cursor)?;
    if begins_with_zero && digits > 1 {
        return Err(ConfigHashError::LeadingZero {
            position: cursor.position_of(start),
        });
    }
    Ok(digits)
}

fn take_fraction(cursor: &mut Cursor<'_>) -> Result<bool, ConfigHashError> {
    let present = cursor.take(".");
    if present {
        take_digits(cursor)?;
    }
    Ok(present)
}

fn take_exponent(cursor: &mut Cursor<'_>) -> Result<bool, ConfigHashError> {
    let present = cursor.take("e") || cursor.take("E");
    if present {
        let _signed = cursor.take("+") || cursor.take("-");
        take_digits(cursor)?;
    }
    Ok(present)
}

fn take_digits(cursor: &mut Cursor<'_>) -> Result<usize, ConfigHashError> {
    match cursor.take_while(|byte| byte.is_ascii_digit()) {
        0 => Err(cursor.unexpected("a digit")),
        digits => Ok(digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Result<Value<'_>, ConfigHashError> {
        parse_number(&mut Cursor::new(text))
    }

    #[test]
    fn integers_stay_exact() {
        for text in ["0", "7", "-7", "18446744073709551616", "-1180591620717411303424"] {
            assert_eq!(number(text), Ok(Value::Integer(text)));
        }
        assert_eq!(number("-0"), Ok(Value::Integer("0")));
    }

    #[test]
    fn a_fraction_or_an_exponent_makes_a_float() {
        for (text, float) in [
            ("1.0", 1.0),
            ("1e0", 1.0),
            ("1E+2", 100.0),
            ("-25e-1", -2.5),
            ("1e-400", 0.0),
        ] {
            assert_eq!(number(text), Ok(Value::Float(float)));
        }
        assert!(matches!(number("-0.0"), Ok(Value::Float(float)) if float.is_sign_negative()));
    }

    #[test]
    fn integers_end_where_python_ends_them() {
        let longest = "9".repeat(MAX_INTEGER_DIGITS);
        assert_eq!(number(&longest), Ok(Value::Integer(&longest)));
        assert!(number(&format!("-{longest}")).is_ok());
        assert!(matches!(
            number(&format!("-{longest}9")),
            Err(ConfigHashError::IntegerTooLong { digits: 4301, .. })
        ));
        assert!(number(&format!("{}e-4300", "9".repeat(MAX_INTEGER_DIGITS + 1))).is_ok());
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for (text, message) in [
            (
                "-",
                "the config is not JSON: expected a digit, found the end of the text at line 1, column 2 (byte 1)",
            ),
            (
                "-x",
                "the config is not JSON: expected a digit, found `x` at line 1, column 2 (byte 1)",
            ),
            (
                "1.",
                "the config is not JSON: expected a digit, found the end of the text at line 1, column 3 (byte 2)",
            ),
            (
                "1.e5",
                "the config is not JSON: expected a digit, found `e` at line 1, column 3 (byte 2)",
            ),
            (
                "1e+",
                "the config is not JSON: expected a digit, found the end of the text at line 1, column 4 (byte 3)",
            ),
            (
                "-01",
                "the config is not JSON: the number at line 1, column 2 (byte 1) has a leading zero",
            ),
            (
                "00.5",
                "the config is not JSON: the number at line 1, column 1 (byte 0) has a leading zero",
            ),
            (
                "-1e999",
                "the config has a number at line 1, column 1 (byte 0) that is too large for a 64-bit float",
            ),
            (
                "-Infinity",
                "the config has `-Infinity` at line 1, column 1 (byte 0), which is not a finite number",
            ),
        ] {
            assert_eq!(number(text).unwrap_err().to_string(), message, "{text}");
        }
    }
}
