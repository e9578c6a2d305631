//! Times outside UTC: they are read by the clock that they are shown by.

use crate::sandbox::{Ran, Sandbox};

fn in_zone(sandbox: &Sandbox, zone: &str, arguments: &[&str]) -> Ran {
    let mut command = sandbox.command();
    let output = command.args(arguments).env("TZ", zone).output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_time_without_an_offset_is_local() {
    let sandbox = Sandbox::with_models();
    let table: [(&str, &[&str], &str); 9] = [
        ("JST-9", &["2001-01-01 09:00:00"], "2001-01-01T00:00:00.000000Z"),
        ("JST-9", &["2001-01-01"], "2000-12-31T15:00:00.000000Z"),
        ("EST5", &["2001-01-01 09:00:00.5"], "2001-01-01T14:00:00.500000Z"),
        (
            "JST-9",
            &["2001-01-01 09:00:00", "--utc"],
            "2001-01-01T09:00:00.000000Z",
        ),
        ("JST-9", &["2001-01-01T09:00:00Z"], "2001-01-01T09:00:00.000000Z"),
        // As tables and `get` show them.
        ("JST-9", &["2001-01-01 09:00"], "2001-01-01T00:00:00.000000Z"),
        (
            "JST-9",
            &["2001-01-01 09:00:00 UTC"],
            "2001-01-01T09:00:00.000000Z",
        ),
        (
            "JST-9",
            &["2001-01-01 09:00:00 -05:00"],
            "2001-01-01T14:00:00.000000Z",
        ),
        (
            "JST-9",
            &["2001-01-01T09:00:00-05:00"],
            "2001-01-01T14:00:00.000000Z",
        ),
    ];
    for (zone, at, moment) in table {
        let ran = in_zone(&sandbox, zone, &[&["get", ":production", "--at"], at].concat());
        assert_eq!(ran.status, 3, "{at:?}: {ran:?}");
        assert!(
            ran.err.contains(&format!("`:production at {moment}`")),
            "{at:?}: {ran:?}"
        );
    }
    let first = in_zone(&sandbox, "JST-9", &["get", ":production", "--at", "0001-01-01"]);
    assert_eq!(first.status, 2, "{first:?}");
    assert!(
        first.err.starts_with("error: invalid time `0001-01-01`: "),
        "{first:?}"
    );
}

#[test]
fn a_time_that_history_shows_can_be_asked_for() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("promote 1 --tag production");
    for zone in ["EST5", "JST-9", "UTC"] {
        let history = in_zone(&sandbox, zone, &["history", "--tag", "production"]);
        let row: Vec<&str> = history.out.lines().last().unwrap().split_whitespace().collect();
        // Times are shown to the second.
        let at = format!("{} {}.999999", row[1], row[2]);
        let held = in_zone(&sandbox, zone, &["get", ":production", "--at", &at, "--json"]);
        assert_eq!(held.status, 0, "{zone} {at}: {held:?}");
    }
}

#[test]
fn a_filter_means_the_same_moment_wherever_it_is_typed() {
    let sandbox = Sandbox::with_models();
    let created = sandbox.json("get 1")["created_at"].as_str().unwrap().to_owned();
    // The time of day of the first model: `2026-01-31 12:00:00.123456`.
    let utc = created.replace('T', " ").replace('Z', "");
    for zone in ["UTC", "JST-9", "EST5"] {
        for at in [&utc, &created] {
            let filter = format!("created_at = \"{at}\"");
            let ran = in_zone(&sandbox, zone, &["search", &filter, "--count"]);
            assert_eq!(ran.out.trim(), "1", "{zone}, {filter}: {ran:?}");
        }
        let help = in_zone(&sandbox, zone, &["help", "search"]).out;
        assert!(
            help.contains("In a filter a time without an offset is UTC"),
            "{help}"
        );
    }
}
