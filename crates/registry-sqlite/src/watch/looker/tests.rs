use std::path::Path;
use std::time::Instant;

use futures::future::join_all;
use futures::{FutureExt as _, StreamExt as _};
use registry_core::{
    ConfigHash, EventId, EventStream, ModelName, Registration, RegistryStore, Version, WriteContext,
};

use registry_core::record::EventRecord;

use super::*;
use crate::SqliteStore;

/// Long enough for the slowest machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How many connections this process has to the file in this folder: each has its log open. (The file itself stays open
/// behind a connection that is closed, as long as another has a lock on it.)
fn connections(folder: &Path) -> usize {
    let log = folder.canonicalize().unwrap().join("registry.db-wal");
    let open = std::fs::read_dir("/proc/self/fd").unwrap();
    open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|link| *link == log)
        .count()
}

async fn store(folder: &Path) -> SqliteStore {
    SqliteStore::open_or_create(folder.join("registry.db"))
        .await
        .unwrap()
}

async fn register(store: &SqliteStore, number: u64) {
    let context = WriteContext::new("alice".parse().unwrap(), registry_core::Timestamp::EPOCH);
    let registration = Registration::new(
        ModelName::parse("gpt").unwrap(),
        Version::new(1, number, 0),
        registry_core::Checkpoint::elsewhere("s3://models/gpt.pt").unwrap(),
        "language_modeling".parse().unwrap(),
        ConfigHash::of_json("{}").unwrap(),
    );
    store.register(&context, registration).await.unwrap();
}

async fn ids(stream: &mut EventStream, count: usize) -> Vec<i64> {
    let ids = stream.take(count).map(|event| event.unwrap().id.0).collect();
    tokio::time::timeout(PATIENCE, ids).await.unwrap()
}

/// The row of an event.
fn record(id: i64) -> EventRecord {
    EventRecord {
        event_id: id,
        at: 0,
        kind: "settings_changed".into(),
        actor: "alice".into(),
        reason: None,
        model_id: None,
        name: None,
        version: None,
        tag: None,
        before: None,
        after: None,
        previous_event_id: None,
    }
}

/// Polls until it is so.
async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn many_who_follow_share_the_connections_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    register(&store, 0).await;
    let before = connections(folder.path());
    let mut streams = Vec::new();
    for _ in 0..300 {
        streams.push(store.watch(None).await.unwrap());
    }
    register(&store, 1).await;
    for heard in join_all(streams.iter_mut().map(|stream| ids(stream, 1))).await {
        assert_eq!(heard, [2]);
    }
    // The one that looks, the one that reads for it, and those that read for who follows.
    let more = connections(folder.path()) - before;
    assert!((1..=2 + READERS as usize).contains(&more), "{more} more");
    drop(streams);
    until("its connections end with the last who follows", || {
        connections(folder.path()) == before
    })
    .await;
}

#[tokio::test]
async fn who_leaves_in_the_middle_takes_nothing_from_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    for number in 0..20 {
        register(&store, number).await;
    }
    let mut staying = Vec::new();
    for follower in 0..20 {
        // Some from now on, some from the first event.
        let after = (follower % 2 == 0).then_some(EventId(0));
        staying.push((after.is_some(), store.watch(after).await.unwrap()));
    }
    let leaving = async {
        for number in 20_u64..60 {
            let mut streams = Vec::new();
            for _ in 0..10 {
                streams.push(store.watch(Some(EventId(0))).await.unwrap());
            }
            // They are left at every point of what they do: each was asked once more than the one before.
            for (polls, stream) in streams.iter_mut().enumerate() {
                for _ in 0..=polls {
                    let _ = stream.next().now_or_never();
                    tokio::task::yield_now().await;
                }
            }
            register(&store, number).await;
            drop(streams);
        }
    };
    let hearing = join_all(staying.iter_mut().map(|(from_the_first, stream)| async {
        let first = if *from_the_first { 1 } else { 21 };
        let all: Vec<i64> = (first..=60).collect();
        assert_eq!(ids(stream, all.len()).await, all);
    }));
    tokio::join!(leaving, hearing);
}

#[tokio::test]
async fn who_is_far_behind_reads_what_is_not_at_hand_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let mut slow = store.watch(None).await.unwrap();
    let mut quick = store.watch(None).await.unwrap();
    let looker = store.lookout().looker();
    register(&store, 0).await;
    assert_eq!(ids(&mut quick, 1).await, [1]);
    let is_found = || looker.at_hand(0, 10).is_some_and(|events| events.len() == 1);
    until("it was found", is_found).await;
    // As if a thousand others had been found meanwhile.
    locked(&looker.0.found)
        .recent
        .add((2..).map(record).take(1_000).collect());
    assert!(looker.at_hand(0, 500).is_none());
    assert_eq!(looker.at_hand(1, 500).unwrap().len(), 500);
    assert_eq!(ids(&mut slow, 1).await, [1]);
}

#[tokio::test]
async fn what_is_committed_is_read_at_once_though_nobody_has_looked_since() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let mut feed = store.events().await.unwrap();
    for number in 0..20 {
        register(&store, number).await;
        let last = i64::try_from(number).unwrap();
        assert_eq!(feed.now().await.unwrap(), EventId(last + 1));
        assert_eq!(feed.after(EventId(last), 10).await.unwrap().len(), 1);
    }
}

#[test]
fn it_goes_on_when_the_runtime_of_the_first_ends() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (runtime(), runtime());
    let store = second.block_on(store(folder.path()));
    let began = first.block_on(store.watch(None)).unwrap();
    let mut stream = second.block_on(store.watch(None)).unwrap();
    drop(first);
    second.block_on(register(&store, 0));
    assert_eq!(second.block_on(ids(&mut stream, 1)), [1]);
    drop(began);
}
