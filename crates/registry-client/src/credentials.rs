//! Where tokens come from: a variable, a file that a variable names, or the file in which `registry-cli login` keeps
//! one for each server.

mod file;

use std::ffi::OsString;
use std::path::PathBuf;

use registry_core::{Error, Result};

pub use file::{forget, keep};

use crate::options::ConnectOptions;
use crate::token::Token;

/// The variable that holds a token.
pub const TOKEN: &str = "REGISTRY_TOKEN";
/// The variable that names a file with nothing but a token.
pub const TOKEN_FILE: &str = "REGISTRY_TOKEN_FILE";

/// Where a token was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In this variable.
    Variable(&'static str),
    /// In this file.
    File(PathBuf),
}

/// The token for a server: that of the environment, or the one that was kept for it. A file that a variable names may be
/// readable by others, as secrets are in a container.
///
/// # Errors
/// [`File`](Error::File) where a file cannot be read or holds no token, or others could read those that were kept.
pub fn find(options: &ConnectOptions) -> Result<Option<(Token, Source)>> {
    if let Some(text) = variable(TOKEN) {
        let token = Token::parse(&text.to_string_lossy()).ok_or_else(|| no_token(format!("read {TOKEN}")))?;
        return Ok(Some((token, Source::Variable(TOKEN))));
    }
    if let Some(path) = variable(TOKEN_FILE) {
        let path = PathBuf::from(path);
        let text = file::read(&path)?.ok_or_else(|| Error::File {
            action: format!("read `{}`, which {TOKEN_FILE} names", path.display()),
            source: std::io::ErrorKind::NotFound.into(),
        })?;
        let token = Token::parse(&text).ok_or_else(|| no_token(format!("read `{}`", path.display())))?;
        return Ok(Some((token, Source::File(path))));
    }
    let Some(path) = path() else { return Ok(None) };
    let kept = file::Kept::read(&path)?;
    Ok(kept
        .token(&options.location())
        .map(|token| (token, Source::File(path))))
}

/// The file in which tokens are kept: `registry/tokens.json` in the folder for configuration. `None`: the environment
/// names neither that folder nor a home.
pub fn path() -> Option<PathBuf> {
    let folder = match variable("XDG_CONFIG_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(variable("HOME").or_else(|| variable("APPDATA"))?).join(".config"),
    };
    Some(folder.join("registry").join("tokens.json"))
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn no_token(action: String) -> Error {
    let problem = "what it holds is no token";
    Error::File {
        action,
        source: std::io::Error::new(std::io::ErrorKind::InvalidData, problem),
    }
}
