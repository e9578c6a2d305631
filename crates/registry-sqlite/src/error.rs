//! SQLite's failures by what they mean. The only place that knows result codes.

use std::path::Path;

use registry_core::Error;

use crate::writer::SharedError;

// Primary result codes (https://www.sqlite.org/rescode.html); an extended code has its primary in the low byte.
const PERM: i32 = 3;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;
const READONLY_DBMOVED: i32 = 0x0408;
/// The shared memory file could not be made larger, as on a full disk.
const IOERR_SHMSIZE: i32 = 0x130A;
const IOERR_CORRUPTFS: i32 = 0x210A;

/// The error of a registry at `location` while it did `action`.
pub(crate) fn meaning(location: &str, action: &str, error: sqlx::Error) -> Error {
    known(location, &error).unwrap_or_else(|| other(action, error))
}

/// As [`meaning`], of an error that several are told.
pub(crate) fn shared_meaning(location: &str, action: &str, error: SharedError) -> Error {
    known(location, &error).unwrap_or_else(|| other(action, error))
}

/// The errors that have a variant of their own.
fn known(location: &str, error: &sqlx::Error) -> Option<Error> {
    let location = location.to_owned();
    let Some(code) = code(error) else {
        // Only a connection that others keep busy is waited for.
        return matches!(error, sqlx::Error::PoolTimedOut).then_some(Error::Busy { location });
    };
    Some(match (code, code & 0xFF) {
        (READONLY_DBMOVED, _) => Error::RegistryMissing { location },
        (IOERR_SHMSIZE, _) | (_, FULL) => Error::StorageFull { location },
        (IOERR_CORRUPTFS, _) | (_, CORRUPT | NOTADB) => Error::Damaged {
            location,
            problem: message(error),
        },
        (_, BUSY | LOCKED) => Error::Busy { location },
        (_, READONLY | PERM) => Error::ReadOnly { location },
        (_, CANTOPEN) => cannot_open(location),
        _ => return None,
    })
}

/// Whether a file could not be opened for want of permission to write beside it.
pub(crate) fn wants_to_write(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| matches!(code & 0xFF, READONLY | CANTOPEN))
}

/// Whether others hold a lock.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| matches!(code & 0xFF, BUSY | LOCKED))
}

fn code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

fn message(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

fn other(action: &str, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Storage {
        action: action.to_owned(),
        source: Box::new(error),
    }
}

/// SQLite has one code for "is not there", "may not be read" and "its helper files cannot be made".
fn cannot_open(location: String) -> Error {
    match std::fs::File::open(Path::new(&location)) {
        Ok(_) => Error::ReadOnly { location },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Error::RegistryMissing { location },
        Err(source) => Error::File {
            action: format!("open `{location}`"),
            source,
        },
    }
}

#[cfg(test)]
mod tests;
