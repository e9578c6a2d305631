//! A token, which nothing shows.

use reqwest::header::HeaderValue;

/// What a caller proves who they are with. Neither printed nor shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes a token as it stands in a variable, a file or on a line; blanks around it mean nothing. `None`: it is
    /// empty, or holds what no token does.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        plain.then(|| Self(text.to_owned()))
    }

    /// The token itself, to be kept in a file.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// As the header `Authorization` takes it.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_token_holds_is_refused_and_no_token_is_shown() {
        for bad in ["", " \n", "a b", "a\u{7f}", "é", "a\r\nX: y"] {
            assert_eq!(Token::parse(bad), None, "{bad:?}");
        }
        let token = Token::parse(" mrt_secret\n").unwrap();
        assert_eq!(token.reveal(), "mrt_secret");
        assert!(!format!("{token:?} {:?}", token.header()).contains("secret"));
    }
}
