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
    Actor, EventId, HistoryQuery, IdempotencyKey, LineageScope, ModelId, ModelName, Result, SortKey, Status,
    TagName, Timestamp,
};

use crate::watch::Follower;
use crate::work::{Tx, Work};
use crate::{apply, find, history, lineage, load, search};

impl Backend for Work {
    type Tx = Tx;

    async fn find_model(&self, key: &ModelKey) -> Result<Option<ModelRecord>> {
        self.ask("find a model", async |reader| find::model(reader, key).await)
            .await
    }

    async fn find_versions(
        &self,
        name: &ModelName,
        below: Option<&SortKey>,
        take: i64,
    ) -> Result<Vec<ReferenceRecord>> {
        self.ask("find the versions of a name", async |reader| {
            find::versions(reader, name, below, take).await
        })
        .await
    }

    async fn find_many(&self, ids: &[ModelId]) -> Result<Vec<ModelRecord>> {
        self.ask("find models", async |reader| find::many(reader, ids).await)
            .await
    }

    async fn search(&self, query: &SearchQuery, now: Timestamp, take: i64) -> Result<Vec<SummaryRecord>> {
        self.ask_several(search::STATEMENTS, "search", async |reader| {
            search::summaries(reader, query, now, take).await
        })
        .await
    }

    async fn search_models(
        &self,
        query: &SearchQuery,
        now: Timestamp,
        take: i64,
    ) -> Result<Vec<ModelRecord>> {
        self.ask_several(search::STATEMENTS, "search", async |reader| {
            search::models(reader, query, now, take).await
        })
        .await
    }

    async fn count(&self, query: &SearchQuery, now: Timestamp, take: i64) -> Result<i64> {
        self.ask_several(search::STATEMENTS, "count", async |reader| {
            search::count(reader, query, now, take).await
        })
        .await
    }

    async fn facets(&self, query: &SearchQuery, now: Timestamp, limits: FacetLimits) -> Result<FacetsRecord> {
        self.ask_several(search::STATEMENTS, "count", async |reader| {
            search::facets(reader, query, now, limits).await
        })
        .await
    }

    async fn list_names(
        &self,
        after: Option<&ModelName>,
        take: i64,
        count: i64,
    ) -> Result<Vec<NameSummaryRecord>> {
        self.ask("list the names", async |reader| {
            search::names(reader, after, take, count).await
        })
        .await
    }

    async fn list_tags(
        &self,
        after: Option<&TagName>,
        take: i64,
        count: i64,
    ) -> Result<Vec<TagSummaryRecord>> {
        self.ask("list the tags", async |reader| {
            search::tags(reader, after, take, count).await
        })
        .await
    }

    async fn find_lineage(&self, model: ModelId, scope: LineageScope) -> Result<Vec<LineageRecord>> {
        self.ask("find a lineage", async |reader| {
            lineage::lineage(reader, model, scope).await
        })
        .await
    }

    async fn list_events(&self, query: &HistoryQuery, take: i64) -> Result<Vec<EventRecord>> {
        self.ask("read the history", async |reader| {
            history::events(reader, query, take).await
        })
        .await
    }

    async fn find_holding(
        &self,
        tag: &TagName,
        name: Option<&ModelName>,
        at: Timestamp,
    ) -> Result<Option<EventRecord>> {
        self.ask("find who held a tag", async |reader| {
            history::holding(reader, tag, name, at).await
        })
        .await
    }

    async fn feed(&self) -> Result<Box<dyn Feed>> {
        Ok(Box::new(Follower::begin(self.store().lookout())))
    }

    async fn find_settings(&self) -> Result<Vec<SettingRecord>> {
        self.ask("read the settings", async |reader| find::settings(reader).await)
            .await
    }

    async fn begin(&self) -> Result<Tx> {
        Work::begin(self)
            .await
            .map_err(self.failed("begin a transaction"))
    }

