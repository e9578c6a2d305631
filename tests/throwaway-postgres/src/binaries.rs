//! Where PostgreSQL's programs are.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to tell a person when they are nowhere.
pub const HOW_TO_INSTALL: &str = "install PostgreSQL 14 or later (Debian, Ubuntu: `apt-get install postgresql`; \
     macOS: `brew install postgresql@17`), or name a server in REGISTRY_TEST_POSTGRES_URL";

/// The folder that holds `initdb`, `pg_ctl` and `postgres`.
#[derive(Debug, Clone)]
pub struct Binaries {
    folder: PathBuf,
    version: u32,
}

impl Binaries {
    /// Looks on the path, then where packages put them, and takes the latest that is new enough.
    ///
    /// # Errors
    /// When there are none, with what to do about it.
    pub fn find() -> io::Result<Self> {
        let mut found: Vec<Self> = on_path()
            .iter()
            .filter_map(|folder| Self::in_folder(folder))
            .collect();
        if found.is_empty() {
            found.extend(packaged().iter().filter_map(|folder| Self::in_folder(folder)));
        }
        let latest = found.into_iter().max_by_key(|binaries| binaries.version);
        latest.ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("PostgreSQL is not there: {HOW_TO_INSTALL}"),
            )
        })
    }

    /// The major version.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Where one of them is.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn in_folder(folder: &Path) -> Option<Self> {
        // A package may leave links to some of the programs on the path; the others are beside the real ones.
        let real = std::fs::canonicalize(folder.join("initdb")).ok()?;
        let folder = real.parent()?.to_path_buf();
        if !["pg_ctl", "postgres"]
            .iter()
            .all(|name| folder.join(name).is_file())
        {
            return None;
        }
        let said = Command::new(folder.join("postgres"))
            .arg("--version")
            .output()
            .ok()?;
        let version = version(&String::from_utf8_lossy(&said.stdout))?;
        Some(Self { folder, version }).filter(|binaries| binaries.version >= 14)
    }
}

fn on_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect()
}

/// Debian and Ubuntu, Fedora, Homebrew, Postgres.app.
fn packaged() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (parent, below) in [
        ("/usr/lib/postgresql", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "bin"),
    ] {
        folders.extend(children(Path::new(parent)).map(|child| child.join(below)));
    }
    folders.extend(children(Path::new("/usr")).filter(|child| {
        let name = child.file_name().map(|name| name.to_string_lossy().into_owned());
        name.is_some_and(|name| name.starts_with("pgsql"))
    }));
    folders
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}

/// The number in `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn version(said: &str) -> Option<u32> {
    let number = said.split_whitespace().nth(2)?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(
            version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(version("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(version("no"), None);
    }
}
