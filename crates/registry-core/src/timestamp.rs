//! Points in time: UTC, microseconds.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

use crate::error::{InvalidValue, ValueKind};

/// A point in time as the registry keeps it: microseconds since 1970-01-01T00:00:00 UTC, years 0001 to 9999.
///
/// Written as RFC 3339 with six decimals (`2026-01-31T12:00:00.000000Z`). Read as RFC 3339 with any offset, or as
/// SQLite writes it (`2026-01-31 12:00:00`, UTC), or as people are shown it: to the minute (`2026-01-31 12:00`, UTC), or
/// with its zone apart (`2026-01-31 13:00:00 +01:00`, `2026-01-31 12:00:00 UTC`), or as a date alone (its first moment,
/// UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// From the first microsecond of the year 0001 to the last of 9999.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

impl Timestamp {
    /// 1970-01-01, for questions to which the time doesn't matter.
    pub const EPOCH: Self = Self(0);

    /// The present moment. The only place where the registry reads a clock; everything else takes time as a value.
    pub fn now() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one module that reads the clock"
        )]
        let now = OffsetDateTime::now_utc();
        Self(micros(now))
    }

    /// From microseconds since 1970.
    ///
    /// # Errors
    /// Refuses moments outside the years 0001 to 9999.
    pub fn from_micros(micros: i64) -> Result<Self, InvalidValue> {
        if RANGE.contains(&micros) {
            return Ok(Self(micros));
        }
        Err(InvalidValue::new(
            ValueKind::Timestamp,
            micros.to_string(),
            "it is outside the years 0001 to 9999",
        ))
    }

    /// Microseconds since 1970.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// So much later; unchanged where that would be beyond the year 9999.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use registry_core::Timestamp;
    ///
    /// assert_eq!(Timestamp::EPOCH.later_by(Duration::from_millis(2)).as_micros(), 2_000);
    /// ```
    #[must_use]
    pub fn later_by(self, time: Duration) -> Self {
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_add(micros)).unwrap_or(self)
    }

    /// Reads a time; see the type for the forms.
    ///
    /// # Errors
    /// [`InvalidValue`] when the text has none of the forms.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let refuse = || InvalidValue::new(ValueKind::Timestamp, text, "it is not a time");
        let at = OffsetDateTime::parse(text, &Rfc3339)
            .or_else(|_| parse_shown(text))
            .or_else(|_| {
                let date = format_description!("[year]-[month]-[day]");
                time::Date::parse(text, &date).map(|date| date.midnight().assume_utc())
            })
            .map_err(|_| refuse())?;
        Self::from_micros(micros(at)).map_err(|_| refuse())
    }

    /// The same moment for the `time` crate, in UTC.
    pub fn to_offset_date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

/// Reads a date and a time of day, to the minute or finer, in UTC or with its zone behind a blank.
fn parse_shown(text: &str) -> Result<OffsetDateTime, time::error::Parse> {
    let form = format_description!(
        "[year]-[month]-[day][first [ ] [T]][hour]:[minute][optional [:[second][optional [.[subsecond]]]]]"
    );
    let (clock, offset) = match text.rsplit_once(' ') {
        Some((clock, "UTC")) => (clock, UtcOffset::UTC),
        Some((clock, zone)) if zone.starts_with(['+', '-']) => {
            let form = format_description!("[offset_hour sign:mandatory]:[offset_minute]");
            (clock, UtcOffset::parse(zone, &form)?)
        }
        _ => (text, UtcOffset::UTC),
    };
    Ok(PrimitiveDateTime::parse(clock, &form)?.assume_offset(offset))
}

fn micros(at: OffsetDateTime) -> i64 {
    let nanos = at.unix_timestamp_nanos();
    i64::try_from(nanos.div_euclid(1000)).unwrap_or(i64::MAX)
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Digit by digit: a page of models has a hundred times, and `write!` takes ten times as long.
        let at = self.to_offset_date_time();
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        let digits = [
            (0..4, at.year().unsigned_abs()),
            (5..7, u8::from(at.month()).into()),
            (8..10, at.day().into()),
            (11..13, at.hour().into()),
            (14..16, at.minute().into()),
            (17..19, at.second().into()),
            (20..26, at.microsecond()),
        ];
        for (place, mut number) in digits {
            for digit in text[place].iter_mut().rev() {
                *digit += u8::try_from(number % 10).unwrap_or(0);
                number /= 10;
            }
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl std::str::FromStr for Timestamp {
    type Err = crate::error::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::parse(text)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_forms_it_names() {
        for text in [
            "2026-01-31T12:00:00Z",
            "2026-01-31T13:00:00+01:00",
            "2026-01-31 12:00:00",
            "2026-01-31 12:00:00.000",
            "2026-01-31 12:00",
            "2026-01-31T12:00",
            "2026-01-31 13:00 +01:00",
            "2026-01-31 06:30:00 -05:30",
            "2026-01-31 12:00:00 UTC",
        ] {
            assert_eq!(
                Timestamp::parse(text).unwrap().to_string(),
                "2026-01-31T12:00:00.000000Z",
                "{text}"
            );
        }
        assert_eq!(
            Timestamp::parse("2026-01-31").unwrap().to_string(),
            "2026-01-31T00:00:00.000000Z"
        );
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-01-31 25:00:00",
            "99999-01-01",
            "2026-01-31 UTC",
            "2026-01-31 12",
            "2026-01-31 12:00 CET",
            "2026-01-31 12:00 +1",
            "9999-12-31 23:59 -01:00",
            "9999-12-31T23:59:59-01:00",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_first_and_the_last_moment() {
        for (micros, text) in [
            (*RANGE.start(), "0001-01-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (0, "1970-01-01T00:00:00.000000Z"),
            (1_772_366_645_000_007, "2026-03-01T12:04:05.000007Z"),
            (*RANGE.end(), "9999-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(Timestamp::from_micros(micros).unwrap().to_string(), text);
        }
        assert!(Timestamp::from_micros(RANGE.start() - 1).is_err());
        assert!(Timestamp::from_micros(RANGE.end() + 1).is_err());
    }

    proptest! {
        #[test]
        fn text_and_micros_round_trip(micros in RANGE) {
            let at = Timestamp::from_micros(micros).unwrap();
            prop_assert_eq!(Timestamp::parse(&at.to_string()).unwrap(), at);
        }

        #[test]
        fn parsing_never_panics(text in any::<String>(), micros in any::<i64>()) {
            let _ = (Timestamp::parse(&text), Timestamp::from_micros(micros));
        }
    }
}
