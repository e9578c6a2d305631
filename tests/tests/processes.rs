//! Many writers on one file: no error, nothing lost, no gap.
//!
//! Eight processes write for `REGISTRY_TEST_SECONDS` seconds: twenty in `cargo xtask ci`, five where it isn't set.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Arc;

use registry_core::search::SearchQuery;
use registry_core::{EventKind, Limit, PromoteRequest, RegistryStore, WriteContext};
use registry_sqlite::SqliteStore;
use registry_tests::writer::Tally;
use registry_tests::{a_model, alice, at, dump, tag};

const WRITERS: u64 = 8;

fn seconds() -> String {
    std::env::var("REGISTRY_TEST_SECONDS").unwrap_or_else(|_| "5".into())
}

#[tokio::test]
async fn eight_processes_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    let store = SqliteStore::open_or_create(&file).await.unwrap();
    let seconds = seconds();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let writer = format!("writer-{writer}");
            Command::new(env!("CARGO_BIN_EXE_crash-writer"))
                .args(["share", file.to_str().unwrap(), &writer, &seconds])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut total = Tally::default();
    for writer in writers {
        let output = writer.wait_with_output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && complaint.is_empty(), "{complaint}");
        let tally: Tally = String::from_utf8(output.stdout).unwrap().parse().unwrap();
        assert!(tally.shared > 0, "a writer got no turn");
        total.shared += tally.shared;
        total.own += tally.own;
        total.promoted += tally.promoted;
        total.labelled += tally.labelled;
    }
    println!("in {seconds} s (shared, own, promoted, labelled): {total}");

    let dump = dump(&store).await.unwrap();
    let mut ordinals: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for model in dump.models.iter().rev() {
        ordinals
            .entry(model.name.as_str())
            .or_default()
            .push(model.ordinal);
    }
    for (name, mut ordinals) in ordinals {
        ordinals.sort_unstable();
        let all: Vec<u64> = (1..=u64::try_from(ordinals.len()).unwrap()).collect();
        assert_eq!(ordinals, all, "ordinals of {name}");
    }
    let of = |shared: bool| {
        let models = dump
            .models
            .iter()
            .filter(|m| (m.name.as_str() == "shared") == shared);
        u64::try_from(models.count()).unwrap()
    };
    assert_eq!((of(true), of(false)), (total.shared, total.own));
    let count = |kind| {
        let events = dump.events.iter().filter(|event| event.kind == kind);
        u64::try_from(events.count()).unwrap()
    };
    assert_eq!(count(EventKind::Registered), total.shared + total.own);
    assert_eq!(count(EventKind::Promoted), total.promoted);
    assert_eq!(count(EventKind::Labelled), total.labelled);
    // Each promotion but the first took the tag from exactly one other.
    assert_eq!(count(EventKind::TagLost), total.promoted - 1);
    let holders = dump
        .models
        .iter()
        .filter(|model| model.tag(&tag("production")).is_some());
    assert_eq!(holders.count(), 1);
    store.close().await;
}

/// How many models hold the tag by promotion, in one look.
async fn promoted_holders(store: &dyn RegistryStore) -> usize {
    let filter = Some("tag = production".parse().unwrap());
    let query = SearchQuery::of_every_status(filter, Vec::new()).unwrap();
    let query = query.limit(Limit::Unlimited);
    let models = store.search_models(&query, at(0)).await.unwrap().items;
    let promoted = models.iter().filter_map(|model| model.tag(&tag("production")));
    promoted.filter(|tag| tag.promoted).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_tasks_share_a_store() {
    const ROUNDS: i64 = 12;
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db")).await;
    let store: Arc<dyn RegistryStore> = Arc::new(store.unwrap());
    let tasks = (0..16).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for round in 0..ROUNDS {
                let context = WriteContext::new(alice(), at(round));
                let model = a_model("shared", &format!("{task}.{round}.0")).build();
                let model = store.register(&context, model).await.unwrap().model;
                let promotion = PromoteRequest::new(model.id, tag("production"));
                store.promote(&context, promotion).await.unwrap();
                assert!(promoted_holders(store.as_ref()).await <= 1);
                if round % 3 == task % 3 {
                    // Whoever was promoted since took the tag from this model.
                    let untagged = store.untag(&context, model.id, &tag("production")).await;
                    assert!(untagged.is_ok() || untagged.unwrap_err().code() == "tag_not_held");
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let query = SearchQuery::new(Some("name = shared".parse().unwrap()), Vec::new()).unwrap();
    let query = query.limit(Limit::Unlimited);
    let models = store.search(&query, at(0)).await.unwrap().items;
    let mut ordinals: Vec<u64> = models.iter().map(|model| model.ordinal).collect();
    ordinals.sort_unstable();
    assert_eq!(
        ordinals,
        (1..=16 * u64::try_from(ROUNDS).unwrap()).collect::<Vec<_>>()
    );
}
