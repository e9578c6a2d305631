//! Following the history: every event once, in order, whoever writes.

use registry_core::{Event, EventId};

use crate::following::{follow, next};
use crate::{Session, a_model};

/// Everything that happened, oldest first.
async fn all(registry: &Session) -> Vec<Event> {
    let mut events = registry.events().await;
    events.sort_by_key(|event| event.id);
    events
}

pub(crate) async fn from_the_first_event_on(registry: Session) {
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        registry.register(a_model("gpt", version).tagged("a")).await;
    }
    let mut stream = follow(registry.store(), Some(0)).await;
    assert_eq!(next(&mut stream, 6).await, all(&registry).await);
}

pub(crate) async fn after_an_event(registry: Session) {
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        registry.register(a_model("gpt", version).tagged("a")).await;
    }
    let events = all(&registry).await;
    for (place, event) in events.iter().enumerate().take(5) {
        let mut stream = follow(registry.store(), Some(event.id.0)).await;
        assert_eq!(next(&mut stream, 5 - place).await, events[place + 1..]);
    }
}

pub(crate) async fn from_now_on(registry: Session) {
    registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    let mut stream = follow(registry.store(), None).await;
    let before = all(&registry).await.len();
    let model = registry.register(a_model("gpt", "1.1.0").tagged("a")).await;
    registry.promote(&model, "production").await;
    assert_eq!(next(&mut stream, 3).await, all(&registry).await[before..]);
}

pub(crate) async fn of_an_empty_registry(registry: Session) {
    let mut stream = follow(registry.store(), None).await;
    registry.register(a_model("gpt", "1.0.0")).await;
    assert_eq!(next(&mut stream, 1).await, all(&registry).await);
}

pub(crate) async fn each_as_it_comes(registry: Session) {
    let mut stream = follow(registry.store(), None).await;
    for version in 1..10 {
        let model = registry.register(a_model("gpt", &format!("{version}.0.0"))).await;
        let events = next(&mut stream, 1).await;
        assert_eq!(events[0].model, Some(model.reference()));
    }
}

pub(crate) async fn what_did_not_happen_holds_nothing_up(registry: Session) {
    let mut stream = follow(registry.store(), Some(0)).await;
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    for version in ["1.1.0", "1.2.0", "1.3.0"] {
        let rehearsal = registry.context().dry_run(true);
        let tagged = a_model("gpt", "2.0.0").tagged("a").build();
        registry.store().register(&rehearsal, tagged).await.unwrap();
        assert!(registry.try_register(a_model("gpt", "1.0.0")).await.is_err());
        registry.register(a_model("gpt", version)).await;
    }
    registry.promote(&model, "production").await;
    assert_eq!(next(&mut stream, 5).await, all(&registry).await);
}

pub(crate) async fn none_is_missed_among_many_writers(registry: Session) {
    const WRITERS: usize = 8;
    const WRITES: usize = 8;
    let mut early = follow(registry.store(), Some(0)).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = registry.shared_store();
            let contexts: Vec<_> = (0..WRITES)
                .map(|write| registry.context().dry_run(write % 4 == 3))
                .collect();
            tokio::spawn(async move {
                for (write, context) in contexts.iter().enumerate() {
                    let model = a_model(&format!("gpt-{writer}"), &format!("1.{write}.0")).tagged("a");
                    store.register(context, model.build()).await.unwrap();
                }
            })
        })
        .collect();
    let mut late = follow(registry.store(), Some(0)).await;
    // Two events for each model; every fourth write is a rehearsal.
    let count = WRITERS * WRITES * 3 / 4 * 2;
    let (early, late) = (next(&mut early, count).await, next(&mut late, count).await);
    for writer in writers {
        writer.await.unwrap();
    }
    let all = all(&registry).await;
    assert_eq!(all.len(), count);
    assert_eq!(early, all);
    assert_eq!(late, all);
}

pub(crate) async fn goes_on_where_another_stopped(registry: Session) {
    let mut seen = Vec::new();
    let mut last = EventId(0);
    for version in 1..6 {
        registry
            .register(a_model("gpt", &format!("{version}.0.0")).tagged("a"))
            .await;
        // Each reads a little further and is gone.
        let mut stream = follow(registry.store(), Some(last.0)).await;
        seen.extend(next(&mut stream, 1).await);
        last = seen[seen.len() - 1].id;
    }
    let mut stream = follow(registry.store(), Some(last.0)).await;
    seen.extend(next(&mut stream, 5).await);
    assert_eq!(seen, all(&registry).await);
}
