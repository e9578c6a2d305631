//! A registry in use: a store, somebody who writes, and a clock that goes on by one second at each write.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use registry_core::search::SearchQuery;
use registry_core::{
    Category, Deletion, Error, Event, EventKind, HistoryQuery, Labelling, Limit, Model, ModelId, ModelUpdate,
    PromoteRequest, Promotion, PromotionScope, Registered, Registration, RegistryStore, Result, Selector,
    Settings, Status, WriteContext,
};

use crate::builder::{alice, an_export, at, name, tag};

/// Everything that can be seen of a registry.
#[derive(Debug, Clone, PartialEq)]
pub struct Dump {
    /// Every model, newest first.
    pub models: Vec<Model>,
    /// Every event, newest first.
    pub events: Vec<Event>,
    /// The settings.
    pub settings: Settings,
}

/// Everything that can be seen of a store.
///
/// # Errors
/// Those of the store.
pub async fn dump(store: &dyn RegistryStore) -> Result<Dump> {
    let everything = SearchQuery::of_every_status(None, Vec::new())?.limit(Limit::Unlimited);
    let history = HistoryQuery {
        limit: Limit::Unlimited,
        ..HistoryQuery::default()
    };
    Ok(Dump {
        models: store.search_models(&everything, at(0)).await?.items,
        events: store.history(&history).await?.items,
        settings: store.settings().await?,
    })
}

/// A store as a test uses it; Alice writes.
pub struct Session {
    store: Arc<dyn RegistryStore>,
    writes: AtomicI64,
}

impl Session {
    /// A session on a store; its first write is at second 1.
    pub fn new(store: Arc<dyn RegistryStore>) -> Self {
        Self {
            store,
            writes: AtomicI64::new(0),
        }
    }

    /// The store itself.
    pub fn store(&self) -> &dyn RegistryStore {
        self.store.as_ref()
    }

    /// The store, for a task of its own.
    pub fn shared_store(&self) -> Arc<dyn RegistryStore> {
        Arc::clone(&self.store)
    }

    /// A second later, Alice writes.
    pub fn context(&self) -> WriteContext {
        let second = self.writes.fetch_add(1, Ordering::Relaxed) + 1;
        WriteContext::new(alice(), at(second))
    }

    /// The second of the last write.
    pub fn second(&self) -> i64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Everything that can be seen of the registry.
    pub async fn dump(&self) -> Dump {
        dump(self.store()).await.unwrap()
    }

    /// The attempt fails with this code and leaves everything as it was. Returns the error.
    pub async fn refused<T: Debug>(&self, code: &str, attempt: impl Future<Output = Result<T>>) -> Error {
        let before = self.dump().await;
        let error = attempt.await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert_ne!(error.category(), Category::Failure);
        assert_eq!(self.dump().await, before, "a refusal changed something");
        error
    }

    /// The attempt succeeds and leaves everything as it was. Returns the answer.
    pub async fn unchanged<T: Debug>(&self, attempt: impl Future<Output = Result<T>>) -> T {
        let before = self.dump().await;
        let answer = attempt.await.unwrap();
        assert_eq!(self.dump().await, before, "something changed");
        answer
    }

    /// Registers a model.
    pub async fn register(&self, registration: impl Into<Registration>) -> Model {
        self.registered(registration).await.model
    }

    /// Registers a model and returns the whole answer.
    pub async fn registered(&self, registration: impl Into<Registration>) -> Registered {
        self.try_register(registration).await.unwrap()
    }

