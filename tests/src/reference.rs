//! A registry in memory: the oracle that the backends are compared with.
//!
//! It is written from the documented promises alone and shares no rule with the backends: `registry_core::rules` and
//! `registry_core::backend` are not used here. It is meant to be read, not to be fast: every write works on a copy of
//! everything and puts it in place at the end.

mod bulk;
mod change;
mod delete;
mod exports;
mod holding;
mod kept;
mod lineage;
mod list;
mod register;
mod rollback;
mod state;
mod tags;
mod watch;
mod webhooks;

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use registry_core::search::{Count, FacetLimits, Facets, ModelSummary, SearchPage, SearchQuery};
use registry_core::watch::Feed;
use registry_core::webhook::{WebhookQueue, Webhooks};
use registry_core::{
    CatalogQuery, Deletion, Error, Event, EventId, ExportFormat, HistoryQuery, Holding, Labelling, Lineage,
    LineageScope, Model, ModelId, ModelName, ModelUpdate, NameSummary, NewExport, Page, PromoteRequest,
    Promotion, PromotionScope, Registered, Registration, RegistryStore, Result, Selector, Settings, Status,
    TagName, TagSummary, Timestamp, WriteContext,
};

use self::kept::Asked;
use self::state::{State, Write};
use crate::Given;

/// A [`RegistryStore`] in memory.
#[derive(Debug, Default)]
pub struct Reference {
    state: Arc<Mutex<State>>,
    /// Changes with every write.
    written: tokio::sync::watch::Sender<()>,
}

impl Reference {
    /// An empty registry.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty registry in which it is so.
    pub fn given(given: Given) -> Self {
        let registry = Self::new();
        let ordinals = given.ordinals();
        let ordinals =
            ordinals.map(|record| (record.name.parse().unwrap(), record.last_ordinal.unsigned_abs()));
        *registry.state.lock().unwrap() = State {
            last_id: given.last.model,
            events_before: given.last.event,
            last_ordinals: ordinals.collect(),
            ..State::default()
        };
        registry
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Works on a copy; the copy takes the place of the state when the write succeeds and is no rehearsal. What was
    /// asked under its key before is answered as it was then.
    fn write<T: Clone + Send + Sync + 'static>(
        &self,
        context: &WriteContext,
        request: &dyn Debug,
        write: impl FnOnce(&mut Write<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = Asked::new(context, request);
        context.set_replayed(false);
        if let Some(answer) = asked
            .as_ref()
            .and_then(|asked| state.kept.find(asked).transpose())
        {
            context.set_replayed(answer.is_ok());
            return answer;
        }
        let mut copy = state.clone();
        let answer = write(&mut Write::new(&mut copy, context))?;
        copy.last_event()
            .ok_or_else(|| Error::NumbersExhausted { of: "events".into() })?;
        if !context.dry_run {
            if let Some(asked) = asked {
                copy.kept.keep(asked, &answer);
            }
            *state = copy;
            self.written.send_replace(());
        }
        Ok(answer)
    }
}

#[async_trait]
impl RegistryStore for Reference {
    async fn register(&self, context: &WriteContext, registration: Registration) -> Result<Registered> {
        let asked = ("register", registration.clone());
        self.write(context, &asked, |write| {
            write.ids_left(1)?;
            write.register(registration)
        })
    }

    async fn register_many(
        &self,
        context: &WriteContext,
        registrations: Vec<Registration>,
    ) -> Result<Vec<Registered>> {
        self.write(context, &("register_many", &registrations), |write| {
            write.ids_left(registrations.len())?;
            write.register_many(&registrations)
        })
    }

    async fn find(&self, selector: &Selector) -> Result<Option<Model>> {
        Ok(self.read(|state| state.find(selector).cloned()))
    }

    async fn find_holding(
        &self,
        tag: &TagName,
        name: Option<&ModelName>,
        at: Timestamp,
    ) -> Result<Option<Holding>> {
        Ok(self.read(|state| state.holding(tag, name, at)))
    }

    async fn get_many(&self, ids: &[ModelId]) -> Result<Vec<Option<Model>>> {
        Ok(self.read(|state| ids.iter().map(|id| state.models.get(id).cloned()).collect()))
    }

