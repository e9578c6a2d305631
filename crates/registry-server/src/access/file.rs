//! The file that keeps the tokens: JSON, for its owner alone, replaced as a whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use registry_core::{TagName, Timestamp};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::replaced::{lock, replace};
use super::secret::Secret;
use super::token::{NewToken, TokenRecord, hexadecimal};
use super::uses::Uses;

/// Why the tokens cannot be read or written.
#[derive(Debug)]
pub enum TokensError {
    /// The file system refused.
    File {
        /// What was tried.
        action: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Others than its owner may read the file.
    TooOpen {
        /// The file.
        path: PathBuf,
    },
    /// It holds something else.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
}

impl std::fmt::Display for TokensError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { action, source } => write!(f, "could not {action}: {source}"),
            Self::TooOpen { path } => {
                write!(
                    f,
                    "`{}` can be read by others than its owner; it needs mode 0600",
                    path.display()
                )
            }
            Self::Unreadable { path, problem } => {
                write!(f, "`{}` is no file of tokens: {problem}", path.display())
            }
        }
    }
}

impl std::error::Error for TokensError {}

/// What the file holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    /// Tags that only admins, and promoters who may give them, may set, move, remove, or take out of use.
    #[serde(default)]
    pub(crate) protected_tags: Vec<TagName>,
    /// Every token that was made, revoked ones too.
    #[serde(default)]
    pub(crate) tokens: Vec<TokenRecord>,
}

impl Contents {
    /// The token of this secret. Every hash is looked at, and each comparison takes the same time.
    pub(crate) fn find(&self, secret: &Secret) -> Option<&TokenRecord> {
        let wanted = hexadecimal(&secret.hash());
        let mut found = None;
        for token in &self.tokens {
            if bool::from(token.sha256.as_bytes().ct_eq(wanted.as_bytes())) {
                found = Some(token);
            }
        }
        found
    }
}

/// The file of the tokens. Whoever holds it sees what other processes write to it.
#[derive(Debug)]
pub struct TokenFile {
    path: PathBuf,
    read: Mutex<Option<(Stamp, Arc<Contents>)>>,
    uses: Uses,
}

/// What tells that a file is not the one that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    file: u64,
    length: u64,
    modified: Option<SystemTime>,
}

impl TokenFile {
    /// The tokens in this file, which need not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            uses: Uses::beside(&path),
            path,
            read: Mutex::new(None),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every token that was made, the oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(&self) -> Result<Vec<TokenRecord>, TokensError> {
        Ok(self.contents()?.tokens.clone())
    }

