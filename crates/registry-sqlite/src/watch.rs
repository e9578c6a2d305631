//! Following the events of a file.
//!
//! Ids are given under the lock of the file's one writer, so their order is that of the commits and whatever can be read
//! is there to stay. One [`Looker`] sees for all who follow a store when something was committed, and reads it for them.

mod looker;

use async_trait::async_trait;
use registry_core::watch::Feed;
use registry_core::{Event, EventId, Result};
use tokio::sync::watch;

use self::looker::Looker;
pub(crate) use self::looker::Lookout;
use crate::writer::SharedError;
use crate::{SqliteStore, error, records};

/// One who follows.
pub(crate) struct Tail {
    location: String,
    lookout: Lookout,
    looker: Looker,
    /// Counts what the looker has found.
    news: watch::Receiver<u64>,
    /// Whether the looker has just told of something: then what it read is what there is to read. Otherwise the file is
    /// asked, since the looker may be some time behind it.
    told: bool,
}

impl Tail {
    pub(crate) async fn open(store: &SqliteStore) -> Result<Self> {
        let location = store.location().to_owned();
        let lookout = store.lookout().clone();
        let (looker, news) = begin(&location, &lookout).await?;
        Ok(Self {
            location,
            lookout,
            looker,
            news,
            told: false,
        })
    }

    fn failed(&self, error: impl Into<SharedError>) -> registry_core::Error {
        failed(&self.location, error.into())
    }
}

/// One that looks, once it does.
async fn begin(location: &str, lookout: &Lookout) -> Result<(Looker, watch::Receiver<u64>)> {
    loop {
        let looker = lookout.looker();
        let mut news = looker.news();
        if news.wait_for(|found| *found > 0).await.is_ok() {
            return Ok((looker, news));
        }
        if let Some(failure) = looker.failure() {
            return Err(failed(location, failure));
        }
        // Its runtime ended before it began, and this one may be about to.
        tokio::task::yield_now().await;
    }
}

fn failed(location: &str, error: SharedError) -> registry_core::Error {
    error::shared_meaning(location, "follow the history", error)
}

#[async_trait]
impl Feed for Tail {
    async fn now(&mut self) -> Result<EventId> {
        let newest = self.looker.newest().await;
        newest.map(EventId).map_err(|error| self.failed(error))
    }

    async fn after(&mut self, last: EventId, take: i64) -> Result<Vec<Result<Event>>> {
        // First the count: what is found after this look is news, whether or not the events show it already.
        self.news.mark_unchanged();
        if std::mem::take(&mut self.told)
            && let Some(events) = self.looker.at_hand(last.0, take)
        {
            return Ok(events);
        }
        let read = async { records::events(&mut *self.looker.reader().await?, last.0, take).await };
        let records = read.await.map_err(|error| self.failed(error))?;
        Ok(records.into_iter().map(Event::try_from).collect())
    }

    async fn changed(&mut self) -> Result<()> {
        if self.news.changed().await.is_ok() {
            self.told = true;
            return Ok(());
        }
        if let Some(failure) = self.looker.failure() {
            return Err(self.failed(failure));
        }
        // It ended with the runtime of whoever began it.
        (self.looker, self.news) = begin(&self.location, &self.lookout).await?;
        Ok(())
    }
}
