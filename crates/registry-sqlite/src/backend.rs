//! The backend as a table of contents: which module answers what. No rule and no SQL here.

mod webhooks;

use registry_core::backend::{Backend, Change, ModelKey, RegistrationKeys};
use registry_core::record::{
    AnswerRecord, EventRecord, FacetsRecord, HolderRecord, LineageRecord, ModelRecord, NameSummaryRecord,
    ReferenceRecord, RegistrationRecords, SettingRecord, SummaryRecord, TagSummaryRecord,
};
use registry_core::search::{FacetLimits, SearchQuery};
use registry_core::watch::Feed;
use registry_core::{
    Actor, DataVersion, EventId, HistoryQuery, IdempotencyKey, LineageScope, ModelId, ModelName, Pool,
    Result, SortKey, Status, TagName, Timestamp,
};

use crate::writer::Tx;
use crate::{SqliteStore, apply, find, history, lineage, load, search, watch};

impl Backend for SqliteStore {
    type Tx = Tx;

    async fn find_model(&self, key: &ModelKey) -> Result<Option<ModelRecord>> {
        let found = find::model(self.readers(), key).await;
        found.map_err(self.failed("find a model"))
    }

    async fn find_versions(
        &self,
        name: &ModelName,
        below: Option<&SortKey>,
        take: i64,
    ) -> Result<Vec<ReferenceRecord>> {
        let found = find::versions(self.readers(), name, below, take).await;
        found.map_err(self.failed("find the versions of a name"))
    }

    async fn find_many(&self, ids: &[ModelId]) -> Result<Vec<ModelRecord>> {
        let found = find::many(self.readers(), ids).await;
        found.map_err(self.failed("find models"))
    }

    async fn search(&self, query: &SearchQuery, now: Timestamp, take: i64) -> Result<Vec<SummaryRecord>> {
        let found = search::summaries(self.readers(), query, now, take).await;
        found.map_err(self.failed("search"))
    }

    async fn search_models(
        &self,
        query: &SearchQuery,
        now: Timestamp,
        take: i64,
    ) -> Result<Vec<ModelRecord>> {
        let found = search::models(self.readers(), query, now, take).await;
        found.map_err(self.failed("search"))
    }

    async fn count(&self, query: &SearchQuery, now: Timestamp, take: i64) -> Result<i64> {
        let counted = search::count(self.readers(), query, now, take).await;
        counted.map_err(self.failed("count"))
    }

    async fn facets(&self, query: &SearchQuery, now: Timestamp, limits: FacetLimits) -> Result<FacetsRecord> {
        let counted = search::facets(self.readers(), query, now, limits).await;
        counted.map_err(self.failed("count"))
    }

    async fn list_names(
        &self,
        after: Option<&ModelName>,
        take: i64,
        count: i64,
    ) -> Result<Vec<NameSummaryRecord>> {
        let listed = search::names(self.readers(), after, take, count).await;
        listed.map_err(self.failed("list the names"))
    }

    async fn list_tags(
        &self,
        after: Option<&TagName>,
        take: i64,
        count: i64,
    ) -> Result<Vec<TagSummaryRecord>> {
        let listed = search::tags(self.readers(), after, take, count).await;
        listed.map_err(self.failed("list the tags"))
    }

    async fn find_lineage(&self, model: ModelId, scope: LineageScope) -> Result<Vec<LineageRecord>> {
        let found = lineage::lineage(self.readers(), model, scope).await;
        found.map_err(self.failed("find a lineage"))
    }

    async fn list_events(&self, query: &HistoryQuery, take: i64) -> Result<Vec<EventRecord>> {
        let found = history::events(self.readers(), query, take).await;
        found.map_err(self.failed("read the history"))
    }

    async fn find_holding(
        &self,
        tag: &TagName,
        name: Option<&ModelName>,
        at: Timestamp,
    ) -> Result<Option<EventRecord>> {
        let found = history::holding(self.readers(), tag, name, at).await;
        found.map_err(self.failed("find who held a tag"))
    }

    async fn feed(&self) -> Result<Box<dyn Feed>> {
        Ok(Box::new(watch::Tail::open(self).await?))
    }

    async fn find_data_version(&self) -> Result<Option<DataVersion>> {
        let found = self.witness().data_version().await;
        found.map_err(self.failed("see whether anything was written"))
    }

    fn kept_pools(&self) -> Vec<Pool> {
        vec![self.readers().pool()]
    }

    async fn find_settings(&self) -> Result<Vec<SettingRecord>> {
        let found = find::settings(&mut *self.reader().await?).await;
        found.map_err(self.failed("read the settings"))
    }

