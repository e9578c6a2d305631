//! The registries that are measured: made once for each size, kept for the next time.

use std::path::{Path, PathBuf};
use std::time::Instant;

use registry_core::{ModelId, RegistryStore, Selector};
use registry_sqlite::SqliteStore;
use registry_tests::realistic;

/// A registry of some size.
pub(crate) struct Fixture {
    pub(crate) size: usize,
    pub(crate) path: PathBuf,
    folder: PathBuf,
    /// The last of a chain of ten.
    pub(crate) end_of_chain: ModelId,
}

impl Fixture {
    pub(crate) async fn of(size: usize, folder: &Path) -> Self {
        assert!(size >= 100, "a registry of fewer than 100 models says nothing");
        let path = folder.join(format!("registry-{size}.db"));
        if !path.exists() {
            let making = folder.join(format!("registry-{size}.making.db"));
            remove(&making);
            make(&making, size).await;
            std::fs::rename(&making, &path).unwrap();
        }
        let store = SqliteStore::open(&path)
            .await
            .expect("remove it if it is of another schema");
        let chain: Selector = realistic::CHAIN.parse().unwrap();
        let end = store
            .find(&chain)
            .await
            .unwrap()
            .expect("a registry made by this benchmark");
        store.close().await;
        eprintln!(
            "{size} models, {} MB",
            std::fs::metadata(&path).unwrap().len() >> 20
        );
        Self {
            size,
            path,
            folder: folder.to_owned(),
            end_of_chain: end.id,
        }
    }

    /// Ids all over the registry, in no order.
    pub(crate) fn ids(&self, count: usize) -> Vec<ModelId> {
        let step = 7_919 * 31;
        (0..count)
            .map(|place| ModelId::try_from(i64::try_from(place * step % self.size).unwrap() + 1).unwrap())
            .collect()
    }

    /// A copy to write to.
    pub(crate) fn copy(&self, whose: &str) -> PathBuf {
        let copy = self.folder.join(format!("registry-{}.{whose}.db", self.size));
        remove(&copy);
        std::fs::copy(&self.path, &copy).unwrap();
        copy
    }
}

/// The store fills it, without the indexes that a registration has no use for: a million entries are sorted in a
/// fraction of the time that it takes to put each in its place. Then the indexes are made as they were.
async fn make(path: &Path, size: usize) {
    let begun = Instant::now();
    let store = SqliteStore::open_or_create(path).await.unwrap();
    let indexes = indexes(path);
    for (name, _) in &indexes {
        run(path, &format!("DROP INDEX {name}"));
    }
    let progress = |done: usize| {
        if done.is_multiple_of(100_000) {
            eprintln!("  made {done} of {size}");
        }
    };
    let sort = async || {
        eprintln!("  filled in {:.1} s", begun.elapsed().as_secs_f64());
        for (_, statement) in &indexes {
            run(path, statement);
        }
    };
    realistic::fill(&store, size, 1, progress, sort).await.unwrap();
    store.close().await;
    eprintln!("made {size} models in {:.1} s", begun.elapsed().as_secs_f64());
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
pub(crate) fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
}
