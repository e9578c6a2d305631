//! One who looks for all that follow a store: over a connection of its own it listens, sees which events are there to
//! stay, and reads them once for everybody.
//!
//! It runs in a task of its own, which nobody who goes away can interrupt. Where nothing drives that task any more, whoever
//! notices begins with another. Whoever is further behind than what is kept at hand reads for himself, over a few other
//! connections, so that he holds up nobody.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use registry_core::record::EventRecord;
use registry_core::watch::{Patience, Recent};
use registry_core::{Error, Event, Result};
use tokio::sync::{mpsc, oneshot, watch};

use super::connection::{Connection, DEADLINE};
use super::gap::{self, Gap, Question};
use super::{ACTION, INTERVAL, PAUSE};
use crate::connections::Connections;
use crate::error::{self, SharedError};
use crate::{deadline, records};

/// How often it is asked whether a gap is final.
const GAP_INTERVAL: Duration = Duration::from_millis(20);
/// How long a gap may stay open.
const PATIENCE: Duration = Duration::from_mins(5);
/// After so long without a sign of life nothing drives the task of one who looks.
const STILL: Duration = Duration::from_secs(5);
/// How many events are read at a time.
const AT_ONCE: i64 = 500;
/// How many connections read for those who are behind.
const READERS: u32 = 4;
/// How long such a connection is kept that nobody needs.
const REST: Duration = Duration::from_secs(10);

/// Where who follows finds the one that looks for all. Cheap to clone; clones share it.
#[derive(Clone)]
pub(crate) struct Lookout(Arc<Place>);

struct Place {
    /// How connections are made.
    like: Connections,
    pooler: bool,
    /// How long a gap may stay open.
    patience: Duration,
    looker: Mutex<Weak<Shared>>,
}

/// Who looks, as long as somebody follows: with the last of these it ends.
#[derive(Clone)]
pub(super) struct Looker(Arc<Shared>);

struct Shared {
    found: Arc<Mutex<Found>>,
    /// Counts what was found; 0 until it is known from where on. Its sender is gone when nobody looks any more.
    news: watch::Receiver<u64>,
    /// Who wants to have it looked, and be told when that is done.
    asks: mpsc::UnboundedSender<Ask>,
    /// Those that read for who is behind. They outlive those of the store, as who follows does.
    readers: Connections,
}

/// One who wants to have it looked.
struct Ask {
    since: Instant,
    /// Is told the id of the newest event that could be seen.
    done: oneshot::Sender<Looked<i64>>,
}

/// What was found.
struct Found {
    /// Nothing new will come up to the newest of these; `None` until there is a beginning.
    recent: Option<Recent>,
    failure: Option<Failure>,
    /// The last sign of life.
    alive: Instant,
}

pub(super) type Looked<T> = std::result::Result<T, Failure>;

/// Why nobody looks any more.
#[derive(Clone)]
pub(super) enum Failure {
    /// Nobody can follow a replica.
    Replica,
    /// A gap stays open.
    Held,
    /// The server cannot be asked, or its answer made use of.
    Unanswered(SharedError),
}

impl Lookout {
    pub(crate) fn new(like: &Connections, pooler: bool) -> Self {
        Self::patient(like, pooler, PATIENCE)
    }

    /// Where a gap may stay open for so long.
    pub(super) fn patient(like: &Connections, pooler: bool, patience: Duration) -> Self {
        Self(Arc::new(Place {
            like: like.clone(),
            pooler,
            patience,
            looker: Mutex::default(),
        }))
    }

    /// Where events are looked for.
    pub(super) fn location(&self) -> &str {
        self.0.like.location()
    }

    /// How long a gap may stay open.
    pub(super) fn patience(&self) -> Duration {
        self.0.patience
    }

