//! One attempt at an operation: a store, and the locks that the operation takes when it begins to write.
//!
//! This is what implements [`Backend`](registry_core::backend::Backend), so that core's sequence runs on it; see
//! `backend.rs`. What is read within one is read from committed state, outside of its transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use registry_core::backend::RegistrationKeys;
use registry_core::record::RegistrationRecords;
use registry_core::{Error, Result};
use sqlx::PgConnection;

use crate::connections::Connections;
use crate::locks::{Known, Locks, Queue};
use crate::numbers::Taken;
use crate::store::PostgresStore;
use crate::transaction::{Kind, Transaction};
use crate::{error, load};

/// An attempt.
pub(crate) struct Work {
    store: PostgresStore,
    locks: Locks,
    /// The connections that read.
    readers: Connections,
    lost: Lost,
}

/// Whether a connection turned out to be dead.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lost(Arc<AtomicBool>);

impl Lost {
    pub(crate) fn is_lost(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// An open write transaction, with the numbers that it has taken.
pub(crate) struct Tx {
    // Dropped in this order: the numbers are free when the transaction is undone.
    transaction: Transaction,
    taken: Taken,
    known: Known,
}

impl Work {
    pub(crate) fn new(store: PostgresStore, locks: Locks) -> Self {
        Self {
            readers: store.connections().clone(),
            store,
            locks,
            lost: Lost::default(),
        }
    }

    /// One that only reads, over these connections.
    pub(crate) fn reading(store: PostgresStore, readers: Connections, lost: Lost) -> Self {
        Self {
            store,
            locks: Locks::Nothing,
            readers,
            lost,
        }
    }

    pub(crate) fn store(&self) -> &PostgresStore {
        &self.store
    }

    /// Says what an error of this registry means.
    pub(crate) fn failed(&self, action: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
        move |error| {
            self.lost.0.store(error::is_lost(&error), Ordering::Relaxed);
            self.readers.meaning(action, error)
        }
    }

    /// Reads what a statement or two answer.
    pub(crate) async fn ask<T>(
        &self,
        action: &'static str,
        question: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
    ) -> Result<T> {
        self.ask_several(2, action, question).await
    }

    /// Reads what so many statements answer.
    pub(crate) async fn ask_several<T>(
        &self,
        statements: usize,
        action: &'static str,
        question: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
    ) -> Result<T> {
        let answer = self.readers.ask(statements, question).await;
        answer.map_err(self.failed(action))
    }

    /// What a statement or two of a transaction answer, if that comes in time.
    pub(crate) async fn in_time<T>(&self, answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
        self.store.deadline().keep(2, answer).await
    }

    pub(crate) async fn begin(&self) -> sqlx::Result<Tx> {
        let mut patient = false;
        let mut queue = Queue::new(self.store.statement_timeout());
        loop {
            let mut transaction = Transaction::begin(self.store.connections(), Kind::Current).await?;
            let locks = self.locks.take(&mut transaction, patient, &queue);
            match self.store.deadline().keep(3, locks).await {
                Ok(Some(known)) => {
                    return Ok(Tx {
                        transaction,
                        taken: Taken::nothing(self.store.numbers()),
                        known,
                    });
                }
                Ok(None) => {
                    transaction.rollback().await?;
                    patient = true;
                }
                Err(error)
                    if self.locks.are_whole_tables() && error::is_locked(&error) && queue.goes_on() =>
                {
                    transaction.rollback().await?;
                    queue.step_aside().await;
                }
                Err(error) => {
                    // What failed is told, and not what became of the rest.
                    let _ = transaction.rollback().await;
                    return Err(error);
                }
            }
        }
    }

    pub(crate) async fn commit(&self, mut tx: Tx) -> Result<()> {
        tx.taken.keep();
        let committed = tx.transaction.commit(self.store.deadline()).await;
        committed.map_err(|error| error::of_commit(self.store.location(), error))?;
        self.store.bell().ring(self.store.connections());
        Ok(())
    }
}

impl Tx {
    pub(crate) async fn rollback(self) -> sqlx::Result<()> {
        self.transaction.rollback().await
    }

    /// What is known already of what was locked.
    pub(crate) fn known(&mut self) -> &mut Known {
        &mut self.known
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// What registrations are decided on. Numbers that were over come first, the others along with the rest.
    pub(crate) async fn registrations(
        &mut self,
        keys: &RegistrationKeys,
    ) -> sqlx::Result<RegistrationRecords> {
        let Self {
            transaction, taken, ..
        } = self;
        let models = taken.spare_model_ids(transaction, keys.new_models).await?;
        let events = taken.spare_event_ids(transaction, keys.new_events).await?;
        let missing = (keys.new_models - models.len(), keys.new_events - events.len());
        let mut records = load::registrations(transaction, keys, missing).await?;
        taken.took(&records.model_ids, &records.event_ids);
        records.model_ids.splice(0..0, models);
        records.event_ids.splice(0..0, events);
        Ok(records)
    }

    pub(crate) async fn next_event_ids(&mut self, count: usize) -> sqlx::Result<Vec<i64>> {
        self.taken.event_ids(&mut self.transaction, count).await
    }
}
