//! Opening and closing a registry, and its verbs.

mod verbs;
mod webhooks;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use registry_core::{Pool, Result};

use crate::bell::Bell;
use crate::connections::Connections;
use crate::deadline::{self, Deadline};
use crate::inspect::{SchemaState, inspect};
use crate::locks::Locks;
use crate::numbers::Numbers;
use crate::options::ConnectOptions;
use crate::replica::{self, ReadPreference, Replica};
use crate::watch::Lookout;
use crate::work::{Lost, Work};
use crate::{error, migrate};

/// How often an operation is tried when others are in its way.
const ATTEMPTS: u32 = 12;

/// A model registry in one schema of a PostgreSQL database: a [`RegistryStore`](registry_core::RegistryStore).
///
/// Cheap to clone; clones share their connections. Any number of programs may use the registry at the same time: reads
/// never wait, writes wait only for writes that touch the same names, tags or models.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use registry_core::{RegistryStore, Selector};
/// use registry_postgres::{ConnectOptions, PostgresStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> registry_core::Result<()> {
/// let options = ConnectOptions::parse("postgres://registry@db.example.com/models")?;
/// let store: Arc<dyn RegistryStore> = Arc::new(PostgresStore::open(&options).await?);
/// let model = store.find(&"gpt-small@1.0.0".parse::<Selector>()?).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PostgresStore {
    connections: Connections,
    /// How long a statement may take; zero: as long as it takes.
    statement_timeout: Duration,
    replica: Option<Replica>,
    preference: ReadPreference,
    numbers: Arc<Numbers>,
    bell: Bell,
    lookout: Lookout,
}

impl PostgresStore {
    /// Opens a registry that exists and is up to date. Never changes the database.
    ///
    /// # Errors
    /// [`RegistryMissing`](registry_core::Error::RegistryMissing),
    /// [`RegistryOutdated`](registry_core::Error::RegistryOutdated),
    /// [`RegistryNewer`](registry_core::Error::RegistryNewer),
    /// [`NotARegistry`](registry_core::Error::NotARegistry), or a failure to connect.
    pub async fn open(options: &ConnectOptions) -> Result<Self> {
        inspect(options).await?.require_current(&options.location())?;
        Self::connect(options).await
    }

    /// Opens a registry as [`open`](Self::open) does; in a database or schema that holds none, creates it first. The
    /// database must exist.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_or_create(options: &ConnectOptions) -> Result<Self> {
        match inspect(options).await? {
            SchemaState::Missing => {
                migrate::migrate(options).await?;
            }
            state => state.require_current(&options.location())?,
        }
        Self::connect(options).await
    }

    async fn connect(options: &ConnectOptions) -> Result<Self> {
        let replica = match options.replica() {
            Some(replica) => Some(Replica::open(replica, options).await?),
            None => None,
        };
        let connections = Connections::new(options);
        Ok(Self {
            replica,
            preference: ReadPreference::default(),
            lookout: Lookout::new(&connections, options.pooler),
            connections,
            statement_timeout: options.statement_timeout,
            numbers: Arc::default(),
            bell: Bell::default(),
        })
    }

    /// The same store, whose reads this one answers; without a replica that is the primary in any case.
    #[must_use]
    pub fn preferring(&self, preference: ReadPreference) -> Self {
        Self {
            preference,
            ..self.clone()
        }
    }

    /// Closes every connection, after what they are doing. A store that is dropped closes by itself; this waits for it.
    pub async fn close(&self) {
        // A connection whose line is dead gives no sign of its end.
        deadline::soon(self.bell.finish(&self.connections)).await;
        self.connections.close().await;
        if let Some(replica) = &self.replica {
            replica.connections().close().await;
        }
    }

    /// The address, without its secrets.
    pub fn location(&self) -> &str {
        self.connections.location()
    }

    /// The connections to the primary, and to the replica where there is one.
    fn kept_pools(&self) -> Vec<Pool> {
        let replica = self.replica.as_ref();
        let replica = replica.map(|replica| replica.connections().kept("replica"));
        std::iter::once(self.connections.kept("primary"))
            .chain(replica)
            .collect()
    }

    pub(crate) fn connections(&self) -> &Connections {
        &self.connections
    }

    #[cfg(test)]
    pub(crate) fn pool(&self) -> &sqlx::PgPool {
        self.connections.pool()
    }

    pub(crate) fn statement_timeout(&self) -> Duration {
        self.statement_timeout
    }

    /// How long the server is waited for.
    pub(crate) fn deadline(&self) -> Deadline {
        self.connections.deadline()
    }

    pub(crate) fn numbers(&self) -> Arc<Numbers> {
        Arc::clone(&self.numbers)
    }

    pub(crate) fn lookout(&self) -> &Lookout {
        &self.lookout
    }

    pub(crate) fn bell(&self) -> &Bell {
        &self.bell
    }

    /// For what goes on reading by itself.
    fn reading(&self) -> Work {
        Work::new(self.clone(), Locks::Nothing)
    }

    /// Asks whom this store prefers; the primary when the replica does not answer.
    async fn read<T, F>(&self, question: impl Fn(Work) -> F + Send + Sync) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        if self.preference == ReadPreference::Replica
            && let Some(replica) = self.replica.as_ref().filter(|replica| replica.is_there())
            && replica.is_known().await?
        {
            match self.ask(replica.connections(), &question).await {
                Err(error) if replica::may_pass(&error) => {
                    if !error::is_conflict(&error) {
                        replica.rest();
                    }
                }
                answer => return answer,
            }
        }
        self.ask(&self.connections, &question).await
    }

    /// Asks over these connections, again when one of them turns out to be dead: each that there is may be.
    async fn ask<T, F>(
        &self,
        readers: &Connections,
        question: &(impl Fn(Work) -> F + Send + Sync),
    ) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        let mut dead = readers.size();
        loop {
            let lost = Lost::default();
            let work = Work::reading(self.clone(), readers.clone(), lost.clone());
            match question(work).await {
                Err(_) if dead > 0 && lost.is_lost() => dead -= 1,
                answer => return answer,
            }
        }
    }

    /// Tries a write under these locks, again when others were in its way.
    async fn writing<T, F>(&self, locks: Locks, attempt: impl Fn(Work) -> F + Send + Sync) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        let mut attempts = 1;
        loop {
            match attempt(Work::new(self.clone(), locks.clone())).await {
                Err(error) if error::is_conflict(&error) && attempts < ATTEMPTS => {
                    tokio::time::sleep(Duration::from_millis(1 << attempts.min(8))).await;
                    attempts += 1;
                }
                done => return done,
            }
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("location", &self.location())
            .finish_non_exhaustive()
    }
}
