//! Pieces that several pages show.

use std::fmt::Write as _;

use maud::{Markup, html};
use registry_core::{ModelName, ModelRef, SizeMb, Status, TagName, Timestamp, Version};

/// A text as one segment of a path or one value behind `?`: every byte that is not plain as `%XX`.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An address with these parameters; those without a value are left out.
pub(super) fn with(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let given = parameters
        .iter()
        .filter_map(|(name, value)| Some((name, (*value)?)));
    let query: Vec<String> = given
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    if query.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", query.join("&"))
}

/// The page of a name. Browsers take `.` and `..` out of every path, so these are searched for.
pub(super) fn name_address(name: &ModelName) -> String {
    let name = name.as_str();
    if matches!(name, "." | "..") {
        let search = format!("name = {}", quoted(name));
        return with("/", &[("where", Some(&search)), ("status", Some("all"))]);
    }
    format!("/names/{}", encoded(name))
}

/// A link to a model's page.
pub(super) fn model_link(model: &ModelRef) -> Markup {
    html! { a href={ "/models/" (model.id) } { (named(&model.name, &model.version)) } }
}

/// A model's name and version.
pub(super) fn named(name: &ModelName, version: &Version) -> Markup {
    html! { span.name { (name) } "@" span.version { (version) } }
}

/// A moment. The script of the page makes it local, with UTC on hover.
pub(super) fn time(at: Timestamp) -> Markup {
    let text = at.to_string();
    // `2026-01-31T12:00:00.000000Z` to the minute.
    let shown = text.get(..16).unwrap_or(&text).replace('T', " ");
    html! { time datetime=(text) { (shown) " UTC" } }
}

/// A moment to the second, where moments follow each other fast.
pub(super) fn second(at: Timestamp) -> Markup {
    let text = at.to_string();
    let shown = text.get(..19).unwrap_or(&text).replace('T', " ");
    html! { time.exact datetime=(text) { (shown) " UTC" } }
}

/// A tag, which leads to the models that hold it.
pub(super) fn tag_link(tag: &TagName) -> Markup {
    let address = with(
        "/",
        &[("where", Some(&format!("tag = {}", quoted(tag.as_str()))))],
    );
    html! { a.tag href=(address) { (tag) } }
}

/// A text as a value of the search language.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A status, where it is worth a word.
pub(super) fn status(status: Status) -> Markup {
    html! { @if status == Status::Retired { span.retired { "retired" } } }
}

/// A number of a metric, as short as it reads back.
pub(super) fn number(value: f64) -> String {
    if value != 0.0 && !(1e-4..1e9).contains(&value.abs()) {
        return format!("{value:e}");
    }
    value.to_string()
}

/// A size for people.
pub(super) fn size(size: SizeMb) -> String {
    let mb = size.get();
    if mb >= 1024.0 {
        format!("{:.1} GB", mb / 1024.0)
    } else if mb >= 1.0 {
        format!("{mb:.1} MB")
    } else if mb * 1024.0 >= 1.0 {
        format!("{:.0} kB", mb * 1024.0)
    } else {
        format!("{:.0} bytes", mb * 1024.0 * 1024.0)
    }
}

/// A number with its thousands apart.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The beginning of a text, and whether that is all.
pub(super) fn beginning(text: &str, most: usize) -> (&str, bool) {
    match text.char_indices().nth(most) {
        Some((end, _)) => (text.get(..end).unwrap_or_default(), false),
        None => (text, true),
    }
}

/// A text that is at most this long, with an ellipsis where something was cut.
pub(super) fn cut(text: &str, most: usize) -> String {
    match beginning(text, most) {
        (text, true) => text.to_owned(),
        (text, false) => format!("{text}…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use registry_core::search::Filter;

    #[test]
    fn numbers_are_short_and_read_back() {
        for (value, text) in [
            (0.0, "0"),
            (0.38, "0.38"),
            (1e-7, "1e-7"),
            (123_456.5, "123456.5"),
            (-3e12, "-3e12"),
        ] {
            assert_eq!(number(value), text);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(12), "12");
    }

    proptest! {
        #[test]
        fn a_quoted_text_is_itself_in_a_search(text in "[ -~äß模]{1,20}") {
            let tag = TagName::parse(text.trim());
            prop_assume!(tag.is_ok());
            let tag = tag.unwrap();
            let filter = Filter::parse(&format!("tag = {}", quoted(tag.as_str()))).unwrap();
            prop_assert_eq!(filter, Filter::tag().equals(&tag).unwrap());
        }

        #[test]
        fn an_encoded_text_has_only_plain_bytes(text in any::<String>()) {
            prop_assert!(encoded(&text).bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
        }
    }
}
