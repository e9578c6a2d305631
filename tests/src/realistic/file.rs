//! Registries of this kind in SQLite files: made once for each size, kept for the next time.

use std::path::{Path, PathBuf};

use registry_sqlite::SqliteStore;

/// The file with so many models in a folder; it is made where there is none. `say` is told how it goes on.
///
/// # Panics
/// When it cannot be made.
pub async fn kept(folder: &Path, size: usize, say: impl Fn(&str)) -> PathBuf {
    let path = folder.join(format!("registry-{size}.db"));
    if !path.exists() {
        let making = path.with_extension("making.db");
        remove(&making);
        make(&making, size, &say).await;
        std::fs::rename(&making, &path).unwrap();
    }
    let bytes = std::fs::metadata(&path).unwrap().len();
    say(&format!("{size} models, {} MB", bytes >> 20));
    path
}

/// Removes a registry with what SQLite keeps beside it.
pub fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
}

/// The store fills it without the indexes that a registration has no use for: a million entries are sorted in a fraction
/// of the time that it takes to put each in its place.
async fn make(path: &Path, size: usize, say: impl Fn(&str)) {
    let store = SqliteStore::open_or_create(path).await.unwrap();
    let indexes = indexes(path);
    for (name, _) in &indexes {
        run(path, &format!("DROP INDEX {name}"));
    }
    let sort = async || {
        for (_, statement) in &indexes {
            run(path, statement);
        }
    };
    super::fill_and_tell(&store, size, say, sort).await.unwrap();
    store.close().await;
}

/// Every index but those of keys and the one by which a registration finds the highest version: name and statement.
fn indexes(path: &Path) -> Vec<(String, String)> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name <> 'models_by_name'",
        )
        .unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

fn run(path: &Path, statement: &str) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA cache_size = -262144; PRAGMA threads = 2; {statement}"
        ))
        .unwrap();
}
