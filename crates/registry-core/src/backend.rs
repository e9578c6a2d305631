//! What a storage backend provides: loads, one write for each kind of [`Change`], and transactions. SQL and nothing
//! else; the order of steps and every rule stand in this crate.
//!
//! Implement [`Backend`] and [`WebhookBackend`] and the type is a [`RegistryStore`](crate::RegistryStore). The `load_*` methods run inside
//! the write transaction and see, and lock, the state that the decision needs; the others read committed state.

mod bulk;
mod once;
mod pages;
mod records;
pub(crate) mod sequence;
mod store;
mod webhooks;
mod write;

use std::future::Future;

pub use self::records::{RecordReader, RecordWriter, Records};
pub use self::webhooks::{
    KeptWebhook, Line, NewDelivery, Requeue, WebhookBackend, WebhookChange, WebhookState,
};

use crate::data_version::DataVersion;
use crate::error::Result;
use crate::event::{Event, EventId};
use crate::export::Export;
use crate::idempotency::IdempotencyKey;
use crate::identifier::{ModelId, ModelRef};
use crate::lineage::LineageScope;
use crate::model::Model;
use crate::pool::Pool;
use crate::query::HistoryQuery;
use crate::record::{
    AnswerRecord, EventRecord, FacetsRecord, HolderRecord, LineageRecord, ModelRecord, NameSummaryRecord,
    ReferenceRecord, RegistrationRecords, SettingRecord, SummaryRecord, TagSummaryRecord,
};
use crate::search::{FacetLimits, SearchQuery};
use crate::status::Status;
use crate::tag::Tag;
use crate::text::{Actor, ExportFormat, ModelName, TagName};
use crate::timestamp::Timestamp;
use crate::version::{SortKey, Version};
use crate::watch::Feed;

/// How a backend is asked for one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelKey {
    /// By id.
    Id(ModelId),
    /// By name and version.
    Version(ModelName, Version),
    /// Of the active models with the tag (of the name, if given), the one with the highest tag event.
    Tag(TagName, Option<ModelName>),
}

/// What registrations, one or many, are decided on. Every list is in order and names each thing once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistrationKeys {
    /// The names that get versions.
    pub names: Vec<ModelName>,
    /// Versions that are asked for, or named as parents.
    pub versions: Vec<(ModelName, Version)>,
    /// Models that are named as parents.
    pub models: Vec<ModelId>,
    /// The labels.
    pub tags: Vec<TagName>,
    /// How many models there will be at most.
    pub new_models: usize,
    /// How many events there will be at most.
    pub new_events: usize,
}

/// One write. A closed enum on purpose: a new kind does not compile until every backend handles it.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Append an event under the id it carries.
    AppendEvent(Box<Event>),
    /// Insert the model's row and metric rows under the id it carries, and keep its ordinal as the name's last.
    /// Its tags and exports come as changes of their own.
    InsertModel(Box<Model>),
    /// Write every column of the model that may change (not id, name, version, ordinal, creation), metric rows
    /// included.
    UpdateModel(Box<Model>),
    /// Delete the model's row, metric rows, tags and exports. Children have lost it as parent before.
    DeleteModel(ModelId),
    /// Give the model the tag, or replace the tag that it has.
    PutTag {
        /// The model.
        model: ModelRef,
        /// The tag.
        tag: Tag,
        /// The event that gives it.
        event: EventId,
    },
    /// Take the tag from the model.
    RemoveTag {
        /// The model.
        model: ModelId,
        /// The tag.
        tag: TagName,
    },
    /// Take away the parent of a model.
    ClearParent {
        /// The model.
        model: ModelId,
        /// When: its new `updated_at`.
        at: Timestamp,
    },
    /// Add the export, or replace the one with the same format and path.
    PutExport {
        /// The model.
        model: ModelId,
        /// The export.
        export: Export,
    },
    /// Remove the export.
    RemoveExport {
        /// The model.
        model: ModelId,
        /// The format.
        format: ExportFormat,
        /// The path.
        path: String,
    },
    /// Keep a setting.
    SaveSetting {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
    },
    /// Keep the answer of a write under its key, and forget what is too old under it and a few others that are. A key
    /// that others used meanwhile is a write that must be done again.
    KeepAnswer(Box<KeptAnswer>),
    /// Write something about webhooks.
    Webhook(Box<WebhookChange>),
}

