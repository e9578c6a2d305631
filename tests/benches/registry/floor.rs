//! The floor: rusqlite in the same thread, statements cached.

use std::path::Path;

use rusqlite::{Connection, Params, Row};

pub(crate) fn connect(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    for (pragma, value) in [
        ("journal_mode", "WAL"),
        ("synchronous", "FULL"),
        ("foreign_keys", "ON"),
    ] {
        connection.pragma_update(None, pragma, value).unwrap();
    }
    connection
}

pub(crate) fn one<T>(
    connection: &Connection,
    text: &str,
    params: impl Params,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> T {
    let mut statement = connection.prepare_cached(text).unwrap();
    statement.query_row(params, read).unwrap()
}

pub(crate) fn all<T>(
    connection: &Connection,
    text: &str,
    params: impl Params,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let mut statement = connection.prepare_cached(text).unwrap();
    let rows = statement.query_map(params, read).unwrap();
    rows.map(Result::unwrap).collect()
}

pub(crate) fn run(connection: &Connection, text: &str, params: impl Params) {
    connection.prepare_cached(text).unwrap().execute(params).unwrap();
}
