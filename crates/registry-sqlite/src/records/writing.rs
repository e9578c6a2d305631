//! A write transaction for the rows of a whole registry.

use async_trait::async_trait;
use registry_core::backend::{Backend, Change, RecordReader, RecordWriter};
use registry_core::record::{
    EventRecord, HolderRecord, HoldingRecord, LastIds, ModelRecord, OrdinalRecord, ReferenceRecord, Rows,
    SettingRecord, ToldRecord,
};
use registry_core::{Result, TagName};
use sqlx::Executor as _;

use super::{found, rows};
use crate::apply;
use crate::writer::{MORE_ROOM, Tx};
use crate::{SqliteStore, find, load};

/// A write under way.
pub(super) struct Writing {
    store: SqliteStore,
    tx: Tx,
}

impl Writing {
    pub(super) async fn begin(store: &SqliteStore) -> Result<Self> {
        const ACTION: &str = "begin a transaction";
        let mut tx = store.begin().await?;
        let room = store.connection(&mut tx, ACTION)?.execute(MORE_ROOM).await;
        room.map_err(store.failed_in(&mut tx, ACTION))?;
        let store = store.clone();
        Ok(Self { store, tx })
    }

    async fn raise(&mut self, table: &'static str, last: i64) -> Result<()> {
        let action = "number what comes next";
        let connection = self.store.connection(&mut self.tx, action)?;
        let raised = async {
            // Only where there is something to go on after: a new registry begins with 1.
            if last > 0 {
                sqlx::query_file!("queries/copy/add_sequence.sql", table, last)
                    .execute(&mut *connection)
                    .await?;
                sqlx::query_file!("queries/copy/raise_sequence.sql", table, last)
                    .execute(connection)
                    .await?;
            }
            Ok(())
        };
        let raised = raised.await;
        raised.map_err(self.store.failed_in(&mut self.tx, action))
    }
}

#[async_trait]
impl RecordReader for Writing {
    async fn count(&mut self) -> Result<Rows> {
        let connection = self.store.connection(&mut self.tx, "count the rows")?;
        let read = rows::count(connection).await;
        read.map_err(self.store.failed_in(&mut self.tx, "count the rows"))
    }

    async fn last_ids(&mut self) -> Result<LastIds> {
        let connection = self.store.connection(&mut self.tx, "read the last ids")?;
        let read = rows::last_ids(connection).await;
        read.map_err(self.store.failed_in(&mut self.tx, "read the last ids"))
    }

    async fn settings(&mut self) -> Result<Vec<SettingRecord>> {
        let connection = self.store.connection(&mut self.tx, "read the settings")?;
        let read = find::settings(connection).await;
        read.map_err(self.store.failed_in(&mut self.tx, "read the settings"))
    }

    async fn names(&mut self, after: &str, take: i64) -> Result<Vec<OrdinalRecord>> {
        let connection = self.store.connection(&mut self.tx, "read the names")?;
        let read = rows::names(connection, after, take).await;
        read.map_err(self.store.failed_in(&mut self.tx, "read the names"))
    }

    async fn events(&mut self, after: i64, take: i64) -> Result<Vec<EventRecord>> {
        let connection = self.store.connection(&mut self.tx, "read the history")?;
        let read = rows::events(connection, after, take).await;
        read.map_err(self.store.failed_in(&mut self.tx, "read the history"))
    }

    async fn models(&mut self, after: i64, take: i64) -> Result<Vec<ModelRecord>> {
        let connection = self.store.connection(&mut self.tx, "read the models")?;
        let read = rows::models(connection, after, take).await;
        read.map_err(self.store.failed_in(&mut self.tx, "read the models"))
    }

    async fn holdings(&mut self, after: i64, up_to: i64) -> Result<Vec<HoldingRecord>> {
        let connection = self.store.connection(&mut self.tx, "read the tags")?;
        let read = rows::holdings(connection, after, up_to).await;
        read.map_err(self.store.failed_in(&mut self.tx, "read the tags"))
    }

    async fn models_of(&mut self, ids: &[i64]) -> Result<Vec<ModelRecord>> {
        let connection = self.store.connection(&mut self.tx, "read models")?;
        let read = found::models(connection, ids).await;
        read.map_err(self.store.failed_in(&mut self.tx, "read models"))
    }

    async fn versions(&mut self, versions: &[(String, String)]) -> Result<Vec<ReferenceRecord>> {
        let connection = self.store.connection(&mut self.tx, "look for versions")?;
        let read = found::versions(connection, versions).await;
        read.map_err(self.store.failed_in(&mut self.tx, "look for versions"))
    }

    async fn ordinals(&mut self, names: &[String]) -> Result<Vec<OrdinalRecord>> {
        let connection = self.store.connection(&mut self.tx, "read names")?;
        let read = found::names(connection, names).await;
        read.map_err(self.store.failed_in(&mut self.tx, "read names"))
    }

    async fn holders(&mut self, tag: &TagName) -> Result<Vec<HolderRecord>> {
        let connection = self.store.connection(&mut self.tx, "read who has a tag")?;
        let read = load::holders(connection, tag, None).await;
        read.map_err(self.store.failed_in(&mut self.tx, "read who has a tag"))
    }

    async fn events_of(&mut self, models: &[i64]) -> Result<Vec<EventRecord>> {
        let connection = self
            .store
            .connection(&mut self.tx, "read the history of models")?;
        let read = found::events(connection, models).await;
        read.map_err(self.store.failed_in(&mut self.tx, "read the history of models"))
    }

    async fn told(&mut self, event: &EventRecord) -> Result<Option<ToldRecord>> {
        let connection = self.store.connection(&mut self.tx, "look for an event")?;
        let read = found::told(connection, event).await;
        read.map_err(self.store.failed_in(&mut self.tx, "look for an event"))
    }
}

#[async_trait]
impl RecordWriter for Writing {
    async fn write(&mut self, changes: &[Change]) -> Result<()> {
        self.store.apply(&mut self.tx, changes).await
    }

    async fn put_setting(&mut self, setting: &SettingRecord) -> Result<()> {
        let connection = self.store.connection(&mut self.tx, "write a setting")?;
        let written = apply::setting(connection, &setting.key, &setting.value).await;
        written.map_err(self.store.failed_in(&mut self.tx, "write a setting"))
    }

    async fn put_name(&mut self, name: &OrdinalRecord) -> Result<()> {
        let connection = self.store.connection(&mut self.tx, "write a name")?;
        let written = sqlx::query_file!("queries/save_last_ordinal.sql", name.name, name.last_ordinal)
            .execute(connection)
            .await;
        written
            .map(drop)
            .map_err(self.store.failed_in(&mut self.tx, "write a name"))
    }

    async fn next_event_ids(&mut self, count: usize) -> Result<Vec<i64>> {
        Backend::next_event_ids(&self.store, &mut self.tx, count).await
    }

    async fn put_last_ids(&mut self, last: LastIds) -> Result<()> {
        self.raise("models", last.model).await?;
        self.raise("events", last.event).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        self.store.commit(self.tx).await
    }
}