    async fn search(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage<ModelSummary>> {
        let page = self.search_models(query, now).await?;
        Ok(SearchPage {
            items: page.items.iter().map(ModelSummary::from).collect(),
            next: page.next,
            previous: page.previous,
        })
    }

    async fn search_models(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage<Model>> {
        Ok(self.read(|state| state.search(query, now)))
    }

    async fn count(&self, query: &SearchQuery, now: Timestamp, up_to: Option<u64>) -> Result<Count> {
        Ok(self.read(|state| query.count_of(state.models.values(), now, up_to)))
    }

    async fn facets(&self, query: &SearchQuery, now: Timestamp, limits: FacetLimits) -> Result<Facets> {
        Ok(self.read(|state| query.facets_of(state.models.values(), now, limits)))
    }

    async fn names(&self, query: &CatalogQuery<ModelName>) -> Result<Page<NameSummary, ModelName>> {
        Ok(self.read(|state| state.names(query)))
    }

    async fn tags(&self, query: &CatalogQuery<TagName>) -> Result<Page<TagSummary, TagName>> {
        Ok(self.read(|state| state.tags(query)))
    }

    async fn promote(&self, context: &WriteContext, request: PromoteRequest) -> Result<Promotion> {
        let asked = ("promote", request.clone());
        self.write(context, &asked, |write| {
            write.expected(request.model)?;
            write.promote(request)
        })
    }

    async fn label(&self, context: &WriteContext, model: ModelId, tag: &TagName) -> Result<Labelling> {
        self.write(context, &("label", model, tag), |write| {
            write.expected(model)?;
            write.label(model, tag)
        })
    }

    async fn untag(&self, context: &WriteContext, model: ModelId, tag: &TagName) -> Result<Model> {
        self.write(context, &("untag", model, tag), |write| {
            write.expected(model)?;
            write.untag(model, tag)
        })
    }

    async fn rollback(
        &self,
        context: &WriteContext,
        tag: &TagName,
        name: Option<&ModelName>,
    ) -> Result<Promotion> {
        self.write(context, &("rollback", tag, name), |write| {
            write.rollback(tag, name)
        })
    }

    async fn set_status(&self, context: &WriteContext, model: ModelId, status: Status) -> Result<Model> {
        self.write(context, &("set_status", model, status), |write| {
            write.expected(model)?;
            write.set_status(model, status)
        })
    }

    async fn update(&self, context: &WriteContext, model: ModelId, update: ModelUpdate) -> Result<Model> {
        let asked = ("update", model, update.clone());
        self.write(context, &asked, |write| {
            write.expected(model)?;
            write.update(model, update)
        })
    }

    async fn delete(&self, context: &WriteContext, model: ModelId, force: bool) -> Result<Deletion> {
        self.write(context, &("delete", model, force), |write| {
            write.expected(model)?;
            write.delete(model, force)
        })
    }

    async fn lineage(&self, model: ModelId, scope: LineageScope) -> Result<Lineage> {
        self.read(|state| state.lineage(model, scope))
    }

    async fn add_export(&self, context: &WriteContext, model: ModelId, export: NewExport) -> Result<Model> {
        self.write(context, &("add_export", model, &export), |write| {
            write.expected(model)?;
            write.add_export(model, &export)
        })
    }

    async fn remove_export(
        &self,
        context: &WriteContext,
        model: ModelId,
        format: &ExportFormat,
        path: Option<&str>,
    ) -> Result<Model> {
        self.write(context, &("remove_export", model, format, path), |write| {
            write.expected(model)?;
            write.remove_export(model, format, path)
        })
    }

    async fn history(&self, query: &HistoryQuery) -> Result<Page<Event, EventId>> {
        Ok(self.read(|state| state.history(query)))
    }

    async fn events(&self) -> Result<Box<dyn Feed>> {
        Ok(Box::new(self.follower()))
    }

    fn webhooks(&self) -> &dyn Webhooks {
        self
    }

    fn webhook_queue(&self) -> Option<&dyn WebhookQueue> {
        Some(self)
    }

    async fn settings(&self) -> Result<Settings> {
        Ok(self.read(|state| state.settings))
    }

    async fn set_promotion_scope(&self, context: &WriteContext, scope: PromotionScope) -> Result<Settings> {
        self.write(context, &("set_promotion_scope", scope), |write| {
            Ok(write.set_promotion_scope(scope))
        })
    }
}
