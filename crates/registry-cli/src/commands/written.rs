//! The answer of a write.

use registry_core::{Model, ModelRef};
use serde_json::Value;

use crate::args::WriteOptions;
use crate::output::Output;
use crate::render::text::plain_lines;
use crate::session::Session;

/// The answer of a write: JSON or lines for people, either of them clear about a rehearsal.
pub(super) fn written(
    session: &Session<'_, '_>,
    write: &WriteOptions,
    json: impl FnOnce() -> Value,
    text: impl FnOnce() -> String,
) -> Output {
    let output = if write.dry_run {
        session.answer(
            || rehearsed(json()),
            |screen| plain_lines(&rehearsal(&text()), screen),
        )
    } else {
        session.answer(json, |screen| plain_lines(&text(), screen))
    };
    let output = output.committed(!write.dry_run);
    if write.is_replayed() {
        return output.hint("this was done before, under the same key; nothing was written now");
    }
    output
}

fn rehearsed(mut answer: Value) -> Value {
    if let Value::Object(answer) = &mut answer {
        answer.insert("dry_run".into(), true.into());
    }
    answer
}

fn rehearsal(text: &str) -> String {
    let mut told = String::from("dry run: nothing was changed; without --dry-run the answer would be\n");
    for line in text.lines() {
        told = told + "  " + line + "\n";
    }
    told
}

/// Things with commas between them.
pub(super) fn joined<T: ToString>(things: impl IntoIterator<Item = T>) -> String {
    let things: Vec<String> = things.into_iter().map(|thing| thing.to_string()).collect();
    things.join(", ")
}

/// A text as one word of a shell, for commands in hints.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,%@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Whether one of the models has another name than this one.
pub(super) fn crosses_names(model: &Model, others: &[ModelRef]) -> bool {
    others.iter().any(|other| other.name != model.name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hints_quote_what_a_shell_would_take_apart() {
        assert_eq!(word("production"), "production");
        assert_eq!(word("it's new"), r"'it'\''s new'");
        assert_eq!(word(""), "''");
    }

    #[test]
    fn a_rehearsal_says_so_first() {
        let text = rehearsal("deleted a@1.0.0 (id 1)\n  Tags: b\n");
        assert!(text.starts_with("dry run: nothing was changed"));
        assert!(text.ends_with("\n  deleted a@1.0.0 (id 1)\n    Tags: b\n"));
        assert_eq!(rehearsed(json!({ "a": 1 })), json!({ "a": 1, "dry_run": true }));
    }
}