/// What is kept of a write under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Who wrote; a key is of one actor.
    pub actor: Actor,
    /// The key.
    pub key: IdempotencyKey,
    /// What tells this request from others.
    pub fingerprint: String,
    /// The answer, as text.
    pub answer: String,
    /// When it was given.
    pub at: Timestamp,
    /// What is of an earlier time, in microseconds since 1970, can be forgotten.
    pub kept_since: i64,
}

/// A storage backend. Every method maps the engine's errors to [`Error`](crate::Error) by what they mean.
pub trait Backend: Send + Sync {
    /// An open write transaction; dropping it rolls back.
    type Tx: Send;

    /// One model with its tags and exports.
    fn find_model(&self, key: &ModelKey) -> impl Future<Output = Result<Option<ModelRecord>>> + Send;

    /// The versions of a name below this one (`None`: from the highest), highest first (by sort key), at most `take`.
    fn find_versions(
        &self,
        name: &ModelName,
        below: Option<&SortKey>,
        take: i64,
    ) -> impl Future<Output = Result<Vec<ReferenceRecord>>> + Send;

    /// Those of the models that exist, in any order, each once.
    fn find_many(&self, ids: &[ModelId]) -> impl Future<Output = Result<Vec<ModelRecord>>> + Send;

    /// The models that fit the query, from its cursor on, in the direction in which it reads, at most `take` (not the
    /// query's own limit). Relative times count from [`SearchQuery::moment`].
    fn search(
        &self,
        query: &SearchQuery,
        now: Timestamp,
        take: i64,
    ) -> impl Future<Output = Result<Vec<SummaryRecord>>> + Send;

    /// The same as whole models.
    fn search_models(
        &self,
        query: &SearchQuery,
        now: Timestamp,
        take: i64,
    ) -> impl Future<Output = Result<Vec<ModelRecord>>> + Send;

    /// How many models fit the query, whatever its limit and cursor; counting may stop at `take`.
    fn count(
        &self,
        query: &SearchQuery,
        now: Timestamp,
        take: i64,
    ) -> impl Future<Output = Result<i64>> + Send;

    /// How the models that fit divide, whatever the query's limit and cursor: see
    /// [`Facets`](crate::search::Facets).
    fn facets(
        &self,
        query: &SearchQuery,
        now: Timestamp,
        limits: FacetLimits,
    ) -> impl Future<Output = Result<FacetsRecord>> + Send;

    /// The names after this one that have models, in the order of their bytes, at most `take`; each name's versions
    /// are counted up to `count`.
    fn list_names(
        &self,
        after: Option<&ModelName>,
        take: i64,
        count: i64,
    ) -> impl Future<Output = Result<Vec<NameSummaryRecord>>> + Send;

    /// The tags after this one that models hold, in the order of their bytes, at most `take`; each tag's models are
    /// counted up to `count`.
    fn list_tags(
        &self,
        after: Option<&TagName>,
        take: i64,
        count: i64,
    ) -> impl Future<Output = Result<Vec<TagSummaryRecord>>> + Send;

    /// The members of a family, the model itself included (none if it doesn't exist), by generation, then id. Each
    /// once, even if the stored parents form a cycle.
    fn find_lineage(
        &self,
        model: ModelId,
        scope: LineageScope,
    ) -> impl Future<Output = Result<Vec<LineageRecord>>> + Send;

    /// The events that fit, newest (highest id) first, at most `take` (not the query's own limit).
    fn list_events(
        &self,
        query: &HistoryQuery,
        take: i64,
    ) -> impl Future<Output = Result<Vec<EventRecord>>> + Send;

    /// The event by which the tag's holder at that time had got it: of the models (of the name, if given) that had
    /// the tag and were active then, the one that had got it last.
    fn find_holding(
        &self,
        tag: &TagName,
        name: Option<&ModelName>,
        at: Timestamp,
    ) -> impl Future<Output = Result<Option<EventRecord>>> + Send;

