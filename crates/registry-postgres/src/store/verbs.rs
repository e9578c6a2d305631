//! The verbs: which locks each takes. What they do stands once, in core, for every [`Work`](crate::work::Work).
//!
//! Each write may be tried more than once, as a whole, when others are in its way.

use async_trait::async_trait;
use registry_core::search::{Count, FacetLimits, Facets, ModelSummary, SearchPage, SearchQuery};
use registry_core::watch::Feed;
use registry_core::webhook::{self, WebhookQueue};
use registry_core::{
    CatalogQuery, Deletion, Event, EventId, ExportFormat, FieldUpdate, HistoryQuery, Holding, Labelling,
    Lineage, LineageScope, Model, ModelId, ModelName, ModelUpdate, NameSummary, NewExport, Page, Pool,
    PromoteRequest, Promotion, PromotionScope, Registered, Registration, RegistryStore, Result, Selector,
    Settings, Status, TagName, TagSummary, Timestamp, WriteContext,
};

use crate::locks::Locks;
use crate::store::PostgresStore;

#[async_trait]
impl RegistryStore for PostgresStore {
    async fn register(&self, context: &WriteContext, registration: Registration) -> Result<Registered> {
        let locks = Locks::Registration(vec![names_and_tags(&registration)]);
        self.writing(locks, |work| {
            let registration = registration.clone();
            async move { work.register(context, registration).await }
        })
        .await
    }

    async fn register_many(
        &self,
        context: &WriteContext,
        registrations: Vec<Registration>,
    ) -> Result<Vec<Registered>> {
        let locks = Locks::Registration(registrations.iter().map(names_and_tags).collect());
        self.writing(locks, |work| {
            let registrations = registrations.clone();
            async move { work.register_many(context, registrations).await }
        })
        .await
    }

    async fn promote(&self, context: &WriteContext, request: PromoteRequest) -> Result<Promotion> {
        let locks = Locks::Promotion(request.model, request.tag.clone(), request.scope);
        self.writing(locks, |work| {
            let request = request.clone();
            async move { work.promote(context, request).await }
        })
        .await
    }

    async fn label(&self, context: &WriteContext, model: ModelId, tag: &TagName) -> Result<Labelling> {
        self.writing(Locks::Label(model, tag.clone()), |work| async move {
            work.label(context, model, tag).await
        })
        .await
    }

    async fn untag(&self, context: &WriteContext, model: ModelId, tag: &TagName) -> Result<Model> {
        self.writing(Locks::Label(model, tag.clone()), |work| async move {
            work.untag(context, model, tag).await
        })
        .await
    }

    async fn rollback(
        &self,
        context: &WriteContext,
        tag: &TagName,
        name: Option<&ModelName>,
    ) -> Result<Promotion> {
        self.writing(Locks::Rollback(tag.clone(), name.cloned()), |work| async move {
            work.rollback(context, tag, name).await
        })
        .await
    }

    async fn set_status(&self, context: &WriteContext, model: ModelId, status: Status) -> Result<Model> {
        self.writing(Locks::Status(model), |work| async move {
            work.set_status(context, model, status).await
        })
        .await
    }

    async fn update(&self, context: &WriteContext, model: ModelId, update: ModelUpdate) -> Result<Model> {
        let locks = match update.parent {
            FieldUpdate::Set(_) => Locks::Parent(model),
            FieldUpdate::Keep | FieldUpdate::Clear => Locks::Model(model),
        };
        self.writing(locks, |work| {
            let update = update.clone();
            async move { work.update(context, model, update).await }
        })
        .await
    }

    async fn delete(&self, context: &WriteContext, model: ModelId, force: bool) -> Result<Deletion> {
        self.writing(Locks::Deletion(model), |work| async move {
            work.delete(context, model, force).await
        })
        .await
    }

    async fn add_export(&self, context: &WriteContext, model: ModelId, export: NewExport) -> Result<Model> {
        self.writing(Locks::Model(model), |work| {
            let export = export.clone();
            async move { work.add_export(context, model, export).await }
        })
        .await
    }

    async fn remove_export(
        &self,
        context: &WriteContext,
        model: ModelId,
        format: &ExportFormat,
        path: Option<&str>,
    ) -> Result<Model> {
        self.writing(Locks::Model(model), |work| async move {
            work.remove_export(context, model, format, path).await
        })
        .await
    }

    async fn set_promotion_scope(&self, context: &WriteContext, scope: PromotionScope) -> Result<Settings> {
        self.writing(Locks::Settings, |work| async move {
            work.set_promotion_scope(context, scope).await
        })
        .await
    }

    async fn find(&self, selector: &Selector) -> Result<Option<Model>> {
        self.read(|work| async move { work.find(selector).await }).await
    }

    async fn find_holding(
        &self,
        tag: &TagName,
        name: Option<&ModelName>,
        at: Timestamp,
    ) -> Result<Option<Holding>> {
        self.read(|work| async move { RegistryStore::find_holding(&work, tag, name, at).await })
            .await
    }

    async fn get_many(&self, ids: &[ModelId]) -> Result<Vec<Option<Model>>> {
        self.read(|work| async move { work.get_many(ids).await }).await
    }

    async fn search(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage<ModelSummary>> {
        self.read(|work| async move { RegistryStore::search(&work, query, now).await })
            .await
    }

    async fn search_models(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage<Model>> {
        self.read(|work| async move { RegistryStore::search_models(&work, query, now).await })
            .await
    }

    async fn count(&self, query: &SearchQuery, now: Timestamp, up_to: Option<u64>) -> Result<Count> {
        self.read(|work| async move { RegistryStore::count(&work, query, now, up_to).await })
            .await
    }

    async fn facets(&self, query: &SearchQuery, now: Timestamp, limits: FacetLimits) -> Result<Facets> {
        self.read(|work| async move { RegistryStore::facets(&work, query, now, limits).await })
            .await
    }

    async fn names(&self, query: &CatalogQuery<ModelName>) -> Result<Page<NameSummary, ModelName>> {
        self.read(|work| async move { work.names(query).await }).await
    }

    async fn tags(&self, query: &CatalogQuery<TagName>) -> Result<Page<TagSummary, TagName>> {
        self.read(|work| async move { work.tags(query).await }).await
    }

    async fn lineage(&self, model: ModelId, scope: LineageScope) -> Result<Lineage> {
        self.read(|work| async move { work.lineage(model, scope).await })
            .await
    }

    async fn history(&self, query: &HistoryQuery) -> Result<Page<Event, EventId>> {
        self.read(|work| async move { work.history(query).await }).await
    }

    async fn events(&self) -> Result<Box<dyn Feed>> {
        self.reading().events().await
    }

    fn webhooks(&self) -> &dyn webhook::Webhooks {
        self
    }

    fn webhook_queue(&self) -> Option<&dyn WebhookQueue> {
        Some(self)
    }

    fn pools(&self) -> Vec<Pool> {
        self.kept_pools()
    }

    async fn settings(&self) -> Result<Settings> {
        self.read(|work| async move { work.settings().await }).await
    }
}

fn names_and_tags(registration: &Registration) -> (ModelName, Vec<TagName>) {
    (registration.name.clone(), registration.tags.clone())
}
