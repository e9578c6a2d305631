//! When a delivery that failed is tried again, and when no more.

use std::time::Duration;

use registry_core::Timestamp;

/// The pauses between the attempts of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    pauses: Vec<Duration>,
}

impl Default for Backoff {
    /// Ten attempts over almost a day.
    fn default() -> Self {
        let seconds = [5, 30, 300, 900, 3_600, 7_200, 14_400, 21_600, 36_000];
        Self::new(seconds.map(Duration::from_secs))
    }
}

impl Backoff {
    /// One attempt more than there are pauses.
    pub fn new(pauses: impl IntoIterator<Item = Duration>) -> Self {
        Self {
            pauses: pauses.into_iter().collect(),
        }
    }

    /// When to try again after so many attempts; `None`: that was the last one. Pauses vary by a quarter to either side as
    /// the die fell, so that deliveries that failed together don't come back together. A receiver may ask for more time,
    /// up to the longest pause.
    pub(super) fn next(
        &self,
        attempts: u32,
        now: Timestamp,
        die: u32,
        asked: Option<Duration>,
    ) -> Option<Timestamp> {
        let place = usize::try_from(attempts.checked_sub(1)?).ok()?;
        let pause = self.pauses.get(place)?;
        let longest = self.pauses.iter().max()?;
        // From three quarters to five quarters, in steps too small to count.
        let share = 0.75 + 0.5 * (f64::from(die) / f64::from(u32::MAX));
        let pause = pause.mul_f64(share).max(asked.unwrap_or_default().min(*longest));
        Some(now.later_by(pause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(backoff: &Backoff, attempts: u32, die: u32, asked: Option<u64>) -> Option<i64> {
        let next = backoff.next(attempts, Timestamp::EPOCH, die, asked.map(Duration::from_secs));
        next.map(|at| (at.as_micros() + 500_000) / 1_000_000)
    }

    #[test]
    fn pauses_grow_and_end() {
        let backoff = Backoff::default();
        let middle = u32::MAX / 2;
        let pauses: Vec<i64> = (1..).map_while(|n| seconds(&backoff, n, middle, None)).collect();
        assert_eq!(pauses, [5, 30, 300, 900, 3_600, 7_200, 14_400, 21_600, 36_000]);
        let day = 24 * 60 * 60;
        let total: i64 = pauses.iter().sum();
        assert!(day * 9 / 10 < total && total < day, "{total}");
    }

    #[test]
    fn the_die_moves_them_by_a_quarter() {
        let backoff = Backoff::new([Duration::from_secs(400)]);
        assert_eq!(seconds(&backoff, 1, 0, None), Some(300));
        assert_eq!(seconds(&backoff, 1, u32::MAX, None), Some(500));
        assert_eq!(seconds(&backoff, 2, 0, None), None);
        assert_eq!(seconds(&backoff, 0, 0, None), None);
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_and_not_for_less() {
        let backoff = Backoff::new([Duration::from_secs(4), Duration::from_secs(400)]);
        assert_eq!(seconds(&backoff, 1, 0, Some(1)), Some(3));
        assert_eq!(seconds(&backoff, 1, 0, Some(100)), Some(100));
        assert_eq!(seconds(&backoff, 1, 0, Some(100_000)), Some(400));
    }
}