    /// A way to follow the events, with a connection of its own.
    fn feed(&self) -> impl Future<Output = Result<Box<dyn Feed>>> + Send;

    /// What tells whether anything was committed; `None` where that costs as much as reading.
    fn find_data_version(&self) -> impl Future<Output = Result<Option<DataVersion>>> + Send {
        std::future::ready(Ok(None))
    }

    /// The connections that it keeps.
    fn kept_pools(&self) -> Vec<Pool> {
        Vec::new()
    }

    /// All stored settings.
    fn find_settings(&self) -> impl Future<Output = Result<Vec<SettingRecord>>> + Send;

    /// Begins a write transaction. Several writes may share one of the engine's, each as if it were alone.
    fn begin(&self) -> impl Future<Output = Result<Self::Tx>> + Send;

    /// Makes it durable, and answers then.
    fn commit(&self, tx: Self::Tx) -> impl Future<Output = Result<()>> + Send;

    /// Undoes it. Answers when everything that it may have loaded is durable.
    fn rollback(&self, tx: Self::Tx) -> impl Future<Output = Result<()>> + Send;

    /// One model with its tags and exports, locked.
    fn load_model(
        &self,
        tx: &mut Self::Tx,
        id: ModelId,
    ) -> impl Future<Output = Result<Option<ModelRecord>>> + Send;

    /// What registrations are decided on, in one step: the names' counters, locked against other registrations of
    /// the names; of the versions and models those that exist; who holds the tags by promotion; and new ids.
    fn load_registrations(
        &self,
        tx: &mut Self::Tx,
        keys: &RegistrationKeys,
    ) -> impl Future<Output = Result<RegistrationRecords>> + Send;

    /// The models with the tag (of the name, if given), active or not, highest tag event first, locked against
    /// others that change who holds the tag.
    fn load_holders(
        &self,
        tx: &mut Self::Tx,
        tag: &TagName,
        name: Option<&ModelName>,
    ) -> impl Future<Output = Result<Vec<HolderRecord>>> + Send;

    /// The models of this status with the tag, highest tag event first, at most `take`, locked as by
    /// [`load_holders`](Backend::load_holders).
    fn load_latest_holders(
        &self,
        tx: &mut Self::Tx,
        tag: &TagName,
        status: Status,
        take: i64,
    ) -> impl Future<Output = Result<Vec<HolderRecord>>> + Send;

    /// The models that hold the tag by promotion, active or not, highest tag event first, at most `take`.
    fn load_promoted_holders(
        &self,
        tx: &mut Self::Tx,
        tag: &TagName,
        take: i64,
    ) -> impl Future<Output = Result<Vec<HolderRecord>>> + Send;

    /// The model's children, by id.
    fn load_children(
        &self,
        tx: &mut Self::Tx,
        id: ModelId,
    ) -> impl Future<Output = Result<Vec<ReferenceRecord>>> + Send;

    /// The ids of the model's ancestors, itself included, in any order.
    fn load_ancestors(&self, tx: &mut Self::Tx, id: ModelId)
    -> impl Future<Output = Result<Vec<i64>>> + Send;

    /// One event.
    fn load_event(
        &self,
        tx: &mut Self::Tx,
        id: EventId,
    ) -> impl Future<Output = Result<Option<EventRecord>>> + Send;

    /// All stored settings.
    fn load_settings(&self, tx: &mut Self::Tx) -> impl Future<Output = Result<Vec<SettingRecord>>> + Send;

    /// Ids for this many events about to be appended, ascending, higher than any that was ever used.
    fn next_event_ids(
        &self,
        tx: &mut Self::Tx,
        count: usize,
    ) -> impl Future<Output = Result<Vec<i64>>> + Send;

    /// What is kept under the actor's key, unless it is of a time before `since` (microseconds since 1970).
    fn load_answer(
        &self,
        tx: &mut Self::Tx,
        actor: &Actor,
        key: &IdempotencyKey,
        since: i64,
    ) -> impl Future<Output = Result<Option<AnswerRecord>>> + Send;

    /// Writes changes as if one after another, in as few steps as it can.
    fn apply(&self, tx: &mut Self::Tx, changes: &[Change]) -> impl Future<Output = Result<()>> + Send;
}
