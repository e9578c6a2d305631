//! The rows of the registry as they are, for copies and examinations: a view of one moment, and one big write.

mod found;
mod rows;

use async_trait::async_trait;
use registry_core::backend::{Backend, Change, RecordReader, RecordWriter, Records};
use registry_core::record::{
    EventRecord, HolderRecord, HoldingRecord, LastIds, ModelRecord, OrdinalRecord, ReferenceRecord, Rows,
    SettingRecord, ToldRecord,
};
use registry_core::{Result, TagName};
use sqlx::PgConnection;

pub(crate) use self::rows::{events, models};
use crate::locks::Locks;
use crate::store::PostgresStore;
use crate::transaction::{Kind, Transaction};
use crate::work::{Tx, Work};
use crate::{apply, find, load};

#[async_trait]
impl Records for PostgresStore {
    fn location(&self) -> &str {
        PostgresStore::location(self)
    }

    async fn read_records(&self) -> Result<Box<dyn RecordReader>> {
        let work = Work::new(self.clone(), Locks::Nothing);
        let begun = Transaction::begin(self.connections(), Kind::View).await;
        let transaction = begun.map_err(work.failed("begin to read"))?;
        Ok(Box::new(Access { work, transaction }))
    }

    async fn write_records(&self) -> Result<Box<dyn RecordWriter>> {
        let work = Work::new(self.clone(), Locks::Everything);
        let transaction = Backend::begin(&work).await?;
        Ok(Box::new(Access { work, transaction }))
    }
}

/// A view of one moment, or a write under way.
struct Access<T> {
    work: Work,
    transaction: T,
}

/// Both read alike.
trait Connected {
    fn connection(&mut self) -> &mut PgConnection;
}

impl Connected for Transaction {
    fn connection(&mut self) -> &mut PgConnection {
        self
    }
}

impl Connected for Tx {
    fn connection(&mut self) -> &mut PgConnection {
        Tx::connection(self)
    }
}

#[async_trait]
impl<T: Connected + Send> RecordReader for Access<T> {
    async fn count(&mut self) -> Result<Rows> {
        let read = self
            .work
            .in_time(rows::count(self.transaction.connection()))
            .await;
        read.map_err(self.work.failed("count the rows"))
    }

    async fn last_ids(&mut self) -> Result<LastIds> {
        let read = self
            .work
            .in_time(rows::last_ids(self.transaction.connection()))
            .await;
        read.map_err(self.work.failed("read the last ids"))
    }

    async fn settings(&mut self) -> Result<Vec<SettingRecord>> {
        let read = self
            .work
            .in_time(find::settings(self.transaction.connection()))
            .await;
        read.map_err(self.work.failed("read the settings"))
    }

    async fn names(&mut self, after: &str, take: i64) -> Result<Vec<OrdinalRecord>> {
        let read = self
            .work
            .in_time(rows::names(self.transaction.connection(), after, take))
            .await;
        read.map_err(self.work.failed("read the names"))
    }

    async fn events(&mut self, after: i64, take: i64) -> Result<Vec<EventRecord>> {
        let read = self
            .work
            .in_time(events(self.transaction.connection(), after, take))
            .await;
        read.map_err(self.work.failed("read the history"))
    }

    async fn models(&mut self, after: i64, take: i64) -> Result<Vec<ModelRecord>> {
        let read = self
            .work
            .in_time(models(self.transaction.connection(), after, take))
            .await;
        read.map_err(self.work.failed("read the models"))
    }

    async fn holdings(&mut self, after: i64, up_to: i64) -> Result<Vec<HoldingRecord>> {
        let read = self
            .work
            .in_time(rows::holdings(self.transaction.connection(), after, up_to))
            .await;
        read.map_err(self.work.failed("read the tags"))
    }

    async fn models_of(&mut self, ids: &[i64]) -> Result<Vec<ModelRecord>> {
        let read = self
            .work
            .in_time(found::models(self.transaction.connection(), ids))
            .await;
        read.map_err(self.work.failed("read models"))
    }

    async fn versions(&mut self, versions: &[(String, String)]) -> Result<Vec<ReferenceRecord>> {
        let read = self
            .work
            .in_time(found::versions(self.transaction.connection(), versions))
            .await;
        read.map_err(self.work.failed("look for versions"))
    }

    async fn ordinals(&mut self, names: &[String]) -> Result<Vec<OrdinalRecord>> {
        let read = self
            .work
            .in_time(found::names(self.transaction.connection(), names))
            .await;
        read.map_err(self.work.failed("read names"))
    }

    async fn holders(&mut self, tag: &TagName) -> Result<Vec<HolderRecord>> {
        let read = self
            .work
            .in_time(load::holders(self.transaction.connection(), tag, None))
            .await;
        read.map_err(self.work.failed("read who has a tag"))
    }

    async fn events_of(&mut self, models: &[i64]) -> Result<Vec<EventRecord>> {
        let read = self
            .work
            .in_time(found::events(self.transaction.connection(), models))
            .await;
        read.map_err(self.work.failed("read the history of models"))
    }

    async fn told(&mut self, event: &EventRecord) -> Result<Option<ToldRecord>> {
        let read = self
            .work
            .in_time(found::told(self.transaction.connection(), event))
            .await;
        read.map_err(self.work.failed("look for an event"))
    }
}

#[async_trait]
impl RecordWriter for Access<Tx> {
    async fn write(&mut self, changes: &[Change]) -> Result<()> {
        self.work.apply(&mut self.transaction, changes).await
    }

    async fn put_setting(&mut self, setting: &SettingRecord) -> Result<()> {
        let setting = apply::setting(self.transaction.connection(), &setting.key, &setting.value);
        let written = self.work.in_time(setting).await;
        written.map_err(self.work.failed("write a setting"))
    }

    async fn put_name(&mut self, name: &OrdinalRecord) -> Result<()> {
        let written = sqlx::query_file!("queries/save_last_ordinal.sql", name.name, name.last_ordinal)
            .execute(self.transaction.connection());
        let written = self.work.in_time(written).await;
        written.map(drop).map_err(self.work.failed("write a name"))
    }

    async fn next_event_ids(&mut self, count: usize) -> Result<Vec<i64>> {
        Backend::next_event_ids(&self.work, &mut self.transaction, count).await
    }

    async fn put_last_ids(&mut self, last: LastIds) -> Result<()> {
        let raised = sqlx::query_file!("queries/copy/raise_sequences.sql", last.model, last.event)
            .fetch_one(self.transaction.connection());
        let raised = self.work.in_time(raised).await;
        raised
            .map(drop)
            .map_err(self.work.failed("number what comes next"))
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        Backend::commit(&self.work, self.transaction).await
    }
}
