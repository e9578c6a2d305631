//! Patterns in SQLite's own form.

use registry_core::search::{Glob, GlobSpan, GlobToken};

use crate::search::statement::Binds;

/// Whether the text at `place` fits the pattern.
pub(in crate::search) fn fits(place: &str, glob: &Glob, binds: &mut Binds) -> String {
    match glob.span() {
        Some(GlobSpan::Single(text)) => format!("({place} = {})", binds.bind(text.as_str())),
        Some(GlobSpan::Range {
            from,
            to: Some(to),
            whole: true,
        }) => {
            let (from, to) = (binds.bind(from.as_str()), binds.bind(to.as_str()));
            format!("({place} >= {from} AND {place} < {to})")
        }
        _ => pattern(place, glob, binds),
    }
}

/// The same where the span is taken care of.
pub(in crate::search) fn pattern(place: &str, glob: &Glob, binds: &mut Binds) -> String {
    let pattern = binds.bind(translated(glob.tokens()).as_str());
    if glob.ignores_case() {
        format!("(lower({place}) GLOB {pattern})")
    } else {
        format!("({place} GLOB {pattern})")
    }
}

fn translated(tokens: &[GlobToken]) -> String {
    let mut pattern = String::new();
    for token in tokens {
        match token {
            GlobToken::Anything => pattern.push('*'),
            GlobToken::One => pattern.push('?'),
            GlobToken::Exactly(special @ ('*' | '?' | '[')) => {
                pattern.push('[');
                pattern.push(*special);
                pattern.push(']');
            }
            GlobToken::Exactly(c) => pattern.push(*c),
            GlobToken::Class { negated, ranges } => push_class(&mut pattern, *negated, ranges),
        }
    }
    pattern
}

/// In SQLite's brackets `]` means itself only in front, `^` only where something stands before it, and `-` only where no
/// range can begin. So each range is written with both its ends, `]` alone in front, and ranges from `^` on at the end.
fn push_class(pattern: &mut String, negated: bool, ranges: &[(char, char)]) {
    let closes = ranges.iter().any(|(from, to)| *from == ']' || *to == ']');
    let mut rest: Vec<(char, char)> = ranges
        .iter()
        .map(|(from, to)| {
            let from = if *from == ']' { '^' } else { *from };
            (from, if *to == ']' { '\\' } else { *to })
        })
        .filter(|(from, to)| from <= to)
        .collect();
    if !negated && !closes {
        rest.sort_by_key(|(from, _)| *from == '^');
        if rest.first().is_some_and(|(from, _)| *from == '^') {
            match rest.iter().map(|(_, to)| *to).max() {
                Some(to) if to > '^' => rest = vec![('_', to), ('^', '^')],
                _ => return pattern.push('^'),
            }
        }
    }
    pattern.push('[');
    if negated {
        pattern.push('^');
    }
    if closes {
        pattern.push(']');
    }
    for (from, to) in rest {
        pattern.extend([from, '-', to]);
    }
    pattern.push(']');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sqlx::SqlitePool;

    use super::*;

    #[test]
    fn specials_mean_themselves_where_sqlite_lets_them() {
        for (pattern, translation) in [
            ("a*b?", "a*b?"),
            ("[*][?][[]", "[*-*][?-?][[-[]"),
            ("a]^-", "a]^-"),
            ("[]a]", "[]a-a]"),
            ("[^]a]", "[^]a-a]"),
            ("[a^]", "[a-a^-^]"),
            ("[a-]", "[a-a---]"),
            ("[Z-]]", "[Z-Z---]]"),
            ("[+--]", "[+--]"),
            ("[^^]", "[^^-^]"),
        ] {
            assert_eq!(
                translated(Glob::new(pattern).unwrap().tokens()),
                translation,
                "{pattern}"
            );
        }
        let class = |ranges: &[(char, char)]| {
            translated(&[GlobToken::Class {
                negated: false,
                ranges: ranges.to_vec(),
            }])
        };
        assert_eq!(class(&[('^', '^')]), "^");
        assert_eq!(class(&[('^', 'z')]), "[_-z^-^]");
        assert_eq!(class(&[(']', ']')]), "[]]");
        assert_eq!(class(&[('A', ']')]), "[]A-\\]");
        assert_eq!(class(&[(']', 'a')]), "[]^-a]");
    }

    async fn sqlite_fits(database: &SqlitePool, glob: &Glob, text: &str) -> bool {
        let mut binds = Binds::default();
        let place = binds.bind(text);
        let condition = pattern(&place, glob, &mut binds);
        let text = format!("SELECT CAST({condition} AS TEXT)");
        binds.statement(text).one(database).await.unwrap() == "1"
    }

    /// Random patterns of the characters that matter, on texts of the same.
    #[test]
    fn sqlite_agrees_with_the_evaluator() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let database = runtime.block_on(SqlitePool::connect("sqlite::memory:")).unwrap();
        let characters = "[aAbz*?\\[\\]^!_\\\\\\-é\u{FFFD}\u{FFFE}\u{FFFF}\u{10FFFF}]{0,6}";
        let strategy = (
            characters,
            any::<bool>(),
            proptest::collection::vec(characters, 8),
        );
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(3_000)
        };
        let mut runner = proptest::test_runner::TestRunner::new(config);
        let result = runner.run(&strategy, |(pattern, ignores_case, texts)| {
            let glob = if ignores_case {
                Glob::ignoring_case(pattern)
            } else {
                Glob::new(pattern)
            };
            let Ok(glob) = glob else { return Ok(()) };
            for text in &texts {
                let fits = runtime.block_on(sqlite_fits(&database, &glob, text));
                prop_assert_eq!(fits, glob.matches(text), "{:?} {:?}", glob, text);
            }
            Ok(())
        });
        if let Err(failure) = result {
            panic!("{failure}");
        }
    }
}
