//! Following a registry in a test, with a bound on every wait.

use std::time::Duration;

use futures::StreamExt;
use registry_core::{Event, EventId, EventStream, RegistryStore};

/// Long enough for the slowest machine; nothing waits for as long as it is sound.
const PATIENCE: Duration = Duration::from_mins(1);

/// Follows a registry after the event of this number, or from now on.
pub async fn follow(store: &dyn RegistryStore, after: Option<i64>) -> EventStream {
    store.watch(after.map(EventId)).await.unwrap()
}

/// The next so many events.
pub async fn next(stream: &mut EventStream, count: usize) -> Vec<Event> {
    let mut events = Vec::new();
    while events.len() < count {
        let event = tokio::time::timeout(PATIENCE, stream.next()).await;
        let Ok(event) = event else {
            panic!("only {} of {count} events came", events.len());
        };
        events.push(event.unwrap().unwrap());
    }
    events
}
