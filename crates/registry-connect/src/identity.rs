//! Who somebody is to a server, and the token that is kept for it.

use std::path::PathBuf;

use registry_core::{Actor, Error, Result, TagName, Timestamp};
use serde::Serialize;
#[cfg(feature = "http")]
use {
    crate::location::Place,
    registry_client::{ConnectOptions, HttpStore, Token, credentials},
    registry_core::{InvalidValue, ValueKind},
};

use crate::location::Location;

/// Who the caller is to a server, by their token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The owner of the token: the actor in the history.
    pub name: Actor,
    /// What the token is for, such as `reader`.
    pub roles: Vec<String>,
    /// Only models whose name fits this pattern, for everything but reading.
    pub names: Option<String>,
    /// Only these tags may be given and taken.
    pub tags: Option<Vec<TagName>>,
    /// Until when the token can be used.
    pub expires_at: Option<Timestamp>,
}

/// A token that is kept now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Whose it is.
    pub identity: Identity,
    /// The file in which it is kept.
    pub file: PathBuf,
}

impl Location {
    /// Asks a server who the caller is.
    ///
    /// # Errors
    /// [`Unsupported`](Error::Unsupported) for a registry that is no server's; the refusal of the token, or why the
    /// server cannot be asked.
    #[cfg_attr(
        not(feature = "http"),
        expect(clippy::unused_async, reason = "a server is asked")
    )]
    pub async fn whoami(&self) -> Result<Identity> {
        match &self.place {
            #[cfg(feature = "http")]
            Place::Http(options) => ask((**options).clone().find_token()?).await,
            _ => Err(self.no_server("a question who you are")),
        }
    }

    /// Keeps a token for a server, once the server has said whose it is, in the user's own file.
    ///
    /// # Errors
    /// As [`whoami`](Self::whoami); [`File`](Error::File) where it cannot be kept.
    #[cfg_attr(
        not(feature = "http"),
        expect(clippy::unused_async, unused_variables, reason = "a server is asked")
    )]
    pub async fn login(&self, token: &str) -> Result<Login> {
        match &self.place {
            #[cfg(feature = "http")]
            Place::Http(options) => {
                let token = Token::parse(token).ok_or_else(no_token)?;
                let identity = ask((**options).clone().token(token.clone())).await?;
                let file = kept()?;
                credentials::keep(&file, options, &token)?;
                Ok(Login { identity, file })
            }
            _ => Err(self.no_server("a login")),
        }
    }

    /// Forgets the token that is kept for a server. False: there was none.
    ///
    /// # Errors
    /// [`Unsupported`](Error::Unsupported) for a registry that is no server's, [`File`](Error::File) where the file of
    /// tokens cannot be read or written.
    pub fn logout(&self) -> Result<bool> {
        match &self.place {
            #[cfg(feature = "http")]
            Place::Http(options) => credentials::forget(&kept()?, options),
            _ => Err(self.no_server("a login")),
        }
    }

    fn no_server(&self, operation: &'static str) -> Error {
        Error::Unsupported {
            location: self.to_string(),
            operation,
            instead: "name a server, such as `--db https://models.example`; files and databases take no tokens",
        }
    }
}

#[cfg(feature = "http")]
async fn ask(options: ConnectOptions) -> Result<Identity> {
    let caller = HttpStore::new(options)?.whoami().await?;
    Ok(Identity {
        name: caller.name,
        roles: caller.roles,
        names: caller.names,
        tags: caller.tags,
        expires_at: caller.expires_at,
    })
}

/// The text itself is not repeated: it may be a token with a slip of the pen.
#[cfg(feature = "http")]
fn no_token() -> Error {
    InvalidValue::new(
        ValueKind::Setting,
        "...",
        "it is no token: a token is one word, `mrt_...`",
    )
    .into()
}

#[cfg(feature = "http")]
fn kept() -> Result<PathBuf> {
    credentials::path().ok_or_else(|| Error::File {
        action: "find the folder for configuration".into(),
        source: std::io::Error::new(
            std::io::ErrorKind::NotFound,
            "neither XDG_CONFIG_HOME nor HOME is set",
        ),
    })
}
