//! Commands and code for a model, ready to be copied.

use axum::http::{HeaderMap, header};
use maud::{Markup, html};
use registry_core::Model;

use super::parts::encoded;

/// The ways to get at a model: from a terminal, from Rust, over HTTP.
pub(super) fn ways(model: &Model, headers: &HeaderMap) -> Markup {
    let selector = format!("{}@{}", model.name, model.version);
    let cli = format!("registry-cli get {}", by_selector(&selector));
    let rust = format!("let model = store.get(&Selector::parse({selector:?})?).await?;");
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let address = format!(
        "http://{}/api/v1/names/{}/versions/{}",
        host.unwrap_or("localhost:8080"),
        encoded(model.name.as_str()),
        encoded(&model.version.to_string()),
    );
    let curl = format!("curl --oauth2-bearer \"$REGISTRY_TOKEN\" {}", word(&address));
    html! {
        @for (title, text) in [("Command line", cli), ("Rust", rust), ("HTTP", curl)] {
            h3 { (title) }
            pre.command tabindex="0" { (text) }
        }
    }
}

/// `get` takes a selector as its argument; one that looks like an option needs `--` before it.
fn by_selector(selector: &str) -> String {
    let dashes = if selector.starts_with('-') { "-- " } else { "" };
    format!("{dashes}{}", word(selector))
}

/// A text as one word of a shell.
fn word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+=:,%@".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_nothing_apart() {
        for (text, written) in [
            ("gpt@1.0.0", "gpt@1.0.0"),
            ("a b", "'a b'"),
            ("$(id)", "'$(id)'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(word(text), written);
        }
        assert_eq!(by_selector("-a@1.0.0"), "-- -a@1.0.0");
    }
}
