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
        let found = self.in_time(find::model(self.readers(), key)).await;
        found.map_err(self.failed("find a model"))
    }

    async fn find_versions(
        &self,
        name: &ModelName,
        below: Option<&SortKey>,
        take: i64,
    ) -> Result<Vec<ReferenceRecord>> {
        let found = self
            .in_time(find::versions(self.readers(), name, below, take))
            .await;
        found.map_err(self.failed("find the versions of a name"))
    }

    async fn find_many(&self, ids: &[ModelId]) -> Result<Vec<ModelRecord>> {
        let found = self.in_time(find::many(self.readers(), ids)).await;
        found.map_err(self.failed("find models"))
    }

    async fn search(&self, query: &SearchQuery, now: Timestamp, take: i64) -> Result<Vec<SummaryRecord>> {
        let found = self
            .in_time(search::summaries(self.readers(), query, now, take))
            .await;
        found.map_err(self.failed("search"))
    }

    async fn search_models(
        &self,
        query: &SearchQuery,
        now: Timestamp,
        take: i64,
    ) -> Result<Vec<ModelRecord>> {
        let found = self
            .in_time(search::models(self.readers(), query, now, take))
            .await;
        found.map_err(self.failed("search"))
    }

    async fn count(&self, query: &SearchQuery, now: Timestamp, take: i64) -> Result<i64> {
        let counted = self
            .in_time(search::count(self.readers(), query, now, take))
            .await;
        counted.map_err(self.failed("count"))
    }

    async fn facets(&self, query: &SearchQuery, now: Timestamp, limits: FacetLimits) -> Result<FacetsRecord> {
        let counted = self
            .in_time(search::facets(self.readers(), query, now, limits))
            .await;
        counted.map_err(self.failed("count"))
    }

    async fn list_names(
        &self,
        after: Option<&ModelName>,
        take: i64,
        count: i64,
    ) -> Result<Vec<NameSummaryRecord>> {
        let listed = self
            .in_time(search::names(self.readers(), after, take, count))
            .await;
        listed.map_err(self.failed("list the names"))
    }

    async fn list_tags(
        &self,
        after: Option<&TagName>,
        take: i64,
        count: i64,
    ) -> Result<Vec<TagSummaryRecord>> {
        let listed = self
            .in_time(search::tags(self.readers(), after, take, count))
            .await;
        listed.map_err(self.failed("list the tags"))
    }

    async fn find_lineage(&self, model: ModelId, scope: LineageScope) -> Result<Vec<LineageRecord>> {
        let found = self.in_time(lineage::lineage(self.readers(), model, scope)).await;
        found.map_err(self.failed("find a lineage"))
    }

    async fn list_events(&self, query: &HistoryQuery, take: i64) -> Result<Vec<EventRecord>> {
        let found = self.in_time(history::events(self.readers(), query, take)).await;
        found.map_err(self.failed("read the history"))
    }

    async fn find_holding(
        &self,
        tag: &TagName,
        name: Option<&ModelName>,
        at: Timestamp,
    ) -> Result<Option<EventRecord>> {
        let found = self
            .in_time(history::holding(self.readers(), tag, name, at))
            .await;
        found.map_err(self.failed("find who held a tag"))
    }

    async fn feed(&self) -> Result<Box<dyn Feed>> {
        Ok(Box::new(Follower::begin(self.store())))
    }

    async fn find_settings(&self) -> Result<Vec<SettingRecord>> {
        let found = self.in_time(find::settings(self.readers())).await;
        found.map_err(self.failed("read the settings"))
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
