//! Following the events, of which one with a lower id may be committed after one with a higher.
//!
//! Ids come from a sequence. Whoever takes one, or looks whether an old one is still good (`numbers.rs`), has a lock on
//! the sequence until his transaction ends, and the server lets go of locks only after others can see what was
//! committed. So an event behind a gap is handed out once everybody has ended who had that lock after the event was
//! seen: by then the rest is there, or was rolled back. Who comes later gets higher ids. Transactions that have nothing to
//! do with this registry's events hold up nobody; one that hangs does, until the server ends it or patience is over.
//!
//! One [`Looker`] sees to that for all who follow a store, and reads for them what is there to stay. Notifications only
//! wake it up; a look once in [`INTERVAL`] finds what none told of, as behind a pooler, where nobody can listen. Until a
//! new looker knows from where on nothing is held back, each reads by himself what follows without a gap.

mod connection;
mod gap;
mod looker;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use async_trait::async_trait;
use registry_core::record::EventRecord;
use registry_core::watch::{Feed, Patience};
use registry_core::{Event, EventId, Result};
use tokio::sync::watch;

pub(crate) use self::looker::Lookout;
use self::looker::{Failure, Looker};

/// How long a look at the events waits for a notification.
const INTERVAL: Duration = Duration::from_secs(1);
/// The first pause after a failure.
const PAUSE: Duration = Duration::from_millis(50);
/// What is being done, as errors say it.
const ACTION: &str = "follow the history";

/// One who follows the events.
pub(crate) struct Follower {
    lookout: Lookout,
    looker: Looker,
    /// Counts what the looker has found.
    news: watch::Receiver<u64>,
    /// Whether the looker has just told of something, or looked: then what it read is what there is to read. Otherwise
    /// the server is asked, since the looker may be some time behind it.
    told: bool,
    /// Since when the next event is held back, as far as this one knows who reads by itself.
    held: Option<Instant>,
    patience: Patience,
}

impl Follower {
    /// Begins; what cannot be followed says so with the first question.
    pub(crate) fn begin(lookout: &Lookout) -> Self {
        let looker = lookout.looker();
        Self {
            news: looker.news(),
            looker,
            lookout: lookout.clone(),
            told: false,
            held: None,
            patience: Patience::new(PAUSE),
        }
    }

    /// Waits until the looker has a beginning, or a while: who hangs at a write does not keep from others what nothing can
    /// come before any more.
    async fn begun(&mut self) -> Result<()> {
        loop {
            let begun = tokio::time::timeout(INTERVAL, self.news.wait_for(|found| *found > 0)).await;
            let has_ended = begun.is_ok_and(|begun| begun.is_err());
            if !has_ended && !self.looker.is_over() {
                return Ok(());
            }
            self.renew().await?;
        }
    }

    /// Goes on with another, where nobody looks any more.
    async fn renew(&mut self) -> Result<()> {
        if let Some(failure) = self.looker.failure() {
            return Err(failure.meaning(self.lookout.location()));
        }
        // It ended or rests with the runtime of whoever began it, and this one may be about to.
        tokio::task::yield_now().await;
        self.looker = self.lookout.looker();
        self.news = self.looker.news();
        Ok(())
    }

    /// Has the looker look; the id of the newest event that it could see.
    async fn look(&mut self) -> Result<i64> {
        loop {
            match self.looker.look().await {
                Some(looked) => return looked.map_err(|failure| failure.meaning(self.lookout.location())),
                None => self.renew().await?,
            }
        }
    }

    /// Reads by itself, again after a pause while the server cannot be reached.
    async fn read(&mut self, last: i64, take: i64) -> Result<(Vec<EventRecord>, bool)> {
        loop {
            let read = tokio::select! {
                read = self.looker.read(last, take) => read,
                () = self.looker.over() => {
                    self.renew().await?;
                    continue;
                }
            };
            match read {
                Ok(read) => {
                    self.patience.answered();
                    return Ok(read);
                }
                // Its connections end with the runtime of whoever began it.
                Err(_) if self.looker.is_over() => self.renew().await?,
                Err(error) => {
                    let pause = self.patience.pause(self.looker.meaning(error), Instant::now())?;
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
}

#[async_trait]
impl Feed for Follower {
    async fn now(&mut self) -> Result<EventId> {
        let mut newest = self.look().await?;
        while self.looker.settled().is_none_or(|settled| settled < newest) {
            newest = newest.min(self.look().await?);
        }
        self.told = true;
        Ok(EventId(newest))
    }

    async fn after(&mut self, last: EventId, take: i64) -> Result<Vec<Result<Event>>> {
        // First the count: what is found after this look is news, whether or not the events show it already.
        self.news.mark_unchanged();
        if std::mem::take(&mut self.told)
            && let Some(events) = self.looker.at_hand(last.0, take)
        {
            self.held = None;
            return Ok(events);
        }
        self.begun().await?;
        let (mut records, held) = self.read(last.0, take).await?;
        if held && self.looker.settled().is_some() {
            // The looker may only be some time behind.
            self.look().await?;
            (records, _) = self.read(last.0, take).await?;
        }
        self.held = (held && records.is_empty()).then(|| self.held.unwrap_or_else(Instant::now));
        if self
            .held
            .is_some_and(|since| since.elapsed() > self.lookout.patience())
        {
            return Err(Failure::Held.meaning(self.lookout.location()));
        }
        Ok(records.into_iter().map(Event::try_from).collect())
    }

    async fn changed(&mut self) -> Result<()> {
        let has_begun = *self.news.borrow() > 0;
        let is_told = tokio::select! {
            sign = self.news.changed() => sign.is_ok(),
            () = self.looker.over() => false,
            // There is nobody yet who would tell.
            () = tokio::time::sleep(INTERVAL), if !has_begun => return Ok(()),
        };
        if !is_told {
            return self.renew().await;
        }
        self.told = true;
        Ok(())
    }
}
