//! After a label: whom `:tag` finds now, where another model holds the tag by promotion.

use registry_core::{ModelRef, TagName};

use super::written::word;

/// The line that says whom `:tag` finds, and who keeps the promotion.
pub(super) fn who_is_found(
    tag: &TagName,
    labelled: &ModelRef,
    promoted: &ModelRef,
    holder: Option<&ModelRef>,
) -> String {
    match holder {
        Some(holder) if holder == promoted => format!("  `:{tag}` still finds {promoted}, promoted"),
        Some(holder) if holder == labelled => {
            format!("  `:{tag}` now finds {labelled}; {promoted} keeps its promotion")
        }
        Some(holder) => format!("  `:{tag}` finds {holder}; {promoted} keeps its promotion"),
        None => format!("  `:{tag}` finds no active model; {promoted} keeps its promotion"),
    }
}

/// The hint that says how to take the label back, or how to move the promotion; `None` where neither would help.
pub(super) fn way_out(
    tag: &TagName,
    labelled: &ModelRef,
    promoted: &ModelRef,
    holder: Option<&ModelRef>,
) -> Option<String> {
    let (id, word) = (labelled.id, word(tag.as_str()));
    let promote = format!("registry-cli promote --model-id {id} --tag {word}");
    match holder {
        Some(holder) if holder == labelled => Some(format!(
            "a tag finds the active model that got it last; to undo: registry-cli untag --model-id {id} --tag {word}; \
             to move the promotion too: {promote}"
        )),
        Some(holder) if holder == promoted => {
            Some(format!("a label takes a tag from nobody; to move it: {promote}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(id: i64) -> ModelRef {
        ModelRef {
            id: id.try_into().unwrap(),
            name: "gpt".parse().unwrap(),
            version: "1.0.0".parse().unwrap(),
        }
    }

    #[test]
    fn the_words_follow_whom_the_tag_finds() {
        let tag: TagName = "in use".parse().unwrap();
        let table = [
            (
                Some(1),
                "`:in use` now finds gpt@1.0.0 (id 1); gpt@1.0.0 (id 2) keeps its promotion",
                Some("untag --model-id 1 --tag 'in use';"),
            ),
            (
                Some(2),
                "`:in use` still finds gpt@1.0.0 (id 2), promoted",
                Some("a label takes a tag from nobody; "),
            ),
            (
                Some(3),
                "`:in use` finds gpt@1.0.0 (id 3); gpt@1.0.0 (id 2) keeps its promotion",
                None,
            ),
            (
                None,
                "`:in use` finds no active model; gpt@1.0.0 (id 2) keeps its promotion",
                None,
            ),
        ];
        for (holder, line, hint) in table {
            let holder = holder.map(model);
            let told = who_is_found(&tag, &model(1), &model(2), holder.as_ref());
            assert_eq!(told.trim_start(), line);
            let told = way_out(&tag, &model(1), &model(2), holder.as_ref());
            assert_eq!(told.is_some(), hint.is_some(), "{line}");
            assert!(
                told.unwrap_or_default().contains(hint.unwrap_or_default()),
                "{line}"
            );
        }
    }
}
