//! Where messages go.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::error::{InvalidValue, ValueKind};
use crate::text::string_value;

/// The longest address.
const MAX_BYTES: usize = 2048;

/// The address of a webhook: `http` or `https`, a host, no user, no fragment, visible ASCII only, at most 2,048 bytes.
///
/// Whether the host may be called is decided when it is: names resolve to other addresses at other times. An address of
/// numbers has the one form that everybody reads alike, so `0x7f.1` is none.
///
/// ```
/// use registry_core::webhook::WebhookUrl;
///
/// let url = WebhookUrl::parse("https://ci.example:8443/hooks?job=7")?;
/// assert_eq!((url.host(), url.origin()), ("ci.example", "https://ci.example:8443"));
/// assert!(WebhookUrl::parse("https://user@ci.example/").is_err());
/// # Ok::<(), registry_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookUrl {
    text: String,
    /// Where the host lies in the text.
    host: (usize, usize),
    /// Where the path begins, or the query, or nothing.
    path: usize,
}

impl WebhookUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`InvalidValue`], naming the rule that the text breaks.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        match parts(&text) {
            Ok((host, path)) => Ok(Self { text, host, path }),
            // What stands before an `@` may be a password.
            Err(problem) if text.contains('@') => Err(InvalidValue::new(ValueKind::WebhookUrl, "…", problem)),
            Err(problem) => Err(InvalidValue::new(ValueKind::WebhookUrl, text, problem)),
        }
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, an IPv6 address in its brackets.
    pub fn host(&self) -> &str {
        &self.text[self.host.0..self.host.1]
    }

    /// Scheme, host and port: what can be shown to everybody. The rest may be a secret of the receiver's.
    pub fn origin(&self) -> &str {
        &self.text[..self.path]
    }

    /// Whether messages are encrypted on their way.
    pub fn is_encrypted(&self) -> bool {
        self.text
            .as_bytes()
            .get(4)
            .is_some_and(|byte| byte.eq_ignore_ascii_case(&b's'))
    }
}

string_value!(WebhookUrl);

/// The places of host and path.
fn parts(text: &str) -> Result<((usize, usize), usize), &'static str> {
    if text.len() > MAX_BYTES {
        return Err("it has more than 2,048 bytes");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(
            "it holds a blank or something that is not visible ASCII, which stands as `%20` in an address",
        );
    }
    if text.contains(['\\', '#']) {
        return Err("it holds a backslash or a fragment");
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err("it does not begin with `https://` or `http://`");
    };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err("it does not begin with `https://` or `http://`");
    }
    let start = scheme.len() + 3;
    let authority = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
    if authority.contains('@') {
        return Err("it names a user, and messages are signed instead");
    }
    let host = host(authority)?;
    match authority[host.len()..].strip_prefix(':') {
        None if authority.len() == host.len() => {}
        Some(port)
            if port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok_and(|port| port > 0) => {}
        _ => return Err("its port is no number from 1 to 65535"),
    }
    Ok(((start, start + host.len()), start + authority.len()))
}

/// The host at the beginning of an authority.
fn host(authority: &str) -> Result<&str, &'static str> {
    if let Some(rest) = authority.strip_prefix('[') {
        let Some((address, _)) = rest.split_once(']') else {
            return Err("its `[` is not closed");
        };
        if address.parse::<Ipv6Addr>().is_err() {
            return Err("what stands in its brackets is no IPv6 address");
        }
        return Ok(&authority[..address.len() + 2]);
    }
    let host = authority.split(':').next().unwrap_or_default();
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if name.len() > 253 || !name.split('.').all(is_label) {
        return Err("it has no host, or one that is not written in ASCII letters, digits, `-` and `.`");
    }
    let last = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if is_number && host.parse::<Ipv4Addr>().is_err() {
        return Err("its host is a number and no IPv4 address such as `192.0.2.1`");
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn good_addresses_and_their_parts() {
        for (text, host, origin) in [
            ("https://a.example", "a.example", "https://a.example"),
            ("http://a.example:80/x?y=1", "a.example", "http://a.example:80"),
            ("HTTPS://A.example.?q=@", "A.example.", "HTTPS://A.example."),
            ("http://[::1]:9000/", "[::1]", "http://[::1]:9000"),
            ("http://192.0.2.1/hooks", "192.0.2.1", "http://192.0.2.1"),
            ("http://localhost:1/", "localhost", "http://localhost:1"),
            (
                "https://hooks.example/T0/B1/%20x",
                "hooks.example",
                "https://hooks.example",
            ),
        ] {
            let url = WebhookUrl::parse(text).unwrap();
            assert_eq!((url.as_str(), url.host(), url.origin()), (text, host, origin));
            assert_eq!(url.is_encrypted(), text.to_lowercase().starts_with("https"));
        }
    }

    #[test]
    fn bad_addresses() {
        let long = format!("https://a.example/{}", "x".repeat(2048));
        for text in [
            "",
            "a.example",
            "ftp://a.example/",
            "https://",
            "https:///path",
            "https://:80/",
            "https://user@a.example/",
            "https://user:secret@a.example/",
            "https://a.example/#part",
            "https://a.example\\@b.example/",
            "https://a .example/",
            "https://a.example/x y",
            "https://a.example:0/",
            "https://a.example:65536/",
            "https://a.example:+80/",
            "https://a.example:/",
            "https://a..example/",
            "https://modèle.example/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://127.1/",
            "https://0177.0.0.1/",
            "https://[::1/",
            "https://[::g]/",
            "https://[::1]x/",
            "https://a%2eb/",
            "https://a.example/\n",
            long.as_str(),
        ] {
            assert!(WebhookUrl::parse(text).is_err(), "{text}");
        }
        let refused = WebhookUrl::parse("https://user:secret@a.example/").unwrap_err();
        assert!(!refused.to_string().contains("secret"));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in any::<String>(), near in "https?://[\\[\\]:.a-z0-9@%/?-]{0,30}") {
            for text in [text, near] {
                if let Ok(url) = WebhookUrl::parse(text.as_str()) {
                    prop_assert_eq!(url.as_str(), text.as_str());
                    prop_assert!(text.starts_with(url.origin()) && url.origin().contains(url.host()));
                }
            }
        }
    }
}
