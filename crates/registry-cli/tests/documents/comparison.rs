//! Whether a command answered what is shown.

/// Compares line by line; blanks at the ends don't count.
pub(crate) fn same(shown: &str, answered: &str) -> bool {
    let lines = |text: &str| -> Vec<String> { text.trim_end().lines().map(without_moments).collect() };
    same_lines(&lines(shown), &lines(answered))
}

fn same_lines(shown: &[String], answered: &[String]) -> bool {
    match (shown.split_first(), answered.split_first()) {
        (None, answered) => answered.is_none(),
        (Some((line, rest)), _) if line == "..." => {
            (0..=answered.len()).any(|skip| same_lines(rest, &answered[skip..]))
        }
        (Some(_), None) => false,
        (Some((line, rest)), Some((first, others))) => same_line(line, first) && same_lines(rest, others),
    }
}

/// `[..]` stands for any text within a line.
fn same_line(shown: &str, answered: &str) -> bool {
    match shown.split_once("[..]") {
        None => shown == answered,
        Some((before, after)) => answered.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|&end| rest.is_char_boundary(end))
                .any(|end| same_line(after, &rest[end..]))
        }),
    }
}

/// The line with times and cursors, which differ from run to run, made equal.
fn without_moments(line: &str) -> String {
    let mut rest = line.trim_end();
    let mut plain = String::new();
    while let Some(first) = rest.chars().next() {
        if let Some(length) = moment(rest).or_else(|| cursor(rest)) {
            plain.push('\u{1}');
            rest = &rest[length..];
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    plain
}

/// The length of a time at the beginning of the text, such as `2026-01-31T12:00:00.000000Z` or `2026-01-31 12:00`, or
/// as file names have it: `20260131T120000Z`.
fn moment(text: &str) -> Option<usize> {
    const PATTERNS: &[&str] = &[
        "dddd-dd-ddTdd:dd:dd.ddddddZ",
        "dddd-dd-ddTdd:dd:ddZ",
        "dddd-dd-dd dd:dd:dd",
        "dddd-dd-dd dd:dd",
        "ddddddddTddddddZ",
        "dddddddd-dddddd",
    ];
    let fits = |pattern: &&&str| {
        let mut bytes = text.bytes();
        pattern.bytes().all(|wanted| {
            bytes.next().is_some_and(|byte| {
                if wanted == b'd' {
                    byte.is_ascii_digit()
                } else {
                    byte == wanted
                }
            })
        })
    };
    PATTERNS.iter().find(fits).map(|pattern| pattern.len())
}

/// The length of a cursor at the beginning of the text: a long word that begins as this version of cursors does.
fn cursor(text: &str) -> Option<usize> {
    const SHORTEST: usize = 40;
    let end = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
    let length = text.find(end).unwrap_or(text.len());
    (text.starts_with('A') && length >= SHORTEST).then_some(length)
}

#[test]
fn what_may_differ() {
    assert!(same("a\nb\n", "a\nb  \n\n"));
    assert!(same("at 2026-01-31 12:00:00 UTC", "at 2027-02-01 09:30:59 UTC"));
    assert!(same(
        "\"2026-01-31T12:00:00.000000Z\"",
        "\"2027-02-01T09:30:59.123456Z\""
    ));
    assert!(same(
        "next AWEyjTiAB3oTHcNmtwAABmECFteJaQAAAAAAAAAQBQAGYQIWvVRI",
        "next AQwYQhP7ZDO8-WXttAAABmECHcQ6wAAAAAAAAAAEBQAGSdLrTkkA"
    ));
    assert!(same("size [..] bytes", "size 42 bytes"));
    assert!(same("a\n...\nz", "a\nb\nc\nz"));
}

#[test]
fn what_may_not() {
    for (shown, answered) in [
        ("a", "b"),
        ("a", "a\nb"),
        ("a\nb", "a"),
        ("", "a"),
        ("size [..] bytes", "size 42"),
        ("a\n...\nz", "a\nb"),
    ] {
        assert!(!same(shown, answered), "{shown:?} {answered:?}");
    }
}
