//! How SQLite is opened: settings, and which connections there are.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Executor};

use crate::error;
use crate::inspect::is_at_rest;
use crate::readers::Readers;
use crate::writer::{Limits, Writer};

/// How long a statement waits for another process to finish its write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a task waits for its turn: long enough for one before it that waits out the busy timeout.
const TURN_TIMEOUT: Duration = Duration::from_mins(1);
/// How many writes share a commit at most.
const MEMBERS: usize = 64;
/// How long a transaction stays open for others to join it. Other processes wait for the file meanwhile.
const OPEN_TIME: Duration = Duration::from_millis(50);
const READERS: u32 = 4;

/// What every connection to a registry has, whatever it is for.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(absolute(path))
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
}

/// SQLite would take a relative `file:x` for a URL and `:memory:` for no file at all.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The one connection that writes, opened at the first write.
pub(crate) fn writer(path: &Path) -> Writer {
    let limits = Limits {
        turn: TURN_TIMEOUT,
        members: MEMBERS,
        open: OPEN_TIME,
    };
    let options = options(path)
        .journal_mode(SqliteJournalMode::Wal)
        // A statement that writes many rows keeps the pages as they were. Above 64 KiB, which a single registration
        // reaches, SQLite would put them into a new file each time.
        .pragma("temp_store", "MEMORY");
    Writer::new(options, limits)
}

/// The connections that read, the first of them open.
///
/// On a place that cannot be written SQLite cannot make the files that readers share with writers. Nobody can be
/// writing there either unless such files exist, so the registry is then read as a file that doesn't change.
pub(crate) async fn readers(path: &Path) -> sqlx::Result<Readers> {
    let options = options(path).pragma("query_only", "ON");
    let readers = Readers::new(options.clone(), READERS, TURN_TIMEOUT);
    match probe(&readers).await {
        Err(error) if error::wants_to_write(&error) && path.is_file() && is_at_rest(path) => {
            let readers = Readers::immutable(options, READERS, TURN_TIMEOUT);
            probe(&readers).await?;
            Ok(readers)
        }
        probed => probed.map(|()| readers),
    }
}

/// Opening reads nothing; this does.
async fn probe(readers: &Readers) -> sqlx::Result<()> {
    readers.reader().await?.execute("PRAGMA schema_version").await?;
    Ok(())
}

#[cfg(test)]
mod tests;
