//! Points in time, fixed or relative to the search.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use crate::search::error::SearchError;
use crate::timestamp::Timestamp;

/// The longest time ago: as far as times reach back, in seconds.
const MAX_SECONDS: u64 = 9_999 * 366 * 86_400;
/// The earliest time, 0001-01-01, in microseconds.
const EARLIEST: i64 = -62_135_596_800_000_000;

/// The units of relative times, the longest first: seconds, letter, words.
const UNITS: &[(u64, &str, &[&str])] = &[
    (604_800, "w", &["week", "weeks"]),
    (86_400, "d", &["day", "days"]),
    (3_600, "h", &["hour", "hours"]),
    (60, "m", &["min", "minute", "minutes"]),
    (1, "s", &["sec", "second", "seconds"]),
];

/// A point in time to compare with: fixed (`2026-01-31`, `2026-01-31T12:00:00Z`) or so long before the search
/// (`7d ago`, `2 hours ago`, `30m`, `now`; the word `ago` may be left out, there is no future). A date is its first
/// moment in UTC.
///
/// ```
/// use registry_core::search::Moment;
///
/// let week: Moment = "7d ago".parse()?;
/// assert_eq!(week, Moment::days_ago(7)?);
/// assert_eq!(week.to_string(), "1w ago");
/// # Ok::<(), registry_core::search::SearchError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// This moment.
    At(Timestamp),
    /// So long before the moment of the search.
    Ago(Ago),
}

/// A length of time: whole seconds, at most some ten thousand years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ago(u64);

impl Ago {
    /// So many seconds.
    pub fn seconds(self) -> u64 {
        self.0
    }
}

impl Moment {
    /// The moment of the search.
    pub const NOW: Self = Self::Ago(Ago(0));

    /// What to expect where a time should stand.
    pub(crate) const EXPECTED: &'static str =
        "a time such as `7d ago`, `2h ago`, `2026-01-31` or `2026-01-31T12:00:00Z`";

    /// So many seconds before the search.
    ///
    /// # Errors
    /// Refuses more than the years that times can have.
    pub fn seconds_ago(seconds: u64) -> Result<Self, SearchError> {
        if seconds > MAX_SECONDS {
            let problem = "it is longer ago than any time can be";
            return Err(SearchError::unfit(format!("{seconds}s ago"), problem));
        }
        Ok(Self::Ago(Ago(seconds)))
    }

    /// So many days before the search.
    ///
    /// # Errors
    /// As [`Moment::seconds_ago`].
    pub fn days_ago(days: u32) -> Result<Self, SearchError> {
        Self::seconds_ago(u64::from(days) * 86_400)
    }

    /// The moment as a time, when the search is made at `now`. Never before the year 1.
    pub fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(Ago(seconds)) => {
                let micros =
                    i64::try_from(seconds).map_or(i64::MAX, |seconds| seconds.saturating_mul(1_000_000));
                let at = now.as_micros().saturating_sub(micros).max(EARLIEST);
                Timestamp::from_micros(at).unwrap_or(now)
            }
        }
    }

    /// Whether it depends on when the search is made.
    pub fn is_relative(self) -> bool {
        matches!(self, Self::Ago(_))
    }

    /// Reads a time; see the type for the forms.
    ///
    /// # Errors
    /// Refuses everything else.
    pub fn parse(text: &str) -> Result<Self, SearchError> {
        if let Ok(at) = Timestamp::parse(text) {
            return Ok(Self::At(at));
        }
        let lower = text.to_ascii_lowercase();
        let lower = lower.trim();
        if lower == "now" {
            return Ok(Self::NOW);
        }
        let refuse = |problem: &str| Err(SearchError::unfit(text, problem).expecting(Self::EXPECTED));
        let length = match lower.strip_suffix("ago") {
            Some(rest) if rest.ends_with(|c: char| c.is_whitespace()) => rest.trim_end(),
            _ => lower,
        };
        let split = length.find(|c: char| !c.is_ascii_digit()).unwrap_or(length.len());
        let (number, unit) = length.split_at(split);
        let (Some(unit), false) = (unit_seconds(unit.trim_start()), number.is_empty()) else {
            return refuse("it is not a time");
        };
        match number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(unit))
        {
            Some(seconds) if seconds <= MAX_SECONDS => Ok(Self::Ago(Ago(seconds))),
            _ => refuse("it is longer ago than any time can be"),
        }
    }

    /// Whether the word is a unit of time.
    pub(crate) fn is_unit(word: &str) -> bool {
        unit_seconds(&word.to_ascii_lowercase()).is_some()
    }
}

fn unit_seconds(unit: &str) -> Option<u64> {
    UNITS
        .iter()
        .find(|(_, letter, words)| *letter == unit || words.contains(&unit))
        .map(|(seconds, ..)| *seconds)
}

/// A fixed time as RFC 3339, a relative one in the longest unit that needs no fraction.
impl Display for Moment {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::At(at) => at.fmt(f),
            Self::Ago(Ago(0)) => f.write_str("now"),
            Self::Ago(Ago(seconds)) => {
                let (unit, letter) = UNITS
                    .iter()
                    .find(|(unit, ..)| seconds % unit == 0)
                    .map_or((1, "s"), |(unit, letter, _)| (*unit, letter));
                write!(f, "{}{letter} ago", seconds / unit)
            }
        }
    }
}

impl FromStr for Moment {
    type Err = SearchError;

    fn from_str(text: &str) -> Result<Self, SearchError> {
        Self::parse(text)
    }
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self::At(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn relative_times_have_many_forms() {
        for (text, seconds) in [
            ("7d ago", 604_800),
            ("7 days ago", 604_800),
            ("1 Week AGO", 604_800),
            ("2h", 7_200),
            ("30m ago", 1_800),
            ("30 min", 1_800),
            ("5s ago", 5),
            ("now", 0),
        ] {
            assert_eq!(
                Moment::parse(text).unwrap(),
                Moment::seconds_ago(seconds).unwrap(),
                "{text}"
            );
        }
        for text in [
            "",
            "ago",
            "d ago",
            "7",
            "7 ago",
            "-7d ago",
            "1.5h ago",
            "7dago",
            "7 years ago",
            "99999999999999999999d",
            "99999999w",
        ] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_relative_time_never_leaves_the_calendar() {
        let now = Timestamp::parse("2026-01-31").unwrap();
        let at = |text: &str| Moment::parse(text).unwrap().resolve(now).to_string();
        assert_eq!(at("1d ago"), "2026-01-30T00:00:00.000000Z");
        assert_eq!(at("3000000d ago"), "0001-01-01T00:00:00.000000Z");
    }

    proptest! {
        #[test]
        fn printing_round_trips(seconds in 0..=MAX_SECONDS, few in 0_u64..1_000_000) {
            for seconds in [seconds, few] {
                let moment = Moment::seconds_ago(seconds).unwrap();
                prop_assert_eq!(Moment::parse(&moment.to_string()).unwrap(), moment);
            }
        }
    }
}
