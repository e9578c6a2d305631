//! A row of values as a row of signs.

use super::Screen;

const UNICODE: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 8] = ['_', '.', '-', ':', '=', '+', '*', '#'];

/// A sign for each value: the lowest at the bottom, the highest at the top, all in the middle where they are equal.
pub fn sparkline(values: &[f64], screen: &Screen) -> String {
    let signs = if screen.unicode { UNICODE } else { ASCII };
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sign = |value: &f64| {
        // Halves, because the whole may be more than a number can be.
        let height = (value / 2.0 - lowest / 2.0) / (highest / 2.0 - lowest / 2.0);
        let steps = [1, 2, 3, 4, 5, 6, 7].map(|step| f64::from(step) / 8.0);
        let level = steps.iter().filter(|step| height >= **step).count();
        signs[if height.is_finite() { level } else { 3 }]
    };
    values.iter().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{ASCII as PLAIN, WIDE};

    #[test]
    fn from_the_lowest_to_the_highest() {
        assert_eq!(
            sparkline(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], &WIDE),
            "▁▂▃▄▅▆▇█"
        );
        assert_eq!(sparkline(&[0.5, 0.4, 0.45], &PLAIN), "#_=");
        assert_eq!(sparkline(&[0.5, 0.5], &WIDE), "▄▄");
        assert_eq!(sparkline(&[f64::MIN, 0.0, f64::MAX], &WIDE), "▁▅█");
        assert_eq!(sparkline(&[], &WIDE), "");
    }
}
