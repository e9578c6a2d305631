//! Patterns as PostgreSQL's regular expressions.

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
        // In this locale only ASCII has cases.
        format!("(lower({place} COLLATE \"C\") ~ {pattern})")
    } else {
        format!("({place} ~ {pattern})")
    }
}

/// A pattern takes the noncharacters for the character that stands for what cannot be shown.
const REPLACEMENT: char = '\u{FFFD}';
const NONCHARACTERS: (char, char) = ('\u{FFFE}', '\u{FFFF}');

fn translated(tokens: &[GlobToken]) -> String {
    let mut pattern = String::from("^");
    for token in tokens {
        match token {
            GlobToken::Anything => pattern.push_str(".*"),
            GlobToken::One => pattern.push('.'),
            GlobToken::Exactly(REPLACEMENT) => push_class(&mut pattern, false, &[(REPLACEMENT, REPLACEMENT)]),
            GlobToken::Exactly(c) => push_character(&mut pattern, *c),
            GlobToken::Class { negated, ranges } => push_class(&mut pattern, *negated, ranges),
        }
    }
    pattern.push('$');
    pattern
}

fn push_class(pattern: &mut String, negated: bool, ranges: &[(char, char)]) {
    pattern.push('[');
    if negated {
        pattern.push('^');
    }
    for &(from, to) in ranges {
        for (from, to) in without_noncharacters(from, to) {
            push_character(pattern, from);
            pattern.push('-');
            push_character(pattern, to);
        }
    }
    pattern.push(']');
}

/// The parts of a range: all noncharacters, if it has their replacement, and else none of them.
fn without_noncharacters(from: char, to: char) -> impl Iterator<Item = (char, char)> {
    let (first, last) = NONCHARACTERS;
    let lower = (from, to.min(REPLACEMENT));
    let upper = (from.max('\u{10000}'), to);
    let noncharacters = (from <= REPLACEMENT && REPLACEMENT <= to).then_some((first, last));
    let parts = [Some(lower), Some(upper), noncharacters];
    parts.into_iter().flatten().filter(|(from, to)| from <= to)
}

/// Letters and digits stand for themselves, everything else by its number: nothing has a meaning of its own then.
fn push_character(pattern: &mut String, c: char) {
    if c.is_ascii_alphanumeric() {
        pattern.push(c);
    } else {
        let number = format!("\\U{:08X}", u32::from(c));
        pattern.push_str(&number);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sqlx::PgPool;

    use super::*;
    use crate::search::tests::{registry, remove};

    #[test]
    fn only_letters_and_digits_stand_for_themselves() {
        for (pattern, translation) in [
            ("a*b?", "^a.*b.$"),
            ("[*][?]", "^[\\U0000002A-\\U0000002A][\\U0000003F-\\U0000003F]$"),
            ("a.", "^a\\U0000002E$"),
            ("[^a-c]", "^[^a-c]$"),
            ("\u{FFFD}", "^[\\U0000FFFD-\\U0000FFFD\\U0000FFFE-\\U0000FFFF]$"),
        ] {
            assert_eq!(
                translated(Glob::new(pattern).unwrap().tokens()),
                translation,
                "{pattern}"
            );
        }
    }

    async fn postgres_fits(database: &PgPool, glob: &Glob, text: &str) -> bool {
        let mut binds = Binds::default();
        let place = format!("{} COLLATE \"C\"", binds.bind(text));
        let condition = pattern(&format!("({place})"), glob, &mut binds);
        let text = format!("SELECT ({condition})::text");
        binds.statement(text).one(database).await.unwrap() == "true"
    }

    /// Random patterns of the characters that matter, on texts of the same.
    #[test]
    fn postgres_agrees_with_the_evaluator() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let store = runtime.block_on(registry());
        let characters =
            "[aAbz*?\\[\\]^!_\\\\\\-é.$(){}+|\\n\u{FFFD}\u{FFFE}\u{FFFF}\u{10000}\u{10FFFF}]{0,6}";
        let strategy = (
            characters,
            any::<bool>(),
            proptest::collection::vec(characters, 4),
        );
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(1_500)
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
                let fits = runtime.block_on(postgres_fits(store.pool(), &glob, text));
                prop_assert_eq!(fits, glob.matches(text), "{:?} {:?}", glob, text);
            }
            Ok(())
        });
        runtime.block_on(remove(store));
        if let Err(failure) = result {
            panic!("{failure}");
        }
    }
}
