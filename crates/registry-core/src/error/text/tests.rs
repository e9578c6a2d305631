//! What the words say of places and commands.

use super::*;
use crate::text::TagName;

#[test]
fn hints_speak_of_the_place_that_it_is() {
    for (location, file) in [("/srv/models.db", true), ("postgres://u@h:5432/models", false)] {
        for error in [
            Error::NotARegistry {
                location: location.into(),
                found: "a text".into(),
            },
            Error::Damaged {
                location: location.into(),
                problem: "a page".into(),
            },
        ] {
            assert_eq!(error.hint().contains("the file"), file, "{}", error.hint());
        }
    }
}

#[test]
fn commands_in_hints_quote_what_a_shell_would_take_apart() {
    let unexpected = |tag: &str| Error::UnexpectedHolder {
        tag: TagName::parse(tag).unwrap(),
        expected: None,
        holder: None,
    };
    let rollback = |tag: &str| Error::Rollback {
        tag: TagName::parse(tag).unwrap(),
        obstacle: RollbackObstacle::NoHolder,
    };
    let outdated = |location: &str| Error::OriginalRegistry {
        location: location.into(),
    };
    let not_found = |wanted: &str| Error::ModelNotFound {
        wanted: wanted.into(),
    };
    let table = [
        (
            unexpected("production"),
            "`registry-cli history --tag production`",
        ),
        (unexpected("my tag"), "`registry-cli history --tag 'my tag'`"),
        (unexpected("$(id)"), "`registry-cli history --tag '$(id)'`"),
        (
            rollback("it's new"),
            r"`registry-cli history --tag 'it'\''s new'`",
        ),
        (not_found(":production"), "`registry-cli tags`"),
        (
            not_found("gpt@:production at 2026-01-01T00:00:00.000000Z"),
            "`registry-cli history`",
        ),
        (not_found("a:b@1.0.0"), "`registry-cli list --status all`"),
        (outdated("/srv/a b.db"), "registry-cli migrate --db '/srv/a b.db'"),
    ];
    for (error, command) in table {
        assert!(error.hint().contains(command), "{}", error.hint());
    }
}
