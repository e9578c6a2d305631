//! Following a registry: its events as a stream that goes on.
//!
//! What a backend must answer is a [`Feed`]; the order of questions stands here, once. The stored events are the truth:
//! whatever wakes a feed up is only a reason to look again, so a wake-up that is lost costs time and never an event.

mod patience;
mod recent;

use std::collections::VecDeque;
use std::pin::Pin;

use async_trait::async_trait;
use futures::Stream;
use futures::stream::try_unfold;

pub use self::patience::Patience;
pub use self::recent::Recent;
use crate::error::Result;
use crate::event::{Event, EventId};

/// Events in the order of their ids, each once, without an end. After an error there is nothing more; whoever goes on
/// begins again after the last event that came.
pub type EventStream = Pin<Box<dyn Stream<Item = Result<Event>> + Send>>;

/// How many events are read at a time.
const AT_ONCE: i64 = 500;

/// What a store answers to one who follows its events. It goes on by itself over lost connections for as long as it
/// makes sense.
#[async_trait]
pub trait Feed: Send {
    /// The highest id such that every event after it is still to come, or as good as: what others commit from the answer
    /// on has a higher one.
    async fn now(&mut self) -> Result<EventId>;

    /// The events after this one, by their ids, at most `take`; none where there is none yet. It stops short of an event
    /// as long as one with a lower id may still appear.
    async fn after(&mut self, last: EventId, take: i64) -> Result<Vec<Result<Event>>>;

    /// Waits until there may be more than [`after`](Feed::after) answered last. It may answer too early; what appeared
    /// since that question makes it answer at once.
    async fn changed(&mut self) -> Result<()>;
}

/// The events after this one, or those from now on.
///
/// # Errors
/// Those of the feed, which is asked what is now.
pub async fn follow(mut feed: Box<dyn Feed>, after: Option<EventId>) -> Result<EventStream> {
    let last = match after {
        Some(last) => last,
        None => feed.now().await?,
    };
    let following = Following {
        feed,
        last,
        ready: VecDeque::new(),
        caught_up: false,
    };
    Ok(Box::pin(try_unfold(following, async |mut following| {
        let event = following.next().await?;
        Ok(Some((event, following)))
    })))
}

struct Following {
    feed: Box<dyn Feed>,
    /// The last event that was handed out.
    last: EventId,
    ready: VecDeque<Result<Event>>,
    /// Whether the last answer held all that there was.
    caught_up: bool,
}

impl Following {
    async fn next(&mut self) -> Result<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                let event = event?;
                self.last = event.id;
                return Ok(event);
            }
            if std::mem::take(&mut self.caught_up) {
                self.feed.changed().await?;
            }
            let events = self.feed.after(self.last, AT_ONCE).await?;
            self.caught_up = i64::try_from(events.len()).is_ok_and(|count| count < AT_ONCE);
            self.ready = events.into();
        }
    }
}
