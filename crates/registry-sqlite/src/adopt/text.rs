//! Short texts: names, tags, task types, formats, hashes, paths.

use super::cell::Cell;

/// How to bring a text of one kind to a valid one.
pub(super) struct TextMender<T> {
    pub(super) parse: fn(String) -> Result<T, String>,
    pub(super) max_bytes: usize,
    /// Characters that are refused, each replaced by `-`.
    pub(super) forbidden: &'static [char],
    /// What stands in where nothing is left.
    pub(super) fallback: Option<&'static str>,
}

/// A value, with the reason where it had to change.
pub(super) struct Mended<T> {
    pub(super) value: T,
    pub(super) why: Option<String>,
}

impl<T> TextMender<T> {
    /// The nearest valid value; `None` only without a fallback.
    pub(super) fn mend(&self, cell: &Cell) -> Option<Mended<T>> {
        let refusal = match cell {
            Cell::Text(text) => match (self.parse)(text.clone()) {
                Ok(value) => return Some(Mended { value, why: None }),
                Err(problem) => problem,
            },
            other => not_text(other).to_owned(),
        };
        let text = cell.to_text().unwrap_or_default();
        let candidates = [Some(text.clone()), Some(self.cleaned(&text))]
            .into_iter()
            .chain([self.fallback.map(str::to_owned)])
            .flatten();
        let value = candidates
            .into_iter()
            .find_map(|candidate| (self.parse)(candidate).ok())?;
        Some(Mended {
            value,
            why: Some(refusal),
        })
    }

    fn cleaned(&self, text: &str) -> String {
        let visible: String = text
            .chars()
            .map(|c| if is_refused(c) { ' ' } else { c })
            .map(|c| if self.forbidden.contains(&c) { '-' } else { c })
            .collect();
        let begin = visible.trim_start_matches(|c: char| c.is_whitespace() || c == ':');
        cut(begin.trim(), self.max_bytes).trim().to_owned()
    }
}

/// Control characters and invisible marks, as the domain's text rules refuse them.
fn is_refused(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// The longest beginning of at most so many bytes.
pub(super) fn cut(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

pub(super) fn not_text(cell: &Cell) -> &'static str {
    match cell {
        Cell::Null => "it is NULL",
        Cell::Integer(_) | Cell::Real(_) => "it is stored as a number",
        Cell::Text(_) => "it is text",
        Cell::BadText(_) => "it is not UTF-8",
        Cell::Blob(_) => "it is stored as bytes",
    }
}

/// The menders of every kind of short text.
pub(super) mod menders {
    use registry_core::{CheckpointPath, ConfigHash, ExportFormat, MetricName, ModelName, TagName, TaskType};

    use super::TextMender;

    macro_rules! mender {
        ($name:ident, $type:ident, $max:expr, $forbidden:expr, $fallback:expr) => {
            pub(in crate::adopt) const $name: TextMender<$type> = TextMender {
                parse: |text| $type::parse(text).map_err(|error| error.to_string()),
                max_bytes: $max,
                forbidden: $forbidden,
                fallback: $fallback,
            };
        };
    }

    mender!(NAME, ModelName, 255, &['@'], Some("unnamed"));
    mender!(TASK_TYPE, TaskType, 128, &[], Some("unknown"));
    mender!(
        CONFIG_HASH,
        ConfigHash,
        ConfigHash::MAX_BYTES,
        &[],
        Some("unknown")
    );
    mender!(PATH, CheckpointPath, 4096, &[], Some("unknown"));
    mender!(FORMAT, ExportFormat, 64, &[], Some("unknown"));
    // There is no tag and no metric in nothing.
    mender!(TAG, TagName, 128, &[','], None);
    mender!(METRIC_NAME, MetricName, 128, &[], None);
}

#[cfg(test)]
mod tests {
    use super::menders::{NAME, PATH, TAG};
    use super::*;

    fn name(text: &str) -> String {
        NAME.mend(&Cell::Text(text.into()))
            .unwrap()
            .value
            .as_str()
            .to_owned()
    }

    #[test]
    fn the_nearest_valid_text() {
        for (from, to) in [
            ("gpt", "gpt"),
            (" gpt\n", "gpt"),
            ("a@b", "a-b"),
            (":a", "a"),
            ("a\u{202E}b", "a b"),
            (" ", "unnamed"),
            (":", "unnamed"),
        ] {
            assert_eq!(name(from), to, "{from:?}");
        }
        assert_eq!(name(&"é".repeat(200)), "é".repeat(127));
        assert!(TAG.mend(&Cell::Text(" ".into())).is_none());
        assert_eq!(TAG.mend(&Cell::Text("a,b".into())).unwrap().value.as_str(), "a-b");
        assert_eq!(
            PATH.mend(&Cell::Blob(vec![b'a', 0, 255])).unwrap().value.as_str(),
            "a \u{FFFD}"
        );
    }
}
