//! The settings as SQLite reports them.

use sqlx::{Row, SqliteConnection};

use crate::SqliteStore;

use super::*;

async fn settings(connection: &mut SqliteConnection) -> Vec<String> {
    let mut values = Vec::new();
    for pragma in [
        "journal_mode",
        "synchronous",
        "foreign_keys",
        "busy_timeout",
        "query_only",
        "temp_store",
    ] {
        let statement = sqlx::AssertSqlSafe(format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}"));
        let value = match pragma {
            "busy_timeout" => {
                connection
                    .fetch_one("SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout")
                    .await
            }
            _ => connection.fetch_one(statement).await,
        };
        values.push(value.unwrap().get(0));
    }
    values
}

#[tokio::test]
async fn writes_are_durable_and_wait_and_readers_only_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db"))
        .await
        .unwrap();
    let mut tx = store.writer().begin().await.unwrap();
    let writes = settings(tx.connection().unwrap()).await;
    assert_eq!(writes, ["wal", "2", "1", "30000", "0", "2"]);
    let reads = settings(&mut store.readers().reader().await.unwrap()).await;
    assert_eq!(reads, ["wal", "2", "1", "30000", "1", "0"]);
    assert!(TURN_TIMEOUT >= BUSY_TIMEOUT);
}

#[tokio::test]
async fn the_writer_is_opened_at_the_first_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    SqliteStore::open_or_create(&path).await.unwrap().close().await;
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!((store.readers().resting(), store.writer().is_open()), (1, false));
    drop(store.writer().begin().await.unwrap());
    assert!(store.writer().is_open());
}

#[tokio::test]
async fn a_name_like_a_url_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["file:registry.db?mode=memory", ":memory:", "registry #1%20.db"] {
        let path = folder.path().join(name);
        SqliteStore::open_or_create(&path).await.unwrap().close().await;
        assert!(path.is_file(), "{name}");
        SqliteStore::open(&path).await.unwrap().close().await;
    }
    assert!(absolute(Path::new("file:registry.db")).is_absolute());
    assert!(absolute(Path::new(":memory:")).is_absolute());
}

#[tokio::test]
#[cfg(unix)]
async fn a_file_that_cannot_be_written_beside_is_read_as_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    SqliteStore::open_or_create(&path).await.unwrap().close().await;
    // A link in the place of the shared memory file, which SQLite does not follow, stops it as a read-only file system
    // does, for root too.
    let mut shared = path.clone().into_os_string();
    shared.push("-shm");
    std::os::unix::fs::symlink("nowhere", &shared).unwrap();
    let readers = readers(&path).await.unwrap();
    assert!(readers.is_immutable());
    let models = readers
        .reader()
        .await
        .unwrap()
        .fetch_one("SELECT count(*) FROM models")
        .await
        .unwrap();
    assert_eq!(models.get::<i64, _>(0), 0);
    readers.close().await;

    let store = SqliteStore::open(&path).await.unwrap();
    let begun = registry_core::backend::Backend::begin(&store).await;
    assert_eq!(begun.unwrap_err().code(), "read_only");
    // It is not looked at again, so nothing is said of whether it was written to.
    let told = registry_core::RegistryStore::data_version(&store).await;
    assert_eq!(told.unwrap(), None);
}
