//! Following the events of a server, by asking for those after the last one. The server waits with its answer until
//! there is one.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use registry_core::watch::{Feed, Patience};
use registry_core::{Event, EventId, Result};
use serde::Deserialize;

use crate::http::{Call, Http};
use crate::store::PAGE;

/// How long the server is asked to wait for an event.
const WAIT: Duration = Duration::from_secs(20);
/// The first pause before a server is asked again that answered once, and is away.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Deserialize)]
struct Events {
    events: Vec<Event>,
    next: EventId,
}

/// One who asks again and again.
pub(crate) struct Poll {
    http: Http,
    /// Where the next wait begins: what was answered last.
    last: EventId,
    /// What a wait has found, for the next question.
    ready: Option<(EventId, Vec<Event>)>,
    /// Whether the server has answered.
    met: bool,
    patience: Patience,
}

impl Poll {
    pub(crate) fn new(http: Http) -> Self {
        Self {
            http,
            last: EventId(0),
            ready: None,
            met: false,
            patience: Patience::new(PAUSE),
        }
    }

    async fn ask(&mut self, after: EventId, take: i64, wait: Duration) -> Result<Events> {
        loop {
            let call = Call::get(["events"])
                .with("after", after)
                .with("limit", take.clamp(1, PAGE.into()))
                .with("wait", wait.as_secs())
                .waiting(wait);
            match self.http.read(call).await {
                Ok(events) => {
                    self.met = true;
                    self.patience.answered();
                    return Ok(events);
                }
                Err(error) if self.met => {
                    let pause = self.patience.pause(error, Instant::now())?;
                    tokio::time::sleep(pause).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

#[async_trait]
impl Feed for Poll {
    async fn now(&mut self) -> Result<EventId> {
        let events: Events = self.http.read(Call::get(["events"]).with("after", "now")).await?;
        self.met = true;
        Ok(events.next)
    }

    async fn after(&mut self, last: EventId, take: i64) -> Result<Vec<Result<Event>>> {
        let mut events = match self.ready.take() {
            Some((after, events)) if after == last => events,
            _ => self.ask(last, take, Duration::ZERO).await?.events,
        };
        // What is left out is asked for again.
        events.truncate(usize::try_from(take).unwrap_or(usize::MAX));
        self.last = events.last().map_or(last, |event| event.id);
        Ok(events.into_iter().map(Ok).collect())
    }

    async fn changed(&mut self) -> Result<()> {
        let found = self.ask(self.last, PAGE.into(), WAIT).await?;
        if !found.events.is_empty() {
            self.ready = Some((self.last, found.events));
        }
        Ok(())
    }
}