    /// The one that looks; it begins to, where nobody does.
    pub(super) fn looker(&self) -> Looker {
        let mut looker = locked(&self.0.looker);
        if let Some(looker) = looker.upgrade().map(Looker)
            && !looker.is_over()
        {
            return looker;
        }
        let (told, news) = watch::channel(0);
        let (asks, asked) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            found: Arc::new(Mutex::new(Found {
                recent: None,
                failure: None,
                alive: Instant::now(),
            })),
            news,
            asks,
            readers: self.0.like.anew(|options| {
                options
                    .max_connections(READERS)
                    .max_lifetime(None)
                    .idle_timeout(REST)
            }),
        });
        *looker = Arc::downgrade(&shared);
        let look = Look {
            location: self.location().to_owned(),
            connection: Connection::like(&self.0.like, self.0.pooler),
            gap: Gap::default(),
            waiting: None,
            held_at_most: self.0.patience,
            patience: Patience::new(PAUSE),
            found: Arc::clone(&shared.found),
            asked,
        };
        tokio::spawn(look.run(told));
        Looker(shared)
    }
}

impl Looker {
    /// What tells that something was found.
    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.0.news.clone()
    }

    /// Why nobody looks any more; `None` where that is for no fault of the server.
    pub(super) fn failure(&self) -> Option<Failure> {
        locked(&self.0.found).failure.clone()
    }

    /// Whether nobody looks any more, or whoever does is in a runtime that nothing drives.
    pub(super) fn is_over(&self) -> bool {
        self.0.news.has_changed().is_err() || locked(&self.0.found).alive.elapsed() > STILL
    }

    /// Waits until it is over.
    pub(super) async fn over(&self) {
        loop {
            tokio::time::sleep(STILL).await;
            if self.is_over() {
                return;
            }
        }
    }

    /// Has it look, and waits until it has: the id of the newest event that could be seen. `None`: nobody looks any more.
    pub(super) async fn look(&self) -> Option<Looked<i64>> {
        let (done, looked) = oneshot::channel();
        let since = Instant::now();
        self.0.asks.send(Ask { since, done }).ok()?;
        tokio::select! {
            looked = looked => looked.ok(),
            () = self.over() => None,
        }
    }

    /// Up to where nothing new will come; `None` until there is a beginning.
    pub(super) fn settled(&self) -> Option<i64> {
        locked(&self.0.found).recent.as_ref().map(Recent::newest)
    }

    /// The events after this one that were found, at most `take`; `None` where some of them are not at hand any more.
    pub(super) fn at_hand(&self, last: i64, take: i64) -> Option<Vec<Result<Event>>> {
        locked(&self.0.found).recent.as_ref()?.at_hand(last, take)
    }

    /// The events after this one, as far as nothing can come between them any more; and whether others wait for that.
    pub(super) async fn read(&self, last: i64, take: i64) -> sqlx::Result<(Vec<EventRecord>, bool)> {
        // First this: what is settled now can be seen by who looks later.
        let settled = self.settled().unwrap_or(0);
        let events = async |reader: &mut sqlx::PgConnection| records::events(reader, last, take).await;
        let mut records = self.0.readers.ask(1, events).await?;
        let safe = gap::safe(last, settled, records.iter().map(|record| record.event_id));
        let held = safe < records.len();
        records.truncate(safe);
        Ok((records, held))
    }

    /// Says what an error of its readers means.
    pub(super) fn meaning(&self, error: sqlx::Error) -> Error {
        self.0.readers.meaning(ACTION, error)
    }
}

impl Failure {
    /// What it is to one who follows.
    pub(super) fn meaning(self, location: &str) -> Error {
        let location = location.to_owned();
        match self {
            Self::Replica => Error::Unsupported {
                location,
                operation: "a stream of events",
                instead: "follow the primary: a replica does not know which writes are still under way",
            },
            Self::Held => Error::TimedOut {
                location,
                action: "wait for the writes that may come before the next event".into(),
            },
            Self::Unanswered(error) => error::meaning(&location, ACTION, error),
        }
    }
}

/// The one that looks.
struct Look {
    location: String,
    connection: Connection,
    gap: Gap,
    /// Since when events are held back.
    waiting: Option<Instant>,
    /// For how long they may be.
    held_at_most: Duration,
    patience: Patience,
    found: Arc<Mutex<Found>>,
    asked: mpsc::UnboundedReceiver<Ask>,
}

impl Look {
    /// Looks until nobody follows any more.
    async fn run(mut self, told: watch::Sender<u64>) {
        let found = Arc::clone(&self.found);
        let ended = tokio::select! {
            () = told.closed() => return,
            () = live(&found) => return,
            ended = self.look(&told) => ended,
        };
        if let Err(failure) = ended {
            locked(&found).failure = Some(failure);
        }
    }

