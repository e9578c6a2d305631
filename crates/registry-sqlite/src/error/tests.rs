//! Each failure made for real, and what it is called.

use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

use super::*;

struct Place {
    _folder: tempfile::TempDir,
    location: String,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = folder.path().join("registry.db").to_str().unwrap().to_owned();
        Self {
            _folder: folder,
            location,
        }
    }

    fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.location)
            .busy_timeout(Duration::ZERO)
    }

    fn code(&self, error: sqlx::Error) -> String {
        meaning(&self.location, "test", error).code().to_owned()
    }
}

#[tokio::test]
async fn a_lock_of_others_is_busy() {
    let place = Place::new();
    let mut first = place.options().create_if_missing(true).connect().await.unwrap();
    first.execute("BEGIN EXCLUSIVE").await.unwrap();
    let mut second = place.options().connect().await.unwrap();
    let error = second.execute("BEGIN IMMEDIATE").await.unwrap_err();
    assert_eq!(place.code(error), "busy");
    assert_eq!(place.code(sqlx::Error::PoolTimedOut), "busy");
}

#[tokio::test]
async fn a_file_that_cannot_grow_is_full() {
    let place = Place::new();
    let mut connection = place.options().create_if_missing(true).connect().await.unwrap();
    connection.execute("PRAGMA max_page_count = 1").await.unwrap();
    let error = connection.execute("CREATE TABLE a (b)").await.unwrap_err();
    assert_eq!(place.code(error), "storage_full");
}

#[tokio::test]
async fn a_missing_file_is_missing_and_one_of_others_is_damaged() {
    let place = Place::new();
    let error = place.options().connect().await.unwrap_err();
    assert_eq!(place.code(error), "registry_missing");

    std::fs::write(
        &place.location,
        "not a database at all, but long enough to be taken for a header of one".repeat(9),
    )
    .unwrap();
    let mut connection = place.options().foreign_keys(false).connect().await.unwrap();
    let error = connection
        .execute("SELECT * FROM sqlite_schema")
        .await
        .unwrap_err();
    assert_eq!(place.code(error), "damaged");
}

#[tokio::test]
async fn a_file_cut_off_is_damaged() {
    let place = Place::new();
    let mut connection = place.options().create_if_missing(true).connect().await.unwrap();
    connection
        .execute("CREATE TABLE a (b); INSERT INTO a VALUES (zeroblob(100000)), (1)")
        .await
        .unwrap();
    connection.close().await.unwrap();
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(&place.location)
        .unwrap();
    file.set_len(8192).unwrap();
    let mut connection = place.options().connect().await.unwrap();
    let error = connection
        .execute("SELECT sum(length(b)) FROM a")
        .await
        .unwrap_err();
    assert_eq!(place.code(error), "damaged");
}

#[tokio::test]
async fn a_write_where_one_may_only_read_is_read_only() {
    let place = Place::new();
    let mut connection = place.options().create_if_missing(true).connect().await.unwrap();
    connection.execute("CREATE TABLE a (b)").await.unwrap();
    connection.close().await.unwrap();
    let mut connection = place.options().read_only(true).connect().await.unwrap();
    let error = connection.execute("INSERT INTO a VALUES (1)").await.unwrap_err();
    assert_eq!(place.code(error), "read_only");
}

#[tokio::test]
async fn what_has_no_meaning_of_its_own_says_what_was_tried() {
    let place = Place::new();
    let mut connection = place.options().create_if_missing(true).connect().await.unwrap();
    let error = connection.execute("SELECT * FROM nowhere").await.unwrap_err();
    let error = meaning(&place.location, "look for it", error);
    assert_eq!(error.code(), "storage");
    assert!(
        error.to_string().starts_with("could not look for it: "),
        "{error}"
    );
}
