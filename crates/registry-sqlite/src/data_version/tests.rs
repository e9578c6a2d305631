use std::time::Duration;

use futures::FutureExt as _;
use futures::future::join_all;
use registry_core::{Checkpoint, ConfigHash, Registration, RegistryStore, Timestamp, Version, WriteContext};

use super::*;
use crate::SqliteStore;

async fn store(folder: &tempfile::TempDir) -> SqliteStore {
    SqliteStore::open_or_create(folder.path().join("registry.db"))
        .await
        .unwrap()
}

/// Writes something, whatever others write.
async fn write(store: &SqliteStore) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let context = WriteContext::new("alice".parse().unwrap(), Timestamp::EPOCH);
    let registration = Registration::new(
        "gpt".parse().unwrap(),
        Version::new(1, NUMBER.fetch_add(1, Ordering::Relaxed), 0),
        Checkpoint::elsewhere("s3://models/gpt.pt").unwrap(),
        "language_modeling".parse().unwrap(),
        ConfigHash::of_json("{}").unwrap(),
    );
    store.register(&context, registration).await.unwrap();
}

async fn version(store: &SqliteStore) -> DataVersion {
    store.data_version().await.unwrap().unwrap()
}

#[tokio::test]
async fn it_changes_with_each_commit_of_anybody_and_with_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (store(&folder).await, store(&folder).await);
    let mut seen = vec![version(&ours).await];
    for writer in [&ours, &theirs, &ours, &theirs] {
        write(writer).await;
        let now = version(&ours).await;
        assert!(!seen.contains(&now));
        ours.settings().await.unwrap();
        assert_eq!(version(&ours).await, now);
        seen.push(now);
    }
}

/// Each of many who write and ask at once sees his own write.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_was_told_that_it_is_written_sees_that_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let writers = (0..8).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            for _ in 0..50 {
                let before = version(&store).await;
                write(&store).await;
                assert_ne!(version(&store).await, before);
            }
        })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
}

/// Who goes away in the middle of a question leaves no statement open, with which the number would stand still.
#[tokio::test]
async fn who_goes_away_leaves_the_next_one_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    for wait in 0..50 {
        let before = version(&store).await;
        let asked = store.data_version();
        let _ = tokio::time::timeout(Duration::from_micros(wait * 4), asked).await;
        write(&store).await;
        // Polled once and dropped.
        assert!(store.data_version().now_or_never().is_none());
        assert_ne!(version(&store).await, before);
    }
}

/// Numbers of a connection that was lost with its runtime mean nothing to the one that follows it.
#[test]
fn a_runtime_that_ends_takes_no_answer_along() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let first = runtime();
    let store = first.block_on(store(&folder));
    let before = first.block_on(version(&store));
    for _ in 0..20 {
        let next = runtime();
        next.block_on(async { assert!(store.data_version().now_or_never().is_none()) });
        next.shutdown_background();
    }
    let last = runtime();
    last.block_on(async {
        write(&store).await;
        assert_ne!(version(&store).await, before);
        store.close().await;
        assert!(store.data_version().await.is_err());
    });
}
