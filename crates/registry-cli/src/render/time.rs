//! Times for people: local, or UTC where asked.

use jiff::tz::TimeZone;
use registry_core::Timestamp;

use super::Screen;

/// A moment to the second, with its offset from UTC: `2026-01-31 13:00:00 +01:00`.
pub fn moment(at: Timestamp, screen: &Screen) -> String {
    in_zone(at, zone(screen), "%Y-%m-%d %H:%M:%S %:z").replace("+00:00", "UTC")
}

/// A moment to the minute, for columns whose [`heading`] says the zone: `2026-01-31 13:00`.
pub fn minute(at: Timestamp, screen: &Screen) -> String {
    in_zone(at, zone(screen), "%Y-%m-%d %H:%M")
}

/// A moment to the second, for columns whose [`heading`] says the zone: `2026-01-31 13:00:00`.
pub fn second(at: Timestamp, screen: &Screen) -> String {
    in_zone(at, zone(screen), "%Y-%m-%d %H:%M:%S")
}

/// The heading of a column of times: `Created`, or `Created (UTC)`.
pub fn heading(title: &str, screen: &Screen) -> String {
    if screen.utc {
        format!("{title} (UTC)")
    } else {
        title.to_owned()
    }
}

/// The system's zone comes from jiff, which reads `TZ` and the zone files itself: the C library's `localtime` may
/// not be called while other threads run.
fn zone(screen: &Screen) -> TimeZone {
    if screen.utc {
        TimeZone::UTC
    } else {
        TimeZone::system()
    }
}

/// The moment that a person means by a time without an offset: this time on the clock that all times are shown by.
///
/// `clock` is that time as if the clock showed UTC. A time that a clock skips or shows twice, as it is put forward or
/// back, is read as RFC 5545 has it: by the offset before the change.
pub fn moment_of_clock(clock: Timestamp, screen: &Screen) -> Option<Timestamp> {
    of_clock(clock, zone(screen))
}

fn of_clock(clock: Timestamp, zone: TimeZone) -> Option<Timestamp> {
    let shown = jiff::Timestamp::from_microsecond(clock.as_micros()).ok()?;
    let shown = shown.to_zoned_datetime(TimeZone::UTC).datetime();
    let moment = shown.to_zoned_datetime(zone).ok()?.timestamp().as_microsecond();
    Timestamp::from_micros(moment).ok()
}

fn in_zone(at: Timestamp, zone: TimeZone, format: &str) -> String {
    match jiff::Timestamp::from_microsecond(at.as_micros()) {
        Ok(moment) => moment.to_zoned_datetime(zone).strftime(format).to_string(),
        Err(_) => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::WIDE;

    #[test]
    fn utc_is_named() {
        let at: Timestamp = "2026-01-31T12:00:59.999Z".parse().unwrap();
        assert_eq!(moment(at, &WIDE), "2026-01-31 12:00:59 UTC");
        assert_eq!(minute(at, &WIDE), "2026-01-31 12:00");
        assert_eq!(heading("Created", &WIDE), "Created (UTC)");
    }

    #[test]
    fn a_clock_is_read_as_it_shows() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let table = [
            ("2026-01-31T12:00:00.5Z", "2026-01-31T11:00:00.5Z"),
            ("2026-07-01T12:00:00Z", "2026-07-01T10:00:00Z"),
            // Skipped, and shown twice.
            ("2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z"),
            ("2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z"),
        ];
        for (clock, moment) in table {
            let moment: Timestamp = moment.parse().unwrap();
            assert_eq!(
                of_clock(clock.parse().unwrap(), berlin.clone()),
                Some(moment),
                "{clock}"
            );
        }
        let first = "0001-01-01".parse().unwrap();
        assert_eq!(of_clock(first, berlin), None);
        assert_eq!(moment_of_clock(first, &WIDE), Some(first));
    }

    #[test]
    fn offsets_follow_the_zone_and_the_year_keeps_four_digits() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let format = "%Y-%m-%d %H:%M:%S %:z";
        let summer = "2026-07-01T12:00:00Z".parse().unwrap();
        assert_eq!(in_zone(summer, berlin, format), "2026-07-01 14:00:00 +02:00");
        let first = Timestamp::from_micros(-62_135_596_800_000_000).unwrap();
        assert_eq!(
            in_zone(first, TimeZone::UTC, format),
            "0001-01-01 00:00:00 +00:00"
        );
    }
}
