//! Numbers for people: metrics, sizes, memory.

use registry_core::Model;
use registry_core::search::Count;

/// How many there are, as far as they were counted.
pub fn counted(count: Count) -> String {
    let more = if count.is_exact() { "" } else { ">" };
    format!("{more}{}", grouped(count.number()))
}

/// A metric exactly: the shortest digits that read back as the same number, as in the JSON output.
pub fn exact(value: f64) -> String {
    format!("{value:?}")
}

/// A metric with four decimals, as the original's lineage shows it; an exponent where that would show nothing.
pub fn four_decimals(value: f64) -> String {
    let tiny = value != 0.0 && value.abs() < 0.000_05;
    if tiny || value.abs() >= 1e15 {
        format!("{value:.4e}")
    } else {
        format!("{value:.4}")
    }
}

/// A metric to six significant digits at most; whole numbers in full.
pub fn significant(value: f64) -> String {
    let size = value.abs();
    if value.fract() == 0.0 && size < 1e15 {
        return format!("{value:.0}");
    }
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    if (1e5..1e15).contains(&size) {
        format!("{value:.0}")
    } else if (1e-4..1e5).contains(&size) {
        rounded.to_string()
    } else {
        format!("{rounded:e}")
    }
}

/// A size: bytes as they were measured, else the megabytes that were given. 1 MB is 1,048,576 bytes, as everywhere
/// in the registry.
pub fn model_size(model: &Model) -> Option<String> {
    let megabytes = model.model_size_mb?.get();
    match model.size_bytes {
        Some(bytes) if bytes < 1024 && same_size(bytes, megabytes) => Some(format!("{bytes} bytes")),
        _ => Some(size(megabytes)),
    }
}

/// The size may have been given against the measured one; then the given one is shown.
fn same_size(bytes: u64, megabytes: f64) -> bool {
    (bytes as f64 / 1_048_576.0 - megabytes).abs() < 1e-9
}

/// Megabytes in the unit that reads best.
pub fn size(megabytes: f64) -> String {
    const TOO_LARGE_TO_SPELL_OUT: f64 = 1e15;
    if megabytes >= TOO_LARGE_TO_SPELL_OUT {
        format!("{:.1e} GB", megabytes / 1024.0)
    } else if megabytes >= 1024.0 {
        format!("{:.1} GB", megabytes / 1024.0)
    } else if megabytes >= 1.0 || megabytes == 0.0 {
        format!("{megabytes:.1} MB")
    } else {
        format!("{:.1} KB", megabytes * 1024.0)
    }
}

/// Memory in gigabytes.
pub fn memory(gigabytes: f64) -> String {
    format!("{} GB", significant(gigabytes))
}

/// A whole number, its thousands apart: `10,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_exactly_and_rounded() {
        for (value, all, six, four) in [
            (0.38, "0.38", "0.38", "0.3800"),
            (1.0, "1.0", "1", "1.0000"),
            (0.381_234_567_8, "0.3812345678", "0.381235", "0.3812"),
            (9.999_999_9, "9.9999999", "10", "10.0000"),
            (1_234_567.89, "1234567.89", "1234568", "1234567.8900"),
            (124_439_808.0, "124439808.0", "124439808", "124439808.0000"),
            (1e-7, "1e-7", "1e-7", "1.0000e-7"),
            (-2.5e300, "-2.5e300", "-2.5e300", "-2.5000e300"),
            (0.0, "0.0", "0", "0.0000"),
        ] {
            assert_eq!(exact(value), all);
            assert_eq!(significant(value), six);
            assert_eq!(four_decimals(value), four);
        }
    }

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345_678, "12,345,678"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn sizes_in_the_unit_that_reads_best() {
        assert_eq!(size(21.4), "21.4 MB");
        assert_eq!(size(0.5), "512.0 KB");
        assert_eq!(size(7000.0), "6.8 GB");
        assert_eq!(size(1e300), "9.8e296 GB");
        assert_eq!(memory(8.0), "8 GB");
        assert_eq!(memory(0.5), "0.5 GB");
    }
}
