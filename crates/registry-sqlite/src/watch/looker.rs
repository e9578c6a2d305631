//! One who looks for all that follow a store: a connection that asks for the file's `data_version`, which says whether
//! anybody, of this process or of another, has committed since it was asked before. That takes no lock for which a
//! writer waits.
//!
//! It runs in a task of its own, which nobody who goes away can interrupt, and its connection answers no other question:
//! a statement that is left open would make the version stand still. What was committed is read once, by another connection
//! of its own, so that nobody who catches up holds it up, and kept for a while for all who follow.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use registry_core::watch::Recent;
use registry_core::{Event, Result};
use tokio::sync::watch;

use crate::data_version::version;
use crate::readers::{Reader, Readers};
use crate::records;
use crate::writer::SharedError;

/// How often it looks.
const INTERVAL: Duration = Duration::from_millis(100);
/// How many events are read at a time.
const AT_ONCE: usize = 500;
/// How many connections read for those who follow.
const READERS: u32 = 2;

/// Where who follows finds the one that looks for all. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Lookout(Arc<Place>);

#[derive(Debug)]
struct Place {
    /// How connections are made.
    like: Readers,
    looker: Mutex<Weak<Shared>>,
}

/// Who looks, as long as somebody follows: with the last of these it ends.
#[derive(Debug, Clone)]
pub(super) struct Looker(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    found: Arc<Mutex<Found>>,
    /// Counts what was found; 0 until it has begun to look. Its sender is gone when nobody looks any more.
    news: watch::Receiver<u64>,
    /// Those that read for who follows. They outlive those of the store, as who follows does.
    readers: Readers,
}

/// What was found.
#[derive(Debug, Default)]
struct Found {
    recent: Recent,
    failure: Option<SharedError>,
}

impl Lookout {
    pub(crate) fn new(like: &Readers) -> Self {
        Self(Arc::new(Place {
            like: like.clone(),
            looker: Mutex::default(),
        }))
    }

    /// The one that looks; it begins to, where nobody does.
    pub(super) fn looker(&self) -> Looker {
        let mut looker = locked(&self.0.looker);
        if let Some(shared) = looker.upgrade()
            && shared.news.has_changed().is_ok()
        {
            return Looker(shared);
        }
        let (told, news) = watch::channel(0);
        let shared = Arc::new(Shared {
            found: Arc::default(),
            news,
            readers: self.0.like.anew(READERS),
        });
        *looker = Arc::downgrade(&shared);
        let (found, readers) = (Arc::clone(&shared.found), self.0.like.anew(1));
        tokio::spawn(async move {
            if let Err(error) = look(&readers, &found, &told).await {
                locked(&found).failure = Some(Arc::new(error));
            }
        });
        Looker(shared)
    }
}

/// Looks until nobody follows any more.
async fn look(readers: &Readers, found: &Mutex<Found>, told: &watch::Sender<u64>) -> sqlx::Result<()> {
    let mut connection = readers.connect().await?;
    // First the version: what is committed from here on changes it.
    let mut known = version(&mut connection).await?;
    let newest = newest(readers).await?;
    locked(found).recent = Recent::after(newest);
    told.send_replace(1);
    loop {
        tokio::select! {
            () = told.closed() => return Ok(()),
            () = tokio::time::sleep(INTERVAL) => {}
        }
        let now = version(&mut connection).await?;
        if now == known {
            continue;
        }
        known = now;
        let mut last = locked(found).recent.newest();
        loop {
            let take = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
            let records = records::events(&mut *readers.reader().await?, last, take).await?;
            let count = records.len();
            last = records.last().map_or(last, |record| record.event_id);
            if count > 0 {
                locked(found).recent.add(records);
                told.send_modify(|found| *found += 1);
            }
            if count < AT_ONCE {
                break;
            }
        }
    }
}

async fn newest(readers: &Readers) -> sqlx::Result<i64> {
    sqlx::query_file_scalar!("queries/watch/newest_event_id.sql")
        .fetch_one(&mut *readers.reader().await?)
        .await
}

impl Looker {
    /// What tells that something was found.
    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.0.news.clone()
    }

    /// Why nobody looks any more; `None` where that is for no fault of the file.
    pub(super) fn failure(&self) -> Option<SharedError> {
        locked(&self.0.found).failure.clone()
    }

    /// A connection that reads.
    pub(super) async fn reader(&self) -> sqlx::Result<Reader> {
        self.0.readers.reader().await
    }

    /// The id of the newest event in the file.
    pub(super) async fn newest(&self) -> sqlx::Result<i64> {
        newest(&self.0.readers).await
    }

    /// The events after this one that were found, at most `take`; `None` where some of them are not at hand any more.
    pub(super) fn at_hand(&self, last: i64, take: i64) -> Option<Vec<Result<Event>>> {
        locked(&self.0.found).recent.at_hand(last, take)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that holds a lock can leave it half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
