//! Following the events.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use registry_core::watch::Feed;
use registry_core::{Error, Event, EventId, Result};
use tokio::sync::watch::Receiver;

use super::Reference;
use super::state::State;

/// One who looks at the state after every write.
pub(super) struct Follower {
    state: Arc<Mutex<State>>,
    written: Receiver<()>,
}

impl Reference {
    pub(super) fn follower(&self) -> Follower {
        Follower {
            state: Arc::clone(&self.state),
            written: self.written.subscribe(),
        }
    }
}

#[async_trait]
impl Feed for Follower {
    async fn now(&mut self) -> Result<EventId> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(state.last_event().unwrap_or(EventId(i64::MAX)))
    }

    async fn after(&mut self, last: EventId, take: i64) -> Result<Vec<Result<Event>>> {
        self.written.mark_unchanged();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let events = state
            .events
            .iter()
            .filter(|event| event.id > last)
            .cloned()
            .map(Ok);
        Ok(events.take(usize::try_from(take).unwrap_or(usize::MAX)).collect())
    }

    async fn changed(&mut self) -> Result<()> {
        self.written.changed().await.map_err(|_| Error::Storage {
            action: "follow the history".into(),
            source: "the registry is gone".into(),
        })
    }
}
