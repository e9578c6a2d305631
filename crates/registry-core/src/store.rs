//! The registry as everyone uses it, whatever stores it.

use async_trait::async_trait;

use crate::catalog::{CatalogQuery, NameSummary, TagSummary};
use crate::context::WriteContext;
use crate::data_version::DataVersion;
use crate::error::{Error, Result};
use crate::event::{Event, EventId};
use crate::export::NewExport;
use crate::identifier::ModelId;
use crate::lineage::{Lineage, LineageScope};
use crate::model::Model;
use crate::outcome::{Deletion, Holding, Labelling, Promotion, Registered};
use crate::pool::Pool;
use crate::query::{HistoryQuery, Page};
use crate::registration::Registration;
use crate::search::{Count, FacetLimits, Facets, ModelSummary, SearchPage, SearchQuery};
use crate::selector::Selector;
use crate::settings::Settings;
use crate::status::Status;
use crate::tag::{PromoteRequest, PromotionScope};
use crate::text::{ExportFormat, ModelName, TagName};
use crate::timestamp::Timestamp;
use crate::update::ModelUpdate;
use crate::watch::{EventStream, Feed, follow};
use crate::webhook::{NO_WEBHOOKS, WebhookQueue, Webhooks};

/// A model registry: `Arc<dyn RegistryStore>` is what services hold.
///
/// Every write is one transaction, leaves its events in that transaction, and is durable when it returns; on an
/// error nothing has changed. With [`WriteContext::dry_run`] it decides and answers as usual and changes nothing.
/// With [`WriteContext::expect`] the verbs that are given one model, and a rollback of which it is the one that loses the
/// tag, go ahead only if it has that revision, and otherwise answer [`RevisionChanged`](crate::Error::RevisionChanged).
/// What can be composed from these verbs is in [`RegistryStoreExt`](crate::RegistryStoreExt).
///
/// Besides the errors named at each verb, every one may fail with the storage errors
/// ([`Category::Failure`](crate::Category::Failure)).
#[async_trait]
pub trait RegistryStore: Send + Sync {
    /// Registers a model version with its labels and exports.
    ///
    /// # Errors
    /// [`ModelExists`](crate::Error::ModelExists), [`ParentNotFound`](crate::Error::ParentNotFound).
    async fn register(&self, context: &WriteContext, registration: Registration) -> Result<Registered>;

    /// Registers all of them in one transaction, or none. An entry may name another entry as its parent, in any
    /// order. The answers come in the order of the entries.
    ///
    /// # Errors
    /// [`Bulk`](crate::Error::Bulk) with every refused entry.
    async fn register_many(
        &self,
        context: &WriteContext,
        registrations: Vec<Registration>,
    ) -> Result<Vec<Registered>>;

    /// The model that a selector names, if there is one. Retired models are found by everything but a tag.
    async fn find(&self, selector: &Selector) -> Result<Option<Model>>;

    /// Who held a tag at a time: of the models active then that had the tag, the one that had got it last.
    async fn find_holding(
        &self,
        tag: &TagName,
        name: Option<&ModelName>,
        at: Timestamp,
    ) -> Result<Option<Holding>>;

    /// The models of these ids, in the order asked; `None` where there is none.
    async fn get_many(&self, ids: &[ModelId]) -> Result<Vec<Option<Model>>>;

