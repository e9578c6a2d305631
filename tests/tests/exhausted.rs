//! The numbers come to their end: on both backends and in the reference.

use std::sync::Arc;

use registry_core::record::LastIds;
use registry_sqlite::SqliteStore;
use registry_tests::exhausted::{events_end, ids_end, ordinals_end, raise};
use registry_tests::{PostgresRegistry, Reference, Session, fast_folder};

const NONE: LastIds = LastIds { model: 0, event: 0 };
const MODELS: LastIds = LastIds {
    model: i64::MAX - 1,
    event: 0,
};
const EVENTS: LastIds = LastIds {
    model: 0,
    event: i64::MAX - 2,
};

#[tokio::test]
async fn in_the_reference() {
    let last = i64::MAX - 1;
    ordinals_end(Session::new(Arc::new(Reference::after(0, &[("gpt", last)])))).await;
    ids_end(Session::new(Arc::new(Reference::after(last, &[])))).await;
}

#[tokio::test]
async fn on_sqlite() {
    let folder = fast_folder();
    let open = async |name: &str, last, ordinal| {
        let store = SqliteStore::open_or_create(folder.path().join(name))
            .await
            .unwrap();
        raise(&store, last, ordinal).await;
        Session::new(Arc::new(store))
    };
    ordinals_end(open("ordinals.db", NONE, Some(i64::MAX - 1)).await).await;
    ids_end(open("ids.db", MODELS, None).await).await;
    events_end(open("events.db", EVENTS, None).await).await;
}

#[tokio::test]
async fn on_postgresql() {
    let registry = PostgresRegistry::new().await;
    let open = async |last, ordinal| {
        registry.clear().await;
        let store = registry.open().await;
        raise(&store, last, ordinal).await;
        Session::new(Arc::new(store))
    };
    ordinals_end(open(NONE, Some(i64::MAX - 1)).await).await;
    ids_end(open(MODELS, None).await).await;
    events_end(open(EVENTS, None).await).await;
}