    /// Tries to register a model.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_register(&self, registration: impl Into<Registration>) -> Result<Registered> {
        self.store.register(&self.context(), registration.into()).await
    }

    /// Tries to register many.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_register_many<R: Into<Registration>>(
        &self,
        registrations: impl IntoIterator<Item = R>,
    ) -> Result<Vec<Registered>> {
        let registrations = registrations.into_iter().map(Into::into).collect();
        self.store.register_many(&self.context(), registrations).await
    }

    /// Registers many.
    pub async fn register_many<R: Into<Registration>>(
        &self,
        registrations: impl IntoIterator<Item = R>,
    ) -> Vec<Model> {
        let answers = self.try_register_many(registrations).await.unwrap();
        answers.into_iter().map(|answer| answer.model).collect()
    }

    /// Finds a model by a selector as it is typed.
    pub async fn find(&self, selector: &str) -> Option<Model> {
        let selector = Selector::parse(selector).unwrap();
        self.store.find(&selector).await.unwrap()
    }

    /// Finds the version that a selector means, as text; empty when there is none.
    pub async fn found(&self, selector: &str) -> String {
        let found = self.find(selector).await;
        found.map_or_else(String::new, |model| format!("{}@{}", model.name, model.version))
    }

    /// The model as it is now.
    pub async fn get(&self, model: &Model) -> Model {
        self.find(&model.id.to_string()).await.unwrap()
    }

    /// The models that fit, as `name@version`, in order.
    pub async fn list(&self, query: SearchQuery) -> Vec<String> {
        let page = self.store.search(&query, at(self.second())).await.unwrap();
        page.items
            .iter()
            .map(|m| format!("{}@{}", m.name, m.version))
            .collect()
    }

    /// Tries what a request asks.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_promote(&self, request: PromoteRequest) -> Result<Promotion> {
        self.store.promote(&self.context(), request).await
    }

    /// Promotes a model by the default scope.
    pub async fn promote(&self, model: &Model, tag: &str) -> Promotion {
        self.try_promote(promotion(model, tag)).await.unwrap()
    }

    /// Promotes a model by a scope.
    pub async fn promote_within(&self, scope: PromotionScope, model: &Model, tag: &str) -> Promotion {
        self.try_promote(promotion(model, tag).scope(scope))
            .await
            .unwrap()
    }

    /// Labels a model.
    pub async fn label(&self, model: &Model, tag: &str) -> Labelling {
        let tag = self::tag(tag);
        self.store.label(&self.context(), model.id, &tag).await.unwrap()
    }

    /// Tries to take a tag from a model.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_untag(&self, model: ModelId, tag: &str) -> Result<Model> {
        self.store.untag(&self.context(), model, &self::tag(tag)).await
    }

    /// Takes a tag from a model.
    pub async fn untag(&self, model: &Model, tag: &str) -> Model {
        self.try_untag(model.id, tag).await.unwrap()
    }

    /// Tries to roll a tag back.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_rollback(&self, tag: &str, name: Option<&str>) -> Result<Promotion> {
        let (tag, name) = (self::tag(tag), name.map(self::name));
        self.store.rollback(&self.context(), &tag, name.as_ref()).await
    }

    /// Rolls a tag back.
    pub async fn rollback(&self, tag: &str) -> Promotion {
        self.try_rollback(tag, None).await.unwrap()
    }

    /// Tries to change a status.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_set_status(&self, model: ModelId, status: Status) -> Result<Model> {
        self.store.set_status(&self.context(), model, status).await
    }

    /// Retires a model.
    pub async fn retire(&self, model: &Model) -> Model {
        self.try_set_status(model.id, Status::Retired).await.unwrap()
    }

    /// Restores a model.
    pub async fn restore(&self, model: &Model) -> Model {
        self.try_set_status(model.id, Status::Active).await.unwrap()
    }

    /// Tries to change fields.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_update(&self, model: ModelId, update: ModelUpdate) -> Result<Model> {
        self.store.update(&self.context(), model, update).await
    }

    /// Changes fields.
    pub async fn update(&self, model: &Model, update: ModelUpdate) -> Model {
        self.try_update(model.id, update).await.unwrap()
    }

    /// Tries to delete a model.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_delete(&self, model: ModelId, force: bool) -> Result<Deletion> {
        self.store.delete(&self.context(), model, force).await
    }

    /// Deletes a model, by force.
    pub async fn delete(&self, model: &Model) -> Deletion {
        self.try_delete(model.id, true).await.unwrap()
    }

    /// Adds an export.
    pub async fn export(&self, model: &Model, format: &str, path: &str) -> Model {
        let export = an_export(format, path);
        self.store
            .add_export(&self.context(), model.id, export)
            .await
            .unwrap()
    }

    /// Tries to remove exports.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_remove_export(&self, model: ModelId, format: &str, path: Option<&str>) -> Result<Model> {
        let format = format.parse().unwrap();
        self.store
            .remove_export(&self.context(), model, &format, path)
            .await
    }

    /// The events, oldest first.
    pub async fn events(&self) -> Vec<Event> {
        let mut events = self.dump().await.events;
        events.reverse();
        events
    }

    /// The kinds of the events, oldest first.
    pub async fn kinds(&self) -> Vec<EventKind> {
        self.events().await.iter().map(|event| event.kind).collect()
    }

    /// The last event.
    pub async fn last_event(&self) -> Event {
        self.dump().await.events.swap_remove(0)
    }

    /// Who held a tag at a second, as `name@version`; empty when nobody did.
    pub async fn held(&self, tag: &str, second: i64) -> String {
        self.held_within(None, tag, second).await
    }

    /// Who of a name held a tag at a second.
    pub async fn held_within(&self, name: Option<&str>, tag: &str, second: i64) -> String {
        let (tag, name) = (self::tag(tag), name.map(self::name));
        let holding = self.store.find_holding(&tag, name.as_ref(), at(second)).await;
        let holder = holding.unwrap().map(|holding| holding.holder);
        holder.map_or_else(String::new, |m| format!("{}@{}", m.name, m.version))
    }
}

/// A request to promote a model by the default scope.
pub(crate) fn promotion(model: &Model, tag: &str) -> PromoteRequest {
    PromoteRequest::new(model.id, self::tag(tag))
}