    /// The tags that are protected.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn protected_tags(&self) -> Result<Vec<TagName>, TokensError> {
        Ok(self.contents()?.protected_tags.clone())
    }

    /// Makes a token. Only its owner ever sees the secret.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn create(&self, token: NewToken, now: Timestamp) -> Result<(Secret, TokenRecord), TokensError> {
        let (secret, record) = made(token, now)?;
        self.change(|contents| contents.tokens.push(record.clone()))?;
        Ok((secret, record))
    }

    /// Makes a token if there are as many as whoever asks knows of; otherwise answers all that there are. Of two who ask
    /// at the same moment one makes one.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub(crate) fn create_after(
        &self,
        known: Option<usize>,
        token: NewToken,
        now: Timestamp,
    ) -> Result<Result<(Secret, TokenRecord), Vec<TokenRecord>>, TokensError> {
        let (secret, record) = made(token, now)?;
        self.change(|contents| {
            if known != Some(contents.tokens.len()) {
                return Err(contents.tokens.clone());
            }
            contents.tokens.push(record.clone());
            Ok((secret, record))
        })
    }

    /// Revokes the token with this id, or every token of this owner. Answers those that could still be used.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn revoke(&self, id_or_name: &str, now: Timestamp) -> Result<Vec<TokenRecord>, TokensError> {
        self.change(|contents| {
            let mut revoked = Vec::new();
            for token in &mut contents.tokens {
                let meant = token.id == id_or_name || token.name.as_str() == id_or_name;
                if meant && token.revoked_at.is_none() {
                    token.revoked_at = Some(now);
                    revoked.push(token.clone());
                }
            }
            revoked
        })
    }

    /// Protects a tag, or no longer.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn protect(&self, tag: &TagName, protected: bool) -> Result<(), TokensError> {
        self.change(|contents| {
            contents.protected_tags.retain(|other| other != tag);
            if protected {
                contents.protected_tags.push(tag.clone());
                contents.protected_tags.sort();
            }
        })
    }

    /// What the file holds now; read again only when it was replaced. No file: no tokens.
    pub(crate) fn contents(&self) -> Result<Arc<Contents>, TokensError> {
        let metadata = match fs::metadata(&self.path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Arc::default()),
            Err(source) => return Err(failed(format!("read `{}`", self.path.display()), source)),
        };
        let stamp = Stamp::of(&metadata);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, contents)) = read.as_ref()
            && *known == stamp
        {
            return Ok(Arc::clone(contents));
        }
        self.check_mode(&metadata)?;
        let text = fs::read(&self.path)
            .map_err(|source| failed(format!("read `{}`", self.path.display()), source))?;
        let contents: Contents = serde_json::from_slice(&text).map_err(|error| TokensError::Unreadable {
            path: self.path.clone(),
            problem: error.to_string(),
        })?;
        let contents = Arc::new(contents);
        *read = Some((stamp, Arc::clone(&contents)));
        Ok(contents)
    }

    /// When tokens were last used, to the minute, by their ids: what servers have written down, and what was noted here
    /// since. Nothing of a token that was never used.
    ///
    /// # Errors
    /// When what was written down cannot be read.
    pub fn last_used(&self) -> Result<BTreeMap<String, Timestamp>, TokensError> {
        self.uses.all()
    }

    /// The same, without what was written down where that cannot be read: the log says why.
    pub(crate) fn last_used_or_noted(&self) -> BTreeMap<String, Timestamp> {
        self.last_used().unwrap_or_else(|error| {
            tracing::warn!(%error, "it cannot be read when tokens were last used");
            self.uses.noted()
        })
    }

    /// Notes that a token is used.
    pub(crate) fn used(&self, id: &str, now: Timestamp) {
        self.uses.note(id, now);
    }

    /// Writes down what was noted. `false`: another process is at it, so it must be tried again.
    ///
    /// # Errors
    /// When it cannot be written; it stays noted.
    pub(crate) fn write_uses(&self) -> Result<bool, TokensError> {
        // Who cannot be looked up is kept, as while the file of the tokens is away.
        let contents = self.contents().ok().filter(|known| !known.tokens.is_empty());
        self.uses.write(|id| {
            let is = |token: &TokenRecord| token.id == id;
            contents.as_ref().is_none_or(|known| known.tokens.iter().any(is))
        })
    }

    /// Changes the file; of several processes one at a time.
    fn change<T>(&self, change: impl FnOnce(&mut Contents) -> T) -> Result<T, TokensError> {
        let action = || format!("write `{}`", self.path.display());
        let file = lock(&self.path).map_err(|source| failed(action(), source))?;
        file.lock().map_err(|source| failed(action(), source))?;
        let mut contents = (*self.contents()?).clone();
        let answer = change(&mut contents);
        replace(&self.path, &contents).map_err(|source| failed(action(), source))?;
        Ok(answer)
    }

    #[cfg(unix)]
    fn check_mode(&self, metadata: &fs::Metadata) -> Result<(), TokensError> {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o077 != 0 {
            let path = self.path.clone();
            return Err(TokensError::TooOpen { path });
        }
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "there are no modes here"
    )]
    fn check_mode(&self, _: &fs::Metadata) -> Result<(), TokensError> {
        Ok(())
    }
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        #[cfg(unix)]
        let file = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let file = 0;
        Self {
            file,
            length: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

/// A token with its secret, which is not kept anywhere yet.
fn made(token: NewToken, now: Timestamp) -> Result<(Secret, TokenRecord), TokensError> {
    let secret = Secret::random().map_err(|source| failed("make a secret", source))?;
    let record = TokenRecord::new(token, &secret, now);
    Ok((secret, record))
}

pub(super) fn failed(action: impl Into<String>, source: std::io::Error) -> TokensError {
    TokensError::File {
        action: action.into(),
        source,
    }
}

#[cfg(test)]
mod tests;
