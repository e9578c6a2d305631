//! Several stores on one file, as several processes have it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use registry_core::search::SearchQuery;
use registry_core::{
    Checkpoint, ConfigHash, Limit, ModelId, PromoteRequest, Registration, RegistryStore, Selector, Timestamp,
    Version, WriteContext,
};
use registry_sqlite::SqliteStore;

fn context() -> WriteContext {
    WriteContext::new("alice".parse().unwrap(), Timestamp::from_micros(0).unwrap())
}

fn a_model(name: &str, minor: u64) -> Registration {
    Registration::new(
        name.parse().unwrap(),
        Version::new(1, minor, 0),
        Checkpoint::elsewhere("s3://models/gpt-small.pt").unwrap(),
        "language_modeling".parse().unwrap(),
        ConfigHash::of_json("{}").unwrap(),
    )
}

#[tokio::test]
async fn what_one_store_wrote_the_other_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let first = SqliteStore::open_or_create(&path).await.unwrap();
    let second = SqliteStore::open(&path).await.unwrap();
    let model = first
        .register(&context(), a_model("gpt-small", 0))
        .await
        .unwrap()
        .model;
    assert_eq!(
        second.find(&Selector::Id(model.id)).await.unwrap(),
        Some(model.clone())
    );
    let request = PromoteRequest::new(model.id, "production".parse().unwrap());
    second.promote(&context(), request).await.unwrap();
    let found = first.find(&":production".parse().unwrap()).await.unwrap();
    assert_eq!(found.map(|model| model.id), Some(model.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = Arc::new(folder.path().join("registry.db"));
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let path = path.clone();
            tokio::spawn(async move {
                let store = SqliteStore::open_or_create(&*path).await.unwrap();
                for minor in 0..25 {
                    let registration = a_model(&format!("writer-{writer}"), minor);
                    store.register(&context(), registration).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let store = SqliteStore::open(&*path).await.unwrap();
    let all = SearchQuery::default().limit(Limit::Unlimited);
    let models = store.search_models(&all, Timestamp::EPOCH).await.unwrap().items;
    let mut ids: Vec<i64> = models.iter().map(|model| model.id.get()).collect();
    ids.reverse();
    assert_eq!(ids, (1..=200).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_highest_id_is_not_used_again_after_a_delete() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let store = SqliteStore::open_or_create(&path).await.unwrap();
    for minor in 0..3 {
        store
            .register(&context(), a_model("gpt-small", minor))
            .await
            .unwrap();
    }
    let last = ModelId::try_from(3).unwrap();
    store.delete(&context(), last, false).await.unwrap();
    store.close().await;
    let store = SqliteStore::open(&path).await.unwrap();
    let next = store
        .register(&context(), a_model("gpt-small", 3))
        .await
        .unwrap()
        .model;
    assert_eq!((next.id.get(), next.ordinal), (4, 4));
}

#[tokio::test]
async fn a_write_that_is_dropped_halfway_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db"))
        .await
        .unwrap();
    let context = context();
    for polls in 0..40_u32 {
        let registering = store.register(&context, a_model("gpt-small", u64::from(polls)));
        let mut registering = std::pin::pin!(registering);
        // Polled a few times, then dropped: as when a client hangs up.
        let left = std::sync::atomic::AtomicU32::new(polls);
        let cut_off = std::future::poll_fn(|task| {
            if left.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) == 0 {
                return std::task::Poll::Ready(());
            }
            registering.as_mut().poll(task).map(drop)
        });
        cut_off.await;
    }
    let model = store.register(&context, a_model("other", 0)).await.unwrap().model;
    let all = SearchQuery::default().limit(Limit::Unlimited);
    let models = store.search_models(&all, Timestamp::EPOCH).await.unwrap().items;
    assert_eq!(
        i64::try_from(models.len()).unwrap(),
        model.id.get(),
        "an id was used and its model is gone"
    );
}
