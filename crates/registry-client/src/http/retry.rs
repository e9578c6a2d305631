//! When to ask again, and how long to wait before it.

use std::time::Duration;

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(5);

/// The pause behind an attempt (counted from 1): twice as long each time, of that between a half and the whole, so
/// that those who failed together don't come again together. The server's own wish counts where it is longer.
pub(super) fn pause(first: Duration, attempt: u32, asked: Option<Duration>) -> Duration {
    let whole = first.saturating_mul(1 << attempt.saturating_sub(1).min(10));
    let mut dice = [0; 2];
    // Without randomness it is the whole pause.
    let part = match getrandom::fill(&mut dice) {
        Ok(()) => f64::from(u16::from_ne_bytes(dice)) / f64::from(u16::MAX),
        Err(_) => 1.0,
    };
    let pause = whole.mul_f64(0.5 + part / 2.0);
    pause.max(asked.unwrap_or_default()).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_spread() {
        let first = Duration::from_millis(100);
        for (attempt, whole) in [(1, 100), (2, 200), (3, 400), (7, 5_000), (60, 5_000)] {
            let whole = Duration::from_millis(whole);
            for _ in 0..50 {
                let pause = pause(first, attempt, None);
                assert!(pause <= whole && pause >= whole / 2, "{attempt}: {pause:?}");
            }
        }
        let asked = Some(Duration::from_secs(1));
        assert_eq!(pause(first, 1, asked), Duration::from_secs(1));
        assert_eq!(pause(first, 1, Some(Duration::from_mins(10))), LONGEST);
    }
}
