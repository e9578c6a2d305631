//! What a file is by its tables.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use registry_core::{Error, Result};
use sqlx::migrate::Migrate;
use sqlx::{ConnectOptions, Connection, Executor, Row, SqliteConnection};

use super::{SchemaState, beside, damaged, header, is_at_rest, not_a_registry, state_of_version};
use crate::migrate::schema;
use crate::{connect, error};

/// The tables of a file, each with its columns.
type Tables = BTreeMap<String, Vec<String>>;

pub(super) async fn inspect(path: &Path) -> Result<SchemaState> {
    let file = stamp(path);
    if is_at_rest(path) {
        let found = look(path, connect_at_rest(path).await, file.map(|(bytes, _)| bytes)).await;
        if is_at_rest(path) && stamp(path) == file {
            return found;
        }
        // Somebody began to write meanwhile.
    }
    look(path, connect_to_read(path).await, None).await
}

/// `bytes` is the file's length, where the file alone is the whole truth.
async fn look(
    path: &Path,
    connection: sqlx::Result<SqliteConnection>,
    bytes: Option<u64>,
) -> Result<SchemaState> {
    let failed = |error| unreadable(path, error);
    let mut connection = connection.map_err(failed)?;
    let state = state(path, &mut connection, bytes).await;
    connection.close().await.map_err(failed)?;
    state
}

/// What changes when somebody writes the file.
fn stamp(path: &Path) -> Option<(u64, Option<SystemTime>)> {
    let file = std::fs::metadata(path).ok()?;
    Some((file.len(), file.modified().ok()))
}

/// A connection to a file that nobody writes. Any other would leave the files of write-ahead logging behind.
async fn connect_at_rest(path: &Path) -> sqlx::Result<SqliteConnection> {
    connect::options(path)
        .immutable(true)
        .read_only(true)
        .connect()
        .await
}

/// A connection that only reads.
pub(crate) async fn connect_to_read(path: &Path) -> sqlx::Result<SqliteConnection> {
    let options = connect::options(path);
    if std::fs::metadata(beside(path, "-journal")).is_ok_and(|journal| journal.len() > 0) {
        // A writer died, or is in the middle of its work. Only a connection that may write can tell, and undo.
        return options.connect().await;
    }
    options.read_only(true).connect().await
}

async fn state(path: &Path, connection: &mut SqliteConnection, bytes: Option<u64>) -> Result<SchemaState> {
    let failed = |error| unreadable(path, error);
    let marks = connection
        .fetch_one(
            "SELECT application_id, user_version, page_count * page_size \
             FROM pragma_application_id, pragma_user_version, pragma_page_count, pragma_page_size",
        )
        .await
        .map_err(failed)?;
    let mark = |place: usize| marks.try_get::<i64, _>(place).map_err(failed);
    // SQLite itself notices only when it reads a page that is not there.
    let needed = u64::try_from(mark(2)?).unwrap_or_default();
    if let Some(found) = bytes.filter(|&found| found < needed) {
        return Err(damaged(
            path,
            format!("it is cut off: it has {found} bytes of {needed}"),
        ));
    }
    if mark(0)? == i64::from(schema::APPLICATION_ID) {
        return Ok(state_of_version(mark(1)?));
    }
    state_by_tables(path, connection).await
}

/// The state by the tables and recorded migrations alone, whatever the marks in the header say.
pub(crate) async fn state_by_tables(path: &Path, connection: &mut SqliteConnection) -> Result<SchemaState> {
    let failed = |error| unreadable(path, error);
    let tables = tables(connection).await.map_err(failed)?;
    let recorded = tables.contains_key(schema::TABLE);
    let applied = if recorded {
        check_migrations(path, connection).await?
    } else {
        None
    };
    match applied {
        Some(found) if found > schema::latest() => Ok(state_of_version(found)),
        Some(_) if tables.contains_key("original_models") => Ok(SchemaState::Unadopted),
        Some(found) if found > 1 => Ok(state_of_version(found)),
        _ if tables.keys().all(|name| name == schema::TABLE) => Ok(SchemaState::Empty),
        _ => match original(&tables) {
            Ok(()) => Ok(SchemaState::Original),
            Err(found) => Err(not_a_registry(path, found)),
        },
    }
}

pub(crate) async fn pragma(connection: &mut SqliteConnection, statement: &'static str) -> sqlx::Result<i64> {
    connection.fetch_one(statement).await?.try_get(0)
}

async fn tables(connection: &mut SqliteConnection) -> sqlx::Result<Tables> {
    let rows = sqlx::query_file!("queries/inspect/columns.sql")
        .fetch_all(connection)
        .await?;
    let mut tables = Tables::new();
    for row in rows {
        tables.entry(row.table_name).or_default().push(row.column_name);
    }
    Ok(tables)
}

/// The highest migration that is recorded, after a look whether the records are ours.
async fn check_migrations(path: &Path, connection: &mut SqliteConnection) -> Result<Option<i64>> {
    let foreign = || not_a_registry(path, "an SQLite file with migrations of another program");
    if let Some(version) = connection
        .dirty_version(schema::TABLE)
        .await
        .map_err(|_| foreign())?
    {
        return Err(damaged(
            path,
            format!("its migration {version} was begun and never finished"),
        ));
    }
    let applied = connection
        .list_applied_migrations(schema::TABLE)
        .await
        .map_err(|_| foreign())?;
    for known in schema::migrations() {
        let Some(row) = applied.iter().find(|row| row.version == known.version) else {
            if applied.iter().all(|row| row.version < known.version) {
                continue;
            }
            return Err(if known.version == 1 {
                foreign()
            } else {
                damaged(
                    path,
                    format!(
                        "its migration {} is missing, and a later one is there",
                        known.version
                    ),
                )
            });
        };
        if row.checksum != known.checksum {
            return Err(if known.version == 1 {
                foreign()
            } else {
                damaged(
                    path,
                    format!("its migration {} is not the one of this program", known.version),
                )
            });
        }
    }
    Ok(applied.iter().map(|row| row.version).max())
}

/// Whether these are the original's tables; else what the file is, in words.
fn original(tables: &Tables) -> Result<(), String> {
    let has = |name: &str| tables.contains_key(name);
    if !schema::ORIGINAL.iter().any(|(name, _)| has(name)) {
        if has("runs") && has("metrics") && has("artifacts") {
            return Err("an experiment database (ExperimentDB): runs, not models".into());
        }
        let names: Vec<String> = tables.keys().map(|name| format!("`{name}`")).collect();
        return Err(match names.len() {
            0 => "an SQLite file without tables".into(),
            1..=5 => format!("an SQLite file of another program, with {}", names.join(", ")),
            more => format!(
                "an SQLite file of another program, with {} and {} more tables",
                names[..5].join(", "),
                more - 5
            ),
        });
    }
    for (table, columns) in schema::ORIGINAL {
        let Some(found) = tables.get(table) else {
            return Err(format!("an SQLite file without the table `{table}`"));
        };
        let missing = columns
            .iter()
            .find(|column| !found.iter().any(|name| name.eq_ignore_ascii_case(column)));
        if let Some(column) = missing {
            return Err(format!(
                "an SQLite file whose table `{table}` has no column `{column}`"
            ));
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: sqlx::Error) -> Error {
    match error::meaning(&path.display().to_string(), "inspect the file", error) {
        refusal @ Error::Damaged { .. } => header::explain(path, refusal),
        other => other,
    }
}
