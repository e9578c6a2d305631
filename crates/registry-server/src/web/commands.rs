//! Commands and code for a model, ready to be copied.

use axum::http::HeaderMap;
use maud::{Markup, html};
use registry_core::Model;

use super::parts::encoded;

/// How the server itself is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

/// The ways to get at a model: from a terminal, from Rust, over HTTP.
pub(super) fn ways(model: &Model, scheme: Scheme, headers: &HeaderMap) -> Markup {
    let selector = format!("{}@{}", model.name, model.version);
    let server = server(scheme, headers);
    let cli = format!(
        "registry-cli get --db {} {}",
        word(&server),
        by_selector(&selector)
    );
    let rust = format!("let model = store.get(&Selector::parse({selector:?})?).await?;");
    let address = format!(
        "{server}/api/v1/names/{}/versions/{}",
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

/// Where the server is for whoever asks. What a proxy says of TLS is believed, since it is only shown to who asked.
fn server(scheme: Scheme, headers: &HeaderMap) -> String {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let by_tls = scheme == Scheme::Https || said("x-forwarded-proto") == Some("https");
    let host = said("host").unwrap_or("localhost:8080");
    format!("{}://{host}", if by_tls { "https" } else { "http" })
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
    fn a_server_is_named_as_it_is_spoken_to() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "models.example".parse().unwrap());
        assert_eq!(server(Scheme::Http, &headers), "http://models.example");
        assert_eq!(server(Scheme::Https, &headers), "https://models.example");
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        assert_eq!(server(Scheme::Http, &headers), "https://models.example");
    }

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
