//! What becomes of those who follow while somebody hangs at a write.

use std::time::Duration;

use registry_core::watch::Feed;
use registry_core::{EventId, Result};
use sqlx::{Executor, PgConnection};

use super::{Follower, Lookout};
use crate::search::tests::{registry, remove};

const PATIENCE: Duration = Duration::from_secs(1);
const INSERT: &str = "
    INSERT INTO events (event_id, at, kind, actor)
    VALUES (nextval('event_ids'), 0, 'settings_changed', 'alice')
";

async fn insert(connection: &mut PgConnection) {
    connection.execute(INSERT).await.unwrap();
}

async fn after(follower: &mut Follower, last: i64) -> Result<Vec<i64>> {
    let events = follower.after(EventId(last), 10).await?;
    Ok(events.into_iter().map(|event| event.unwrap().id.0).collect())
}

#[tokio::test]
async fn who_hangs_at_a_write_takes_patience_only_from_those_who_wait_for_it() {
    let store = registry().await;
    let lookout = Lookout::patient(store.connections(), false, PATIENCE);
    let mut slow = store.connections().lend().await.unwrap();
    let mut fast = store.connections().lend().await.unwrap();
    insert(&mut fast).await;
    slow.execute("BEGIN").await.unwrap();
    insert(&mut slow).await;
    insert(&mut fast).await;

    let mut free = Follower::begin(&lookout);
    assert_eq!(after(&mut free, 0).await.unwrap(), [1]);
    // One after the other, each for as long.
    for _ in 0..2 {
        let error = Follower::begin(&lookout).now().await.unwrap_err();
        assert_eq!(error.code(), "timed_out", "{error}");
    }
    let mut held = Follower::begin(&lookout);
    let error = loop {
        match after(&mut held, 1).await {
            Ok(events) => assert!(events.is_empty(), "{events:?} came too early"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "timed_out", "{error}");

    assert_eq!(after(&mut free, 0).await.unwrap(), [1]);
    slow.execute("COMMIT").await.unwrap();
    while after(&mut free, 1).await.unwrap() != [2, 3] {
        free.changed().await.unwrap();
    }
    assert_eq!(free.now().await.unwrap(), EventId(3));
    drop((free, held, slow, fast));
    remove(store).await;
}
