//! Turns, and what becomes of connections.

use std::time::Duration;

use futures::future::join_all;
use sqlx::{Executor, Row};

use super::Readers;

fn readers(most: u32) -> (tempfile::TempDir, Readers) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("some.db");
    std::fs::File::create(&path).unwrap();
    let readers = Readers::new(crate::connect::options(&path), most, Duration::from_millis(20));
    (folder, readers)
}

async fn one(readers: &Readers) -> i64 {
    let mut reader = readers.reader().await.unwrap();
    reader.fetch_one("SELECT 1").await.unwrap().get(0)
}

#[tokio::test]
async fn one_connection_is_enough_for_one_after_another() {
    let (_folder, readers) = readers(4);
    for _ in 0..5 {
        assert_eq!(one(&readers).await, 1);
    }
    assert_eq!(readers.resting(), 1);
}

#[tokio::test]
async fn many_share_the_connections() {
    let (_folder, readers) = readers(2);
    assert_eq!(join_all((0..50).map(|_| one(&readers))).await, [1; 50]);
    assert!(readers.resting() <= 2);
}

#[tokio::test]
async fn it_tells_what_it_keeps() {
    let (_folder, readers) = readers(3);
    let told = |readers: &Readers| {
        let pool = readers.pool();
        (pool.most, pool.open, pool.idle)
    };
    assert_eq!(told(&readers), (3, 0, 0));
    let (first, second) = (readers.reader().await.unwrap(), readers.reader().await.unwrap());
    assert_eq!(told(&readers), (3, 2, 0));
    drop(first);
    assert_eq!(told(&readers), (3, 2, 1));
    drop(second);
    assert_eq!(told(&readers), (3, 2, 2));
}

#[tokio::test]
async fn patience_ends() {
    let (_folder, readers) = readers(1);
    let held = readers.reader().await.unwrap();
    let waited = readers.reader().await.unwrap_err();
    assert!(matches!(waited, sqlx::Error::PoolTimedOut), "{waited:?}");
    drop(held);
    assert_eq!(one(&readers).await, 1);
}

/// Who goes away in the middle of a statement leaves a connection that others can use.
#[tokio::test]
async fn a_statement_may_be_abandoned() {
    let (_folder, readers) = readers(1);
    let long = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) FROM n";
    let abandoned = tokio::time::timeout(Duration::from_micros(1), async {
        let mut reader = readers.reader().await.unwrap();
        drop(reader.fetch_one(long).await);
    });
    drop(abandoned.await);
    assert_eq!(one(&readers).await, 1);
}

#[tokio::test]
async fn closing_waits_for_those_in_use() {
    let (_folder, readers) = readers(2);
    let held = readers.reader().await.unwrap();
    let closing = tokio::spawn({
        let readers = readers.clone();
        async move { readers.close().await }
    });
    tokio::task::yield_now().await;
    assert!(!closing.is_finished());
    drop(held);
    closing.await.unwrap();
    assert_eq!(readers.resting(), 0);
    let refused = readers.reader().await.unwrap_err();
    assert!(matches!(refused, sqlx::Error::PoolClosed), "{refused:?}");
}
