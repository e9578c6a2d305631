//! Whether what several saw of one tag fits into one order: a search for it, in the manner of Wing and Gong.
//!
//! A tag under scope `registry` is a register that holds a model or nobody. Who promotes writes it, perhaps on a
//! condition; who looks reads it. A history is linearizable when each operation can be given a moment between its
//! beginning and its end such that, done one after another at these moments, they answer what they answered.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the register holds.
pub type Held = Option<i64>;

/// What was asked and what was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// It was read.
    Read(Held),
    /// It was written, and `lost` was in it before, where that is known to differ from `new`.
    Write {
        /// What is in it now.
        new: i64,
        /// What was in it before; `new` itself is not told apart from nobody.
        lost: Held,
    },
    /// It was written since it held what was expected.
    Swapped {
        /// What was expected.
        expected: Held,
        /// What is in it now.
        new: i64,
    },
    /// It was not written since it held something else.
    Refused {
        /// What was expected.
        expected: Held,
        /// What was found.
        found: Held,
    },
}

impl Operation {
    /// What the register holds afterwards; `None` when it cannot have answered this on `held`.
    fn after(self, held: Held) -> Option<Held> {
        let (possible, after) = match self {
            Self::Read(found) => (found == held, held),
            Self::Write { new, lost } => (lost == held.filter(|held| *held != new), Some(new)),
            Self::Swapped { expected, new } => (expected == held, Some(new)),
            Self::Refused { expected, found } => (found == held && expected != held, held),
        };
        possible.then_some(after)
    }
}

/// An operation with the times between which it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timed {
    /// Before it was asked.
    pub begin: u64,
    /// After it had answered.
    pub end: u64,
    /// What it was.
    pub operation: Operation,
}

/// A clock that everybody reads in one order; it never shows the same time twice.
#[derive(Debug, Default)]
pub struct Clock(AtomicU64);

impl Clock {
    /// The time.
    pub fn now(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// Whether the history fits into one order that begins with `held` in the register.
///
/// # Panics
/// When the history has more than 128 operations: check it in parts.
pub fn is_linearizable(held: Held, history: &[Timed]) -> bool {
    assert!(history.len() <= 128, "too long a history");
    let all = (0..history.len()).fold(0_u128, |all, place| all | (1 << place));
    let mut seen = HashSet::new();
    let mut open = vec![(all, held)];
    while let Some((left, held)) = open.pop() {
        if left == 0 {
            return true;
        }
        let of_left = |place: &usize| left & (1 << place) != 0;
        let left_over = || (0..history.len()).filter(of_left);
        let first_end = left_over().map(|place| history[place].end).min();
        for place in left_over() {
            // One that began after another had ended cannot come before it.
            if first_end.is_some_and(|end| history[place].begin > end) {
                continue;
            }
            if let Some(after) = history[place].operation.after(held) {
                let next = (left & !(1 << place), after);
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timed(begin: u64, end: u64, operation: Operation) -> Timed {
        Timed {
            begin,
            end,
            operation,
        }
    }

    fn swapped(expected: Held, new: i64) -> Operation {
        Operation::Swapped { expected, new }
    }

    #[test]
    fn operations_at_the_same_time_may_have_come_in_any_order() {
        let history = [
            timed(0, 9, swapped(Some(1), 2)),
            timed(1, 8, swapped(None, 1)),
            timed(2, 3, Operation::Read(None)),
            timed(
                4,
                7,
                Operation::Refused {
                    expected: None,
                    found: Some(2),
                },
            ),
            timed(10, 11, Operation::Write { new: 2, lost: None }),
            timed(
                12,
                13,
                Operation::Write {
                    new: 3,
                    lost: Some(2),
                },
            ),
        ];
        assert!(is_linearizable(None, &history));
    }

    #[test]
    fn two_winners_of_one_expectation_are_found() {
        let history = [timed(0, 3, swapped(None, 1)), timed(1, 2, swapped(None, 2))];
        assert!(!is_linearizable(None, &history));
        assert!(is_linearizable(None, &history[..1]));
    }

    #[test]
    fn what_was_seen_and_then_not_any_more_is_found() {
        let write = timed(0, 9, Operation::Write { new: 1, lost: None });
        let seen = timed(1, 2, Operation::Read(Some(1)));
        assert!(is_linearizable(
            None,
            &[write, seen, timed(3, 4, Operation::Read(Some(1)))]
        ));
        assert!(!is_linearizable(
            None,
            &[write, seen, timed(3, 4, Operation::Read(None))]
        ));
    }

    #[test]
    fn a_lost_write_is_found() {
        // Everything is one after another; the second promotion did not see the first.
        let history = [
            timed(0, 1, Operation::Write { new: 1, lost: None }),
            timed(2, 3, Operation::Write { new: 2, lost: None }),
        ];
        assert!(!is_linearizable(None, &history));
    }

    #[test]
    fn a_refusal_without_a_reason_is_found() {
        let refused = |expected, found| [timed(0, 1, Operation::Refused { expected, found })];
        assert!(!is_linearizable(Some(1), &refused(Some(1), Some(1))));
        assert!(!is_linearizable(Some(1), &refused(None, Some(2))));
        assert!(is_linearizable(Some(1), &refused(None, Some(1))));
    }
}
