//! Following a file that other processes write.

use std::process::{Command, Stdio};
use std::sync::Arc;

use registry_core::{HistoryQuery, Limit, RegistryStore, WriteContext};
use registry_sqlite::SqliteStore;
use registry_tests::following::{follow, next};
use registry_tests::{a_model, alice, at, fast_folder};

#[tokio::test]
async fn what_another_process_writes_is_seen() {
    let folder = fast_folder();
    let file = folder.path().join("registry.db");
    let store = SqliteStore::open_or_create(&file).await.unwrap();
    let mut stream = follow(&store, None).await;
    let writer = Command::new(env!("CARGO_BIN_EXE_crash-writer"))
        .args(["share", file.to_str().unwrap(), "writer-1", "1"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // The first come while it still writes.
    let mut seen = next(&mut stream, 3).await;
    let output = writer.wait_with_output().unwrap();
    assert!(output.status.success());
    let whole = HistoryQuery {
        limit: Limit::Unlimited,
        ..HistoryQuery::default()
    };
    let mut all = store.history(&whole).await.unwrap().items;
    all.reverse();
    seen.extend(next(&mut stream, all.len() - seen.len()).await);
    assert_eq!(seen, all);
}

#[tokio::test]
async fn a_follower_hinders_no_writer() {
    let folder = fast_folder();
    let file = folder.path().join("registry.db");
    let store = SqliteStore::open_or_create(&file).await.unwrap();
    let context = WriteContext::new(alice(), at(1));
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(follow(&store, None).await);
    }
    let other: Arc<dyn RegistryStore> = Arc::new(SqliteStore::open(&file).await.unwrap());
    for version in 1..20 {
        let model = a_model("gpt", &format!("{version}.0.0")).build();
        other.register(&context, model).await.unwrap();
    }
    // They outlive the store with which they began.
    store.close().await;
    for stream in &mut streams {
        let ids: Vec<_> = next(stream, 19).await.iter().map(|event| event.id.0).collect();
        assert_eq!(ids, (1..20).collect::<Vec<_>>());
    }
}
