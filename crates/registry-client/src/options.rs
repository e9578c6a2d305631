//! Where a server is, and how it is asked.

use std::time::Duration;

use registry_core::{InvalidValue, Result, ValueKind};
use url::{Host, Url};

use crate::credentials;
use crate::token::Token;

/// The address of a server, the token, and how long to wait.
#[derive(Clone)]
pub struct ConnectOptions {
    pub(crate) base: Url,
    pub(crate) token: Option<Token>,
    pub(crate) patience: Patience,
    pub(crate) tells_context: bool,
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For a connection.
    pub(crate) connect: Duration,
    /// For an answer. Longer than the server takes at most.
    pub(crate) answer: Duration,
    /// For the answer to a bulk registration.
    pub(crate) bulk: Duration,
    /// How often to try.
    pub(crate) attempts: u32,
    /// The first pause between two attempts.
    pub(crate) pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(40),
            bulk: Duration::from_secs(330),
            attempts: 4,
            pause: Duration::from_millis(50),
        }
    }
}

impl ConnectOptions {
    /// Reads an address: `http://` or `https://`, a host, perhaps a port and the path that a proxy has for it.
    ///
    /// # Errors
    /// [`Invalid`](registry_core::Error::Invalid) for anything else, and for an address with a password in it: it
    /// would stand in the list of processes. The address is not repeated.
    pub fn parse(address: &str) -> Result<Self> {
        let refuse = |problem: &'static str| InvalidValue::new(ValueKind::Address, "http://...", problem);
        let mut base = Url::parse(address).map_err(|_| refuse("it is not a URL"))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(refuse("it begins with neither `http://` nor `https://`").into());
        }
        if !base.username().is_empty() || base.password().is_some() {
            let problem = "it names a user or a password; a server takes a token: `registry-cli login`, REGISTRY_TOKEN \
                           or REGISTRY_TOKEN_FILE";
            return Err(refuse(problem).into());
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(refuse("it has a `?` or `#`, which an address of a server has not").into());
        }
        if let Ok(mut segments) = base.path_segments_mut() {
            segments.pop_if_empty();
        }
        Ok(Self {
            base,
            token: None,
            patience: Patience::default(),
            tells_context: false,
        })
    }

    /// With this token.
    #[must_use]
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// With the token that the environment names, or that was kept for this server by `registry-cli login`; without
    /// one where there is none.
    ///
    /// # Errors
    /// [`File`](registry_core::Error::File) where a file of tokens cannot be read, or others could read it.
    pub fn find_token(self) -> Result<Self> {
        Ok(match credentials::find(&self)? {
            Some((token, _)) => self.token(token),
            None => self,
        })
    }

    /// With so much time for each answer; a bulk registration gets eight times as much.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.patience.answer = timeout;
        self.patience.bulk = timeout.saturating_mul(8);
        self
    }

    /// Says with each write who writes and when, and with each search what time it is. Only a server for tests
    /// (`Server::believing`) takes that for true; every other passes it over.
    #[must_use]
    pub fn tell_context(mut self) -> Self {
        self.tells_context = true;
        self
    }

    /// The address as it may be typed again. It holds no secret.
    pub fn location(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// Whether the line is encrypted.
    pub(crate) fn is_secure(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// Whether the server is on this machine by its address, so that no proxy can be meant.
    pub(crate) fn is_local(&self) -> bool {
        match self.base.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

impl std::fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ConnectOptions({})", self.location())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_it_may_be_typed_again() {
        for (text, shown) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            (
                "https://Models.example/team/registry/",
                "https://models.example/team/registry",
            ),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(ConnectOptions::parse(text).unwrap().location(), shown);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_repeated() {
        for text in [
            "http://",
            "http://alice:s3cret@models.example",
            "https://s3cret@models.example",
            "https://models.example/?token=s3cret",
            "https://models.example/#s3cret",
            "ftp://s3cret.example",
            "http://s3cret example",
        ] {
            let error = ConnectOptions::parse(text).unwrap_err();
            assert_eq!(error.code(), "invalid_address", "{text}");
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("s3cret"));
        }
    }

    #[test]
    fn a_token_is_not_shown() {
        let options = ConnectOptions::parse("http://localhost").unwrap();
        let options = options.token(Token::parse("mrt_s3cret").unwrap());
        assert!(!format!("{options:?} {}", options.location()).contains("s3cret"));
        assert!(options.is_local());
        assert!(
            !ConnectOptions::parse("http://localhost.example")
                .unwrap()
                .is_local()
        );
    }
}
