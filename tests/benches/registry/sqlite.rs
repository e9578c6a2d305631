//! Registries in SQLite files: made once for each size, kept for the next time.

#[path = "sqlite/bare.rs"]
mod bare;
#[path = "sqlite/floor.rs"]
mod floor;
#[path = "sqlite/sql.rs"]
mod sql;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use registry_core::RegistryStore;
use registry_sqlite::SqliteStore;

use crate::contestant::{BARE, Contestant, FLOOR, STORE};
use crate::fixture::{Ground, fill};
use crate::store::Store;

pub(crate) struct File {
    path: PathBuf,
}

impl File {
    pub(crate) async fn of(size: usize, folder: &Path) -> Self {
        let path = folder.join(format!("registry-{size}.db"));
        if !path.exists() {
            let making = path.with_extension("making.db");
            remove(&making);
            make(&making, size).await;
            std::fs::rename(&making, &path).unwrap();
        }
        let bytes = std::fs::metadata(&path).unwrap().len();
        eprintln!("{size} models, {} MB", bytes >> 20);
        Self { path }
    }

    fn path_of_copy(&self, whose: &str) -> PathBuf {
        self.path.with_extension(format!("{whose}.db"))
    }

    /// A copy to write to. It goes with this.
    fn copy(&self, whose: &str) -> PathBuf {
        let copy = self.path_of_copy(whose);
        remove(&copy);
        std::fs::copy(&self.path, &copy).unwrap();
        copy
    }
}

const SHARED: &str = "shared";

impl Drop for File {
    fn drop(&mut self) {
        for whose in [STORE, BARE, FLOOR, SHARED] {
            remove(&self.path_of_copy(whose));
        }
    }
}

#[async_trait(?Send)]
impl Ground for File {
    fn address(&self) -> String {
        self.path.display().to_string()
    }

    async fn open(&self) -> Arc<dyn RegistryStore> {
        open(&self.path).await
    }

    async fn writable(&self, _writers: u32) -> Arc<dyn RegistryStore> {
        open(&self.copy(SHARED)).await
    }

    async fn readers(&self) -> Vec<Box<dyn Contestant>> {
        vec![
            Box::new(Store(self.open().await)),
            Box::new(bare::Bare::open(&self.path, 4).await),
            Box::new(floor::Floor::open(&self.path)),
        ]
    }

    async fn writers(&self) -> Vec<Box<dyn Contestant>> {
        vec![
            Box::new(Store(open(&self.copy(STORE)).await)),
            Box::new(bare::Bare::open(&self.copy(BARE), 1).await),
            Box::new(floor::Floor::open(&self.copy(FLOOR))),
        ]
    }
}

async fn open(path: &Path) -> Arc<dyn RegistryStore> {
    let store = SqliteStore::open(path).await;
    Arc::new(store.expect("remove it if it is of another schema"))
}

async fn make(path: &Path, size: usize) {
    let store = SqliteStore::open_or_create(path).await.unwrap();
    let indexes = indexes(path);
    for (name, _) in &indexes {
        run(path, &format!("DROP INDEX {name}"));
    }
    fill(&store, size, async || {
        for (_, statement) in &indexes {
            run(path, statement);
        }
    })
    .await;
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

/// With what SQLite keeps beside it.
fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
}
