//! What a file is, before anybody opens it as a registry.
//!
//! Runs at each opening: a file of ours is known by two numbers in its header, written in the same transaction as the
//! schema itself. Only other files are looked at more closely.

mod header;
mod tables;

use std::path::{Path, PathBuf};

use registry_core::{Error, Result};

use crate::migrate::schema;

pub(crate) use tables::{connect_to_read, pragma, state_by_tables};

/// What a file is to this registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// There is no file.
    Missing,
    /// The file has nothing in it: no bytes, or an SQLite database without tables.
    Empty,
    /// A registry made by the original Python program.
    Original,
    /// A registry of the original whose tables were moved aside by other means, with its rows not taken over yet.
    Unadopted,
    /// A registry of this program, of an earlier schema.
    Outdated {
        /// Its schema version.
        found: i64,
        /// The version this program works with.
        needed: i64,
    },
    /// A registry, up to date.
    Current,
    /// A registry of a later release.
    Newer {
        /// Its schema version.
        found: i64,
        /// The version this program works with.
        needed: i64,
    },
}

impl SchemaState {
    /// Refuses everything but a registry that is up to date, with the error that says what to do.
    ///
    /// # Errors
    /// [`RegistryMissing`](Error::RegistryMissing), [`OriginalRegistry`](Error::OriginalRegistry),
    /// [`RegistryOutdated`](Error::RegistryOutdated) or [`RegistryNewer`](Error::RegistryNewer).
    pub fn require_current(self, path: &Path) -> Result<()> {
        let location = path.display().to_string();
        match self {
            Self::Current => Ok(()),
            Self::Missing | Self::Empty => Err(Error::RegistryMissing { location }),
            Self::Original | Self::Unadopted => Err(Error::OriginalRegistry { location }),
            Self::Outdated { found, needed } => Err(Error::RegistryOutdated {
                location,
                found,
                needed,
            }),
            Self::Newer { found, needed } => Err(Error::RegistryNewer {
                location,
                found,
                needed,
            }),
        }
    }
}

/// The fewest bytes of a database that is not empty: one page of the smallest size.
const SMALLEST: u64 = 512;

/// Says what the file at `path` is. Never changes it.
///
/// One exception follows from how SQLite works: a file whose writer died in the middle of a transaction is brought
/// back to the state before that transaction, as by any program that opens it.
///
/// # Errors
/// [`NotARegistry`](Error::NotARegistry) with what it is instead, [`Damaged`](Error::Damaged) for a file that is cut
/// off or unreadable as a database, [`File`](Error::File) when the system refuses to read it.
pub async fn inspect(path: &Path) -> Result<SchemaState> {
    match std::fs::metadata(path) {
        Ok(file) if file.is_dir() => Err(not_a_registry(path, "a folder")),
        Ok(file) if !file.is_file() => Err(not_a_registry(path, "not a regular file")),
        Ok(file) if file.len() == 0 => Ok(SchemaState::Empty),
        // SQLite takes the like for an empty database.
        Ok(file) if file.len() < SMALLEST => Err(header::explain(path, damaged(path, "it is cut off"))),
        Ok(_) => tables::inspect(path).await,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(SchemaState::Missing),
        Err(source) => Err(Error::File {
            action: format!("read `{}`", path.display()),
            source,
        }),
    }
}

fn state_of_version(found: i64) -> SchemaState {
    let needed = schema::latest();
    match found.cmp(&needed) {
        std::cmp::Ordering::Less => SchemaState::Outdated { found, needed },
        std::cmp::Ordering::Equal => SchemaState::Current,
        std::cmp::Ordering::Greater => SchemaState::Newer { found, needed },
    }
}

/// Whether the file alone is the whole truth: no write-ahead log and no rollback journal with content beside it.
pub(crate) fn is_at_rest(path: &Path) -> bool {
    ["-wal", "-journal"]
        .into_iter()
        .all(|suffix| std::fs::metadata(beside(path, suffix)).map_or(true, |file| file.len() == 0))
}

/// The path with something appended to its last part.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

pub(crate) fn not_a_registry(path: &Path, found: impl Into<String>) -> Error {
    Error::NotARegistry {
        location: path.display().to_string(),
        found: found.into(),
    }
}

pub(crate) fn damaged(path: &Path, problem: impl Into<String>) -> Error {
    Error::Damaged {
        location: path.display().to_string(),
        problem: problem.into(),
    }
}
