//! A read transaction: everything as it is when the first row is read.

use async_trait::async_trait;
use registry_core::backend::RecordReader;
use registry_core::record::{
    EventRecord, HolderRecord, HoldingRecord, LastIds, ModelRecord, OrdinalRecord, ReferenceRecord, Rows,
    SettingRecord, ToldRecord,
};
use registry_core::{Result, TagName};
use sqlx::{Executor, SqliteConnection};

use super::{found, rows};
use crate::{SqliteStore, find, load};

/// A view of one moment.
pub(super) struct Reading {
    store: SqliteStore,
    /// In a transaction, which ends with it.
    connection: SqliteConnection,
}

impl Reading {
    pub(super) async fn begin(store: &SqliteStore) -> Result<Self> {
        let opened = store.readers().connect().await;
        let mut connection = opened.map_err(store.failed("begin to read"))?;
        let begun = connection.execute("BEGIN").await;
        begun.map_err(store.failed("begin to read"))?;
        Ok(Self {
            connection,
            store: store.clone(),
        })
    }
}

#[async_trait]
impl RecordReader for Reading {
    async fn count(&mut self) -> Result<Rows> {
        let read = rows::count(&mut self.connection).await;
        read.map_err(self.store.failed("count the rows"))
    }

    async fn last_ids(&mut self) -> Result<LastIds> {
        let read = rows::last_ids(&mut self.connection).await;
        read.map_err(self.store.failed("read the last ids"))
    }

    async fn settings(&mut self) -> Result<Vec<SettingRecord>> {
        let read = find::settings(&mut self.connection).await;
        read.map_err(self.store.failed("read the settings"))
    }

    async fn names(&mut self, after: &str, take: i64) -> Result<Vec<OrdinalRecord>> {
        let read = rows::names(&mut self.connection, after, take).await;
        read.map_err(self.store.failed("read the names"))
    }

    async fn events(&mut self, after: i64, take: i64) -> Result<Vec<EventRecord>> {
        let read = rows::events(&mut self.connection, after, take).await;
        read.map_err(self.store.failed("read the history"))
    }

    async fn models(&mut self, after: i64, take: i64) -> Result<Vec<ModelRecord>> {
        let read = rows::models(&mut self.connection, after, take).await;
        read.map_err(self.store.failed("read the models"))
    }

    async fn holdings(&mut self, after: i64, up_to: i64) -> Result<Vec<HoldingRecord>> {
        let read = rows::holdings(&mut self.connection, after, up_to).await;
        read.map_err(self.store.failed("read the tags"))
    }

    async fn models_of(&mut self, ids: &[i64]) -> Result<Vec<ModelRecord>> {
        let read = found::models(&mut self.connection, ids).await;
        read.map_err(self.store.failed("read models"))
    }

    async fn versions(&mut self, versions: &[(String, String)]) -> Result<Vec<ReferenceRecord>> {
        let read = found::versions(&mut self.connection, versions).await;
        read.map_err(self.store.failed("look for versions"))
    }

    async fn ordinals(&mut self, names: &[String]) -> Result<Vec<OrdinalRecord>> {
        let read = found::names(&mut self.connection, names).await;
        read.map_err(self.store.failed("read names"))
    }

    async fn holders(&mut self, tag: &TagName) -> Result<Vec<HolderRecord>> {
        let read = load::holders(&mut self.connection, tag, None).await;
        read.map_err(self.store.failed("read who has a tag"))
    }

    async fn events_of(&mut self, models: &[i64]) -> Result<Vec<EventRecord>> {
        let read = found::events(&mut self.connection, models).await;
        read.map_err(self.store.failed("read the history of models"))
    }

    async fn told(&mut self, event: &EventRecord) -> Result<Option<ToldRecord>> {
        let read = found::told(&mut self.connection, event).await;
        read.map_err(self.store.failed("look for an event"))
    }
}
