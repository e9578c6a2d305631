//! The file of tokens: an object of addresses and tokens, readable by its owner alone.

use std::collections::BTreeMap;
use std::io::{Error as IoError, ErrorKind, Write as _};
use std::path::Path;

use registry_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::options::ConnectOptions;
use crate::token::Token;

/// The largest file that is read.
const MOST_BYTES: u64 = 1 << 20;

/// What the file holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    servers: BTreeMap<String, Server>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    token: String,
}

impl Kept {
    /// What is kept; nothing where there is no file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let Some(text) = read_private(path)? else {
            return Ok(Self::default());
        };
        serde_json::from_str(&text).map_err(|error| {
            // The text of the error could repeat a token.
            let place = format!(
                "it is not a file of tokens (line {}, column {})",
                error.line(),
                error.column()
            );
            failed("read", path)(IoError::new(ErrorKind::InvalidData, place))
        })
    }

    pub(super) fn token(&self, location: &str) -> Option<Token> {
        Token::parse(&self.servers.get(location)?.token)
    }

    /// Puts the file in place as a whole, for its owner alone from its first moment.
    fn write(&self, path: &Path) -> Result<()> {
        let failed = failed("write", path);
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        std::fs::create_dir_all(folder).map_err(&failed)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(&failed)?;
        serde_json::to_writer_pretty(&mut file, self).map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(&failed)?;
        file.as_file().sync_all().map_err(&failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// Keeps a token for a server in this file.
///
/// # Errors
/// [`File`](Error::File) where the file cannot be read or written, or others could read it.
pub fn keep(path: &Path, options: &ConnectOptions, token: &Token) -> Result<()> {
    let mut kept = Kept::read(path)?;
    let server = Server {
        token: token.reveal().to_owned(),
    };
    kept.servers.insert(options.location(), server);
    kept.write(path)
}

/// Forgets the token for a server. False: there was none.
///
/// # Errors
/// As [`keep`].
pub fn forget(path: &Path, options: &ConnectOptions) -> Result<bool> {
    let mut kept = Kept::read(path)?;
    let found = kept.servers.remove(&options.location()).is_some();
    if found {
        kept.write(path)?;
    }
    Ok(found)
}

/// The text of a file that nobody but its owner may read; `None` where there is none.
fn read_private(path: &Path) -> Result<Option<String>> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map(|metadata| metadata.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0) {
            let problem = "others may read it; `chmod 600` makes it private";
            return Err(failed("read", path)(IoError::new(
                ErrorKind::PermissionDenied,
                problem,
            )));
        }
    }
    read(path)
}

/// The text of a file; `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>> {
    let failed = failed("read", path);
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if metadata.len() > MOST_BYTES {
        return Err(failed(IoError::new(ErrorKind::InvalidData, "it is too large")));
    }
    std::fs::read_to_string(path).map(Some).map_err(failed)
}

fn failed(verb: &'static str, path: &Path) -> impl Fn(IoError) -> Error {
    let action = format!("{verb} `{}`", path.display());
    move |source| Error::File {
        action: action.clone(),
        source,
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn server(address: &str) -> ConnectOptions {
        ConnectOptions::parse(address).unwrap()
    }

    #[test]
    fn each_server_has_its_own_token_in_a_private_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("registry/tokens.json");
        let (one, other) = (server("http://one"), server("https://other/x"));
        let token = |text| Token::parse(text).unwrap();
        assert!(!forget(&path, &one).unwrap());
        keep(&path, &one, &token("mrt_1")).unwrap();
        keep(&path, &other, &token("mrt_2")).unwrap();
        keep(&path, &one, &token("mrt_3")).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let kept = Kept::read(&path).unwrap();
        assert_eq!(kept.token("http://one"), Some(token("mrt_3")));
        assert_eq!(kept.token("https://other/x"), Some(token("mrt_2")));
        assert_eq!(kept.token("http://other/x"), None);
        assert!(forget(&path, &one).unwrap());
        assert_eq!(Kept::read(&path).unwrap().token("http://one"), None);
    }

    #[test]
    fn a_file_that_others_may_read_is_refused_and_a_broken_one_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        std::fs::write(&path, r#"{"servers": {"http://one": "mrt_s3cret"}}"#).unwrap();
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        mode(0o640);
        let error = Kept::read(&path).err().unwrap();
        assert!(error.to_string().contains("chmod 600"), "{error}");
        mode(0o600);
        let error = Kept::read(&path).err().unwrap();
        assert!(error.to_string().contains("line 1"), "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}
