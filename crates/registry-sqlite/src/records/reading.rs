//! A read transaction: everything as it is when the first row is read.

use async_trait::async_trait;
use registry_core::Result;
use registry_core::backend::RecordReader;
use registry_core::record::{
    EventRecord, HoldingRecord, LastIds, ModelRecord, OrdinalRecord, Rows, SettingRecord,
};
use sqlx::{Sqlite, Transaction};

use super::rows;
use crate::{SqliteStore, find};

/// A view of one moment.
pub(super) struct Reading {
    store: SqliteStore,
    transaction: Transaction<'static, Sqlite>,
}

impl Reading {
    pub(super) async fn begin(store: &SqliteStore) -> Result<Self> {
        let begun = store.readers().begin().await;
        Ok(Self {
            transaction: begun.map_err(store.failed("begin to read"))?,
            store: store.clone(),
        })
    }
}

#[async_trait]
impl RecordReader for Reading {
    async fn count(&mut self) -> Result<Rows> {
        let read = rows::count(&mut self.transaction).await;
        read.map_err(self.store.failed("count the rows"))
    }

    async fn last_ids(&mut self) -> Result<LastIds> {
        let read = rows::last_ids(&mut self.transaction).await;
        read.map_err(self.store.failed("read the last ids"))
    }

    async fn settings(&mut self) -> Result<Vec<SettingRecord>> {
        let read = find::settings(&mut *self.transaction).await;
        read.map_err(self.store.failed("read the settings"))
    }

    async fn names(&mut self, after: &str, take: i64) -> Result<Vec<OrdinalRecord>> {
        let read = rows::names(&mut self.transaction, after, take).await;
        read.map_err(self.store.failed("read the names"))
    }

    async fn events(&mut self, after: i64, take: i64) -> Result<Vec<EventRecord>> {
        let read = rows::events(&mut self.transaction, after, take).await;
        read.map_err(self.store.failed("read the history"))
    }

    async fn models(&mut self, after: i64, take: i64) -> Result<Vec<ModelRecord>> {
        let read = rows::models(&mut self.transaction, after, take).await;
        read.map_err(self.store.failed("read the models"))
    }

    async fn holdings(&mut self, after: i64, up_to: i64) -> Result<Vec<HoldingRecord>> {
        let read = rows::holdings(&mut self.transaction, after, up_to).await;
        read.map_err(self.store.failed("read the tags"))
    }
}