    /// The models that fit, in short. Relative times count from `now`, or from the moment of the first page.
    async fn search(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage<ModelSummary>>;

    /// The models that fit, whole.
    async fn search_models(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage<Model>>;

    /// How many models fit, counted up to a bound: beyond it, it only says that there are more. The query's limit and
    /// cursor don't matter.
    async fn count(&self, query: &SearchQuery, now: Timestamp, up_to: Option<u64>) -> Result<Count>;

    /// How the models that fit divide by task type, status, tag and name. The query's limit and cursor don't matter.
    async fn facets(&self, query: &SearchQuery, now: Timestamp, limits: FacetLimits) -> Result<Facets>;

    /// The names that have models, in the order of their bytes.
    async fn names(&self, query: &CatalogQuery<ModelName>) -> Result<Page<NameSummary, ModelName>>;

    /// The tags that models hold, in the order of their bytes.
    async fn tags(&self, query: &CatalogQuery<TagName>) -> Result<Page<TagSummary, TagName>>;

    /// Gives a tag to a model and takes it from others, as the scope says.
    ///
    /// # Errors
    /// [`ModelNotFound`](crate::Error::ModelNotFound), [`ModelRetired`](crate::Error::ModelRetired),
    /// [`UnexpectedHolder`](crate::Error::UnexpectedHolder).
    async fn promote(&self, context: &WriteContext, request: PromoteRequest) -> Result<Promotion>;

    /// Adds a tag to a model and takes it from nobody.
    ///
    /// # Errors
    /// [`ModelNotFound`](crate::Error::ModelNotFound).
    async fn label(&self, context: &WriteContext, model: ModelId, tag: &TagName) -> Result<Labelling>;

    /// Removes a tag from a model.
    ///
    /// # Errors
    /// [`ModelNotFound`](crate::Error::ModelNotFound), [`TagNotHeld`](crate::Error::TagNotHeld).
    async fn untag(&self, context: &WriteContext, model: ModelId, tag: &TagName) -> Result<Model>;

    /// Gives a tag back to the holder before the present one; again: to the one before that. `name` looks only at
    /// the versions of one name, as promotions under scope `name` do.
    ///
    /// # Errors
    /// [`Rollback`](crate::Error::Rollback) with what stands in the way.
    async fn rollback(
        &self,
        context: &WriteContext,
        tag: &TagName,
        name: Option<&ModelName>,
    ) -> Result<Promotion>;

    /// Retires or restores a model; its tags stay.
    ///
    /// # Errors
    /// [`ModelNotFound`](crate::Error::ModelNotFound).
    async fn set_status(&self, context: &WriteContext, model: ModelId, status: Status) -> Result<Model>;

    /// Changes fields of a model.
    ///
    /// # Errors
    /// [`ModelNotFound`](crate::Error::ModelNotFound), [`ParentNotFound`](crate::Error::ParentNotFound),
    /// [`ParentCycle`](crate::Error::ParentCycle), [`EmptyUpdate`](crate::Error::EmptyUpdate).
    async fn update(&self, context: &WriteContext, model: ModelId, update: ModelUpdate) -> Result<Model>;

    /// Deletes a model. Its history stays, its id and ordinal are not used again, its files are not touched.
    ///
    /// # Errors
    /// [`ModelNotFound`](crate::Error::ModelNotFound), [`ModelInUse`](crate::Error::ModelInUse) without `force`.
    async fn delete(&self, context: &WriteContext, model: ModelId, force: bool) -> Result<Deletion>;

    /// A model with its ancestors, descendants or family.
    ///
    /// # Errors
    /// [`ModelNotFound`](crate::Error::ModelNotFound).
    async fn lineage(&self, model: ModelId, scope: LineageScope) -> Result<Lineage>;

    /// Adds an export; the same format and path again updates it.
    ///
    /// # Errors
    /// [`ModelNotFound`](crate::Error::ModelNotFound).
    async fn add_export(&self, context: &WriteContext, model: ModelId, export: NewExport) -> Result<Model>;

    /// Removes the exports of a format: the one at `path`, or all.
    ///
    /// # Errors
    /// [`ModelNotFound`](crate::Error::ModelNotFound), [`ExportNotFound`](crate::Error::ExportNotFound).
    async fn remove_export(
        &self,
        context: &WriteContext,
        model: ModelId,
        format: &ExportFormat,
        path: Option<&str>,
    ) -> Result<Model>;

    /// What happened, newest first.
    async fn history(&self, query: &HistoryQuery) -> Result<Page<Event, EventId>>;

    /// Follows the history: the events after this one (`None`: those committed from the answer on), oldest first, and
    /// then each as it comes. None is missed and none comes twice, whoever writes, and over lost connections.
    ///
    /// An id that a stream has handed out is a place to go on from later. The newest of [`history`](Self::history) is
    /// not quite: a slower write may have a lower one.
    ///
    /// # Errors
    /// [`Unsupported`](Error::Unsupported) where a registry cannot be followed.
    async fn watch(&self, after: Option<EventId>) -> Result<EventStream> {
        follow(self.events().await?, after).await
    }

    /// What [`watch`](Self::watch) asks, for one who asks by himself.
    ///
    /// # Errors
    /// [`Unsupported`](Error::Unsupported) where a registry cannot be followed.
    async fn events(&self) -> Result<Box<dyn Feed>> {
        Err(Error::Unsupported {
            location: "this registry".into(),
            operation: "a stream of events",
            instead: "ask for the history from time to time",
        })
    }

    /// What tells whether anything was written, for those who keep what they have read: while it is equal, nothing was.
    /// Every write that was acknowledged before the question shows in it. `None` where to ask costs as much as to read.
    async fn data_version(&self) -> Result<Option<DataVersion>> {
        Ok(None)
    }

    /// The registry's webhooks. Where it has none, every method answers [`Unsupported`](Error::Unsupported).
    fn webhooks(&self) -> &dyn Webhooks {
        &NO_WEBHOOKS
    }

    /// What a program works on that sends webhooks; `None` where others do.
    fn webhook_queue(&self) -> Option<&dyn WebhookQueue> {
        None
    }

    /// The connections that it keeps to its database, for those who watch over it; nothing where it keeps none.
    fn pools(&self) -> Vec<Pool> {
        Vec::new()
    }

    /// The registry's settings.
    async fn settings(&self) -> Result<Settings>;

    /// Changes the default scope of promotions.
    async fn set_promotion_scope(&self, context: &WriteContext, scope: PromotionScope) -> Result<Settings>;
}