    async fn commit(&self, tx: Tx) -> Result<()> {
        Work::commit(self, tx).await
    }

    async fn rollback(&self, tx: Tx) -> Result<()> {
        tx.rollback().await.map_err(self.failed("roll back"))
    }

    async fn load_model(&self, tx: &mut Tx, id: ModelId) -> Result<Option<ModelRecord>> {
        let loaded = self.in_time(find::by_id(tx.connection(), id)).await;
        loaded.map_err(self.failed("load a model"))
    }

    async fn load_registrations(&self, tx: &mut Tx, keys: &RegistrationKeys) -> Result<RegistrationRecords> {
        let loaded = self.in_time(tx.registrations(keys)).await;
        loaded.map_err(self.failed("load what a registration needs"))
    }

    async fn load_holders(
        &self,
        tx: &mut Tx,
        tag: &TagName,
        name: Option<&ModelName>,
    ) -> Result<Vec<HolderRecord>> {
        if let Some(known) = tx.known().holders(tag, name) {
            return Ok(known);
        }
        let loaded = self.in_time(load::holders(tx.connection(), tag, name)).await;
        loaded.map_err(self.failed("load the holders of a tag"))
    }

    async fn load_latest_holders(
        &self,
        tx: &mut Tx,
        tag: &TagName,
        status: Status,
        take: i64,
    ) -> Result<Vec<HolderRecord>> {
        if let Some(known) = tx.known().latest_holders(tag, status, take) {
            return Ok(known);
        }
        let loaded = self
            .in_time(load::latest_holders(tx.connection(), tag, status, take))
            .await;
        loaded.map_err(self.failed("load the holders of a tag"))
    }

    async fn load_promoted_holders(
        &self,
        tx: &mut Tx,
        tag: &TagName,
        take: i64,
    ) -> Result<Vec<HolderRecord>> {
        let loaded = self
            .in_time(load::promoted_holders(tx.connection(), tag, take))
            .await;
        loaded.map_err(self.failed("load the holders of a tag"))
    }

    async fn load_children(&self, tx: &mut Tx, id: ModelId) -> Result<Vec<ReferenceRecord>> {
        let loaded = self.in_time(load::children(tx.connection(), id)).await;
        loaded.map_err(self.failed("load the children of a model"))
    }

    async fn load_ancestors(&self, tx: &mut Tx, id: ModelId) -> Result<Vec<i64>> {
        let loaded = self.in_time(lineage::ancestor_ids(tx.connection(), id)).await;
        loaded.map_err(self.failed("load the ancestors of a model"))
    }

    async fn load_event(&self, tx: &mut Tx, id: EventId) -> Result<Option<EventRecord>> {
        let loaded = self.in_time(load::event(tx.connection(), id)).await;
        loaded.map_err(self.failed("load an event"))
    }

    async fn load_settings(&self, tx: &mut Tx) -> Result<Vec<SettingRecord>> {
        if let Some(known) = tx.known().settings() {
            return Ok(known);
        }
        let loaded = self.in_time(find::settings(tx.connection())).await;
        loaded.map_err(self.failed("load the settings"))
    }

    async fn next_event_ids(&self, tx: &mut Tx, count: usize) -> Result<Vec<i64>> {
        let next = self.in_time(tx.next_event_ids(count)).await;
        next.map_err(self.failed("number events"))
    }

    async fn load_answer(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        key: &IdempotencyKey,
        since: i64,
    ) -> Result<Option<AnswerRecord>> {
        let loaded = self
            .in_time(load::answer(tx.connection(), actor, key, since))
            .await;
        loaded.map_err(self.failed("load the answer of a write"))
    }

    async fn apply(&self, tx: &mut Tx, changes: &[Change]) -> Result<()> {
        let written = Box::pin(apply::changes(tx.connection(), changes));
        let written = self.store().deadline().keep(2 + changes.len(), written).await;
        written.map_err(self.failed("write changes"))
    }
}