    async fn begin(&self) -> Result<Self::Tx> {
        let begun = self.writer().begin().await;
        begun.map_err(self.failed("begin a transaction"))
    }

    async fn commit(&self, tx: Self::Tx) -> Result<()> {
        tx.commit().await.map_err(self.failed_for_all("commit"))
    }

    async fn rollback(&self, tx: Self::Tx) -> Result<()> {
        tx.rollback().await.map_err(self.failed_for_all("roll back"))
    }

    async fn load_model(&self, tx: &mut Self::Tx, id: ModelId) -> Result<Option<ModelRecord>> {
        let connection = self.connection(tx, "load a model")?;
        let loaded = find::by_id(connection, id).await;
        loaded.map_err(self.failed_in(tx, "load a model"))
    }

    async fn load_registrations(
        &self,
        tx: &mut Self::Tx,
        keys: &RegistrationKeys,
    ) -> Result<RegistrationRecords> {
        let connection = self.connection(tx, "load what a registration needs")?;
        let loaded = load::registrations(connection, keys).await;
        loaded.map_err(self.failed_in(tx, "load what a registration needs"))
    }

    async fn load_holders(
        &self,
        tx: &mut Self::Tx,
        tag: &TagName,
        name: Option<&ModelName>,
    ) -> Result<Vec<HolderRecord>> {
        let connection = self.connection(tx, "load the holders of a tag")?;
        let loaded = load::holders(connection, tag, name).await;
        loaded.map_err(self.failed_in(tx, "load the holders of a tag"))
    }

    async fn load_latest_holders(
        &self,
        tx: &mut Self::Tx,
        tag: &TagName,
        status: Status,
        take: i64,
    ) -> Result<Vec<HolderRecord>> {
        let connection = self.connection(tx, "load the holders of a tag")?;
        let loaded = load::latest_holders(connection, tag, status, take).await;
        loaded.map_err(self.failed_in(tx, "load the holders of a tag"))
    }

    async fn load_promoted_holders(
        &self,
        tx: &mut Self::Tx,
        tag: &TagName,
        take: i64,
    ) -> Result<Vec<HolderRecord>> {
        let connection = self.connection(tx, "load the holders of a tag")?;
        let loaded = load::promoted_holders(connection, tag, take).await;
        loaded.map_err(self.failed_in(tx, "load the holders of a tag"))
    }

    async fn load_children(&self, tx: &mut Self::Tx, id: ModelId) -> Result<Vec<ReferenceRecord>> {
        let connection = self.connection(tx, "load the children of a model")?;
        let loaded = load::children(connection, id).await;
        loaded.map_err(self.failed_in(tx, "load the children of a model"))
    }

    async fn load_ancestors(&self, tx: &mut Self::Tx, id: ModelId) -> Result<Vec<i64>> {
        let connection = self.connection(tx, "load the ancestors of a model")?;
        let loaded = lineage::ancestor_ids(connection, id).await;
        loaded.map_err(self.failed_in(tx, "load the ancestors of a model"))
    }

    async fn load_event(&self, tx: &mut Self::Tx, id: EventId) -> Result<Option<EventRecord>> {
        let connection = self.connection(tx, "load an event")?;
        let loaded = load::event(connection, id).await;
        loaded.map_err(self.failed_in(tx, "load an event"))
    }

    async fn load_settings(&self, tx: &mut Self::Tx) -> Result<Vec<SettingRecord>> {
        let connection = self.connection(tx, "load the settings")?;
        let loaded = find::settings(connection).await;
        loaded.map_err(self.failed_in(tx, "load the settings"))
    }

    async fn next_event_ids(&self, tx: &mut Self::Tx, count: usize) -> Result<Vec<i64>> {
        let connection = self.connection(tx, "number events")?;
        let next = load::next_event_ids(connection, count).await;
        next.map_err(self.failed_in(tx, "number events"))
    }

    async fn load_answer(
        &self,
        tx: &mut Self::Tx,
        actor: &Actor,
        key: &IdempotencyKey,
        since: i64,
    ) -> Result<Option<AnswerRecord>> {
        let connection = self.connection(tx, "load the answer of a write")?;
        let loaded = load::answer(connection, actor, key, since).await;
        loaded.map_err(self.failed_in(tx, "load the answer of a write"))
    }

    async fn apply(&self, tx: &mut Self::Tx, changes: &[Change]) -> Result<()> {
        let connection = self.connection(tx, "write changes")?;
        let written = apply::changes(connection, changes).await;
        written.map_err(self.failed_in(tx, "write changes"))
    }
}
