//! Floats as Python's `repr` writes them.

use std::fmt;

/// A finite float that displays as in Python: with the fewest digits that read back as the same number, and with an
/// exponent below 1e-4 and from 1e16 on.
pub(super) struct PythonFloat(pub(super) f64);

impl fmt::Display for PythonFloat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scientific = scientific(self.0.abs());
        let (digits, exponent) = scientific.split_once('e').ok_or(fmt::Error)?;
        let exponent = exponent.parse().map_err(|_| fmt::Error)?;

        if self.0.is_sign_negative() {
            formatter.write_str("-")?;
        }
        if (-4..16).contains(&exponent) {
            formatter.write_str(&in_full(&digits.replace('.', ""), exponent))
        } else {
            let sign = if exponent < 0 { '-' } else { '+' };
            write!(formatter, "{digits}e{sign}{:02}", exponent.unsigned_abs())
        }
    }
}

/// The digits, a point after the first unless it is the only one, and the decimal exponent, such as `1.5e-7`.
fn scientific(float: f64) -> String {
    let shortest = format!("{float:e}");
    // Where two shortest forms are equally near, Rust takes the upper and Python the even one. A fixed number of
    // digits is rounded to even by Rust too; next to a power of two that form may belong to the neighbour.
    let places = shortest.find('e').unwrap_or_default().saturating_sub("1.".len());
    let nearest = format!("{float:.places$e}");
    if nearest.parse() == Ok(float) {
        nearest
    } else {
        shortest
    }
}

fn in_full(digits: &str, exponent: i32) -> String {
    let exponent_size = exponent.unsigned_abs() as usize;
    if exponent < 0 {
        return format!("0.{}{digits}", "0".repeat(exponent_size - 1));
    }
    let whole_digits = exponent_size + 1;
    match digits.split_at_checked(whole_digits) {
        Some((whole, fraction)) if !fraction.is_empty() => format!("{whole}.{fraction}"),
        _ => format!("{digits:0<whole_digits$}.0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_look_as_in_python() {
        for (float, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e-4, "0.0001"),
            (1e-4_f64.next_down(), "9.999999999999999e-05"),
            (1e-5, "1e-05"),
            (-1.25e-7, "-1.25e-07"),
            (100.0, "100.0"),
            (123.456, "123.456"),
            (1e15, "1000000000000000.0"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (1e16_f64.next_down(), "9999999999999998.0"),
            (1e16, "1e+16"),
            (1e22, "1e+22"),
            (1e23, "1e+23"),
            (-2.5e300, "-2.5e+300"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::from_bits(1), "5e-324"),
        ] {
            assert_eq!(PythonFloat(float).to_string(), text);
        }
    }

    #[test]
    fn of_two_equally_near_forms_the_even_one_is_written() {
        for (float, text) in [
            (1_125_899_906_842_624.0 + 0.25, "1125899906842624.2"),
            (1_125_899_906_842_624.0 + 0.75, "1125899906842624.8"),
            (-1_125_899_906_842_625.0 - 0.25, "-1125899906842625.2"),
        ] {
            assert_eq!(PythonFloat(float).to_string(), text);
        }
    }

    #[test]
    fn powers_of_two_read_back_although_their_neighbours_are_not_equally_far() {
        for exponent in -1074..1024 {
            let float = 2.0_f64.powi(exponent);
            assert_eq!(PythonFloat(float).to_string().parse(), Ok(float));
        }
        assert_eq!(
            PythonFloat(2.0_f64.powi(-44)).to_string(),
            "5.684341886080802e-14"
        );
        assert_eq!(
            PythonFloat(9_007_199_254_740_992.0).to_string(),
            "9007199254740992.0"
        );
    }
}