    async fn look(&mut self, told: &watch::Sender<u64>) -> Looked<()> {
        let newest = self
            .ask(|connection, gap| Box::pin(gap.begin(connection)))
            .await?;
        let mut waiting: Vec<Ask> = Vec::new();
        while !self
            .ask(|connection, gap| Box::pin(gap.settle(connection)))
            .await?
        {
            // Others may have nothing held back: it is for those who ask to lose patience.
            self.disappoint(&mut waiting);
            tokio::time::sleep(GAP_INTERVAL).await;
        }
        locked(&self.found).recent = Some(Recent::after(newest));
        told.send_modify(|found| *found += 1);
        loop {
            // Whoever asks from here on may have seen what this look does not.
            while let Ok(ask) = self.asked.try_recv() {
                waiting.push(ask);
            }
            let newest = if waiting.is_empty() {
                0
            } else {
                self.ask(|connection, _| Box::pin(gap::newest(connection)))
                    .await?
            };
            self.read(told).await?;
            for ask in waiting.drain(..) {
                // He may have gone.
                let _ = ask.done.send(Ok(newest));
            }
            if self.gap.is_open() {
                self.hold().await?;
                continue;
            }
            self.waiting = None;
            tokio::select! {
                ask = self.asked.recv() => waiting.extend(ask),
                sound = self.connection.notified(INTERVAL) => if !sound {
                    self.connection.drop();
                },
            }
        }
    }

    /// Reads what is there to stay, for all.
    async fn read(&mut self, told: &watch::Sender<u64>) -> Looked<()> {
        let mut last = locked(&self.found).recent.as_ref().map_or(0, Recent::newest);
        loop {
            let records = self
                .ask(move |connection, gap| Box::pin(gap.events(connection, last, AT_ONCE)))
                .await?;
            let Some(newest) = records.last().map(|record| record.event_id) else {
                return Ok(());
            };
            last = newest;
            self.waiting = None;
            if let Some(recent) = &mut locked(&self.found).recent {
                recent.add(records);
            }
            told.send_modify(|found| *found += 1);
        }
    }

    /// Asks, again after a pause while the server cannot be reached.
    async fn ask<T>(&mut self, question: impl Question<T>) -> Looked<T> {
        loop {
            let asked = match self.connection.open().await {
                Ok(true) => {
                    let gap = &mut self.gap;
                    let answer = async {
                        let mut session = self.connection.session().await?;
                        question(&mut session, gap).await
                    };
                    deadline::within(DEADLINE, answer).await
                }
                Ok(false) => return Err(Failure::Replica),
                Err(error) => Err(error),
            };
            match asked {
                Ok(answer) => {
                    self.patience.answered();
                    return Ok(answer);
                }
                Err(error) => self.recover(error).await?,
            }
        }
    }

    /// Pauses after a failure that may pass.
    async fn recover(&mut self, error: sqlx::Error) -> Looked<()> {
        self.connection.drop();
        let error = SharedError::new(error);
        let failure = error::meaning(&self.location, ACTION, Arc::clone(&error));
        match self.patience.pause(failure, Instant::now()) {
            Ok(pause) => {
                tokio::time::sleep(pause).await;
                Ok(())
            }
            Err(_) => Err(Failure::Unanswered(error)),
        }
    }

    /// Tells those who have asked and waited for too long.
    fn disappoint(&mut self, waiting: &mut Vec<Ask>) {
        while let Ok(ask) = self.asked.try_recv() {
            waiting.push(ask);
        }
        let is_late = |ask: &mut Ask| ask.since.elapsed() > self.held_at_most;
        for ask in waiting.extract_if(.., is_late) {
            // He may have gone.
            let _ = ask.done.send(Err(Failure::Held));
        }
    }

    /// Waits a little for a gap.
    async fn hold(&mut self) -> Looked<()> {
        if self.waiting.get_or_insert_with(Instant::now).elapsed() > self.held_at_most {
            return Err(Failure::Held);
        }
        tokio::time::sleep(GAP_INTERVAL).await;
        Ok(())
    }
}

/// Gives signs of life.
async fn live(found: &Mutex<Found>) {
    loop {
        locked(found).alive = Instant::now();
        tokio::time::sleep(INTERVAL).await;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that holds a lock can leave it half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
