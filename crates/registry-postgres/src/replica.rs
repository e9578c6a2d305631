//! A replica of the database: it answers those reads that may be a moment behind, and never a write.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use registry_core::{Error, Result};
use sqlx::{Executor, PgConnection, Row};

use crate::connections::Connections;
use crate::inspect::{self, SchemaState};
use crate::options::{ConnectOptions, refused};
use crate::{connect, error};

/// How long a replica may take to take a connection: the primary can answer as well.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long one is left alone that did not answer.
const REST: Duration = Duration::from_secs(5);

/// Who answers the reads of a store. Writes, and what they read, always go to the primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadPreference {
    /// The primary: each read sees every write that was acknowledged before.
    #[default]
    Primary,
    /// The replica: a read may be a moment behind, so that it does not see a write that was just acknowledged, nor what
    /// an earlier read has seen. When the replica is away, or cannot answer, the primary does.
    Replica,
}

/// A replica of a store.
#[derive(Clone)]
pub(crate) struct Replica {
    connections: Connections,
    away: Arc<Mutex<Option<Instant>>>,
    /// How to reach it and the primary.
    options: Arc<(ConnectOptions, ConnectOptions)>,
    /// Whether it is known to hold what the primary does.
    known: Arc<AtomicBool>,
}

impl Replica {
    /// Connects when it is needed. One that cannot be reached is away; one of something else is an error.
    pub(crate) async fn open(options: &ConnectOptions, primary: &ConnectOptions) -> Result<Self> {
        let mut options = options.clone();
        options.connect_timeout = options.connect_timeout.min(PATIENCE);
        let replica = Self {
            connections: Connections::new(&options),
            away: Arc::default(),
            options: Arc::new((options, primary.clone())),
            known: Arc::default(),
        };
        replica.is_known().await?;
        Ok(replica)
    }

    /// Whether it holds what the primary does, asked until it is known: one that was away could be of something else when
    /// it comes.
    pub(crate) async fn is_known(&self) -> Result<bool> {
        if self.known.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let (options, primary) = &*self.options;
        match origin(options).await {
            Ok(None) => self.rest(),
            Err(error) if is_away(&error) => self.rest(),
            Ok(made) if made == origin(primary).await? => self.known.store(true, Ordering::Relaxed),
            Ok(_) => {
                return Err(refused(format!(
                    "{} is none of `{}`: it holds another registry",
                    options.location(),
                    primary.location()
                )));
            }
            Err(error) => return Err(error),
        }
        Ok(self.known.load(Ordering::Relaxed))
    }

    pub(crate) fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Whether it is worth asking.
    pub(crate) fn is_there(&self) -> bool {
        let since = *self.away.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_none_or(|since| since.elapsed() > REST)
    }

    /// Leaves it alone for a while.
    pub(crate) fn rest(&self) {
        *self.away.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

/// Whether the primary is asked instead. A replica may not have the tables yet, or others than the primary by now, and
/// it ends a read that is in the way of what it has to repeat.
pub(crate) fn may_pass(error: &Error) -> bool {
    is_away(error) || matches!(error, Error::Damaged { .. })
}

/// Whether another time it may answer.
fn is_away(error: &Error) -> bool {
    matches!(
        error,
        Error::Unreachable { .. } | Error::Busy { .. } | Error::RegistryMissing { .. }
    ) || error::is_conflict(error)
}

/// When the registry was made, which a replica knows as well. `None`: there is none that can be read here, yet.
async fn origin(options: &ConnectOptions) -> Result<Option<String>> {
    let location = options.location();
    let mut connection = connect::single(options).await?;
    let origin = async {
        let (state, _) = inspect::state(&mut connection, &location).await?;
        match state {
            SchemaState::Current => made(&mut connection)
                .await
                .map(Some)
                .map_err(|error| error::meaning(&location, "look what is there", error)),
            SchemaState::Missing | SchemaState::Outdated { .. } => Ok(None),
            SchemaState::Newer { .. } => state.require_current(&location).map(|()| None),
        }
    };
    let origin = connect::answered(options, origin).await;
    connect::close(connection).await;
    origin
}

async fn made(connection: &mut PgConnection) -> sqlx::Result<String> {
    // The table is of sqlx.
    const MADE: &str = "SELECT installed_on::text FROM registry_migrations ORDER BY version LIMIT 1";
    connection.fetch_one(MADE).await?.try_get(0)
}
