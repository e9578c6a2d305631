//! The intervals hold what the `semver` crate matches.

use super::*;
use proptest::prelude::*;

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0_u64..3, 1 => Just(u64::MAX), 1 => Just(u64::MAX - 1)]
}

fn version() -> impl Strategy<Value = Version> {
    let pre = prop_oneof![3 => Just(String::new()), 4 => "-(a|b|rc|1|2)(\\.(1|2|10|a))?"];
    (number(), number(), number(), pre).prop_map(|(major, minor, patch, pre)| {
        Version::parse(format!("{major}.{minor}.{patch}{pre}")).unwrap()
    })
}

fn comparator() -> impl Strategy<Value = String> {
    let numbers = prop_oneof![
        1 => number().prop_map(|major| major.to_string()),
        1 => (number(), number()).prop_map(|(major, minor)| format!("{major}.{minor}")),
        4 => version().prop_map(|version| version.to_string()),
    ];
    let operators = ["", "^", "~", "=", "<", "<=", ">", ">="];
    let wildcard = prop_oneof![
        Just("*".to_owned()),
        number().prop_map(|major| format!("{major}.*")),
        (number(), number()).prop_map(|(major, minor)| format!("{major}.{minor}.*")),
    ];
    prop_oneof![
        6 => (proptest::sample::select(operators.to_vec()), numbers)
            .prop_map(|(operator, numbers)| format!("{operator}{numbers}")),
        1 => wildcard,
    ]
}

/// The versions where a comparator is most likely wrong.
fn near(comparator: &str) -> Vec<Version> {
    let numbers = comparator.trim_start_matches(['^', '~', '=', '<', '>']);
    let numbers = numbers.split('-').next().unwrap_or_default();
    let endings = ["", "-a", "-a.1", "-b", "-rc", "-zz"];
    endings
        .iter()
        .filter_map(|ending| Version::parse(format!("{numbers}{ending}")).ok())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn intervals_hold_what_the_range_matches(
        comparators in proptest::collection::vec(comparator(), 1..4),
        versions in proptest::collection::vec(version(), 1..8),
    ) {
        let text = comparators.join(", ");
        let Ok(range) = VersionRange::parse(&text) else { return Ok(()) };
        let intervals = range.intervals();
        let near = comparators.iter().flat_map(|comparator| near(comparator));
        for version in versions.into_iter().chain(near) {
            let inside = intervals.iter().filter(|interval| interval.contains(&version)).count();
            prop_assert_eq!(inside, usize::from(range.matches(&version)), "{} {}", text, version);
        }
    }
}
