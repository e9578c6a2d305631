//! Following the events of a server, by asking for those after the last one. The server waits with its answer until
//! there is one.

use std::time::Duration;

use async_trait::async_trait;
use registry_core::watch::Feed;
use registry_core::{Error, Event, EventId, Result};
use serde::Deserialize;
use tokio::time::Instant;

use crate::http::{Call, Http};
use crate::store::PAGE;

/// How long the server is asked to wait for an event.
const WAIT: Duration = Duration::from_secs(20);
/// How long a server that answered once may be away, as for being started anew.
const LOST: Duration = Duration::from_mins(1);
/// The first pause before it is asked again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

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
    /// Since when it is away, and the next pause.
    lost: Option<(Instant, Duration)>,
}

impl Poll {
    pub(crate) fn new(http: Http) -> Self {
        Self {
            http,
            last: EventId(0),
            ready: None,
            met: false,
            lost: None,
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
                    (self.met, self.lost) = (true, None);
                    return Ok(events);
                }
                Err(error) => self.pause(error).await?,
            }
        }
    }

    /// Pauses after a failure that may pass, or says what it was.
    async fn pause(&mut self, error: Error) -> Result<()> {
        let passing = matches!(
            error,
            Error::Unreachable { .. } | Error::Busy { .. } | Error::TimedOut { .. }
        );
        let (since, pause) = self.lost.unwrap_or((Instant::now(), PAUSES.0));
        if !self.met || !passing || since.elapsed() > LOST {
            return Err(error);
        }
        self.lost = Some((since, PAUSES.1.min(pause * 2)));
        tokio::time::sleep(pause).await;
        Ok(())
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
