//! The verbs, each one request, or one for each page of a long list.

mod pages;
mod register;
mod update;
mod webhooks;
mod written;

use async_trait::async_trait;
use registry_core::search::{Count, FacetLimits, Facets, ModelSummary, SearchPage, SearchQuery};
use registry_core::watch::Feed;
use registry_core::webhook::Webhooks;
use registry_core::{
    CatalogQuery, Deletion, Error, Event, EventId, Expectation, ExportFormat, HistoryQuery, Holding,
    Labelling, Lineage, LineageScope, Model, ModelId, ModelName, ModelUpdate, NameSummary, NewExport, Page,
    PromoteRequest, Promotion, PromotionScope, Registered, Registration, RegistryStore, Result, Selector,
    Settings, Status, TagName, TagSummary, Timestamp, WriteContext,
};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::feed::Poll;
use crate::http::{Call, Http};
use crate::options::ConnectOptions;
use written::{Also, Written};

/// The most entries that a server puts on a page.
pub(crate) const PAGE: u32 = 1_000;

/// The registry of a server. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct HttpStore {
    pub(crate) http: Http,
}

impl HttpStore {
    /// The registry of this server. Nothing is asked yet.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn new(options: ConnectOptions) -> Result<Self> {
        Ok(Self {
            http: Http::new(options)?,
        })
    }

    /// Where it is.
    pub fn location(&self) -> &str {
        self.http.location()
    }

    fn write<'s>(
        &self,
        method: Method,
        segments: impl IntoIterator<Item = &'s str>,
        context: &WriteContext,
    ) -> Call {
        Call::write(method, segments, context, self.http.options().tells_context)
    }

    /// A question whose answer depends on what time it is.
    fn timed(&self, call: Call, now: Timestamp) -> Call {
        if self.http.options().tells_context {
            call.at(now)
        } else {
            call
        }
    }

    /// A text as a part of a path.
    ///
    /// # Errors
    /// [`Unsupported`](Error::Unsupported) for the two that every program on the way takes for something else.
    fn segment<'t>(&self, text: &'t str) -> Result<&'t str> {
        if text == "." || text == ".." {
            return Err(Error::Unsupported {
                location: self.location().to_owned(),
                operation: "a request about what is called `.` or `..`",
                instead: "do it where the server runs: no URL can name it",
            });
        }
        Ok(text)
    }
}

#[derive(Deserialize)]
struct Models {
    models: Vec<Option<Model>>,
}

#[async_trait]
impl RegistryStore for HttpStore {
    async fn register(&self, context: &WriteContext, registration: Registration) -> Result<Registered> {
        let call = self.write(Method::POST, ["models"], context);
        let written: Written<register::Held> = self
            .http
            .write(context, call.json(&register::line(&registration))?)
            .await?;
        Ok(written.into())
    }

    async fn register_many(
        &self,
        context: &WriteContext,
        registrations: Vec<Registration>,
    ) -> Result<Vec<Registered>> {
        let call = self.write(Method::POST, ["registrations"], context);
        let many: register::Many = self
            .http
            .write(context, call.lines(register::lines(&registrations)?))
            .await?;
        Ok(many.into())
    }

    async fn find(&self, selector: &Selector) -> Result<Option<Model>> {
        let call = match selector {
            Selector::Id(id) => Call::get(["models", &id.to_string()]),
            selector => Call::get(["find"]).with("model", selector),
        };
        self.http.find(call).await
    }

    async fn find_holding(
        &self,
        tag: &TagName,
        name: Option<&ModelName>,
        at: Timestamp,
    ) -> Result<Option<Holding>> {
        let call = Call::get(["tags", self.segment(tag.as_str())?, "holding"]);
        self.http.read(call.with("at", at).with_some("name", name)).await
    }

    async fn get_many(&self, ids: &[ModelId]) -> Result<Vec<Option<Model>>> {
        let mut found = Vec::with_capacity(ids.len());
        for ids in ids.chunks(pages::IDS) {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let call = Call::get(["models", "by-id"]).with("ids", ids.join(","));
            let Models { models } = self.http.read(call).await?;
            found.extend(models);
        }
        Ok(found)
    }

    async fn search(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage<ModelSummary>> {
        self.search_pages(query, now, true).await
    }

    async fn search_models(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage<Model>> {
        self.search_pages(query, now, false).await
    }

    async fn count(&self, query: &SearchQuery, now: Timestamp, up_to: Option<u64>) -> Result<Count> {
        let call = Call::ask(["search", "count"]).with_some("up_to", up_to);
        let query = query.clone().from_start();
        self.http.read(self.timed(call, now).json(&query)?).await
    }

    async fn facets(&self, query: &SearchQuery, now: Timestamp, limits: FacetLimits) -> Result<Facets> {
        let call = Call::ask(["search", "facets"])
            .with("models", limits.models)
            .with("values", limits.values);
        let query = query.clone().from_start();
        self.http.read(self.timed(call, now).json(&query)?).await
    }

    async fn names(&self, query: &CatalogQuery<ModelName>) -> Result<Page<NameSummary, ModelName>> {
        self.catalog_pages("names", query).await
    }

    async fn tags(&self, query: &CatalogQuery<TagName>) -> Result<Page<TagSummary, TagName>> {
        self.catalog_pages("tags", query).await
    }

    async fn promote(&self, context: &WriteContext, request: PromoteRequest) -> Result<Promotion> {
        let mut body = Map::new();
        body.insert("model_id".into(), json!(request.model));
        if let Some(scope) = request.scope {
            body.insert("scope".into(), json!(scope));
        }
        let expect = request.expect.map(|expect| match expect {
            Expectation::Nobody => json!("none"),
            Expectation::Holder(model) => json!(model),
        });
        if let Some(expect) = expect {
            body.insert("expect".into(), expect);
        }
        let segments = ["tags", self.segment(request.tag.as_str())?, "promote"];
        let call = self.write(Method::POST, segments, context).json(&body)?;
        let written: Written<written::Moved> = self.http.write(context, call).await?;
        Ok(written.into())
    }

    async fn label(&self, context: &WriteContext, model: ModelId, tag: &TagName) -> Result<Labelling> {
        let (id, tag) = (model.to_string(), self.segment(tag.as_str())?);
        let call = self.write(Method::PUT, ["models", &id, "tags", tag], context);
        let written: Written<written::Labelled> = self.http.write(context, call).await?;
        Ok(written.into())
    }

    async fn untag(&self, context: &WriteContext, model: ModelId, tag: &TagName) -> Result<Model> {
        let (id, tag) = (model.to_string(), self.segment(tag.as_str())?);
        let call = self.write(Method::DELETE, ["models", &id, "tags", tag], context);
        self.http.write(context, call).await
    }

    async fn rollback(
        &self,
        context: &WriteContext,
        tag: &TagName,
        name: Option<&ModelName>,
    ) -> Result<Promotion> {
        let segments = ["tags", self.segment(tag.as_str())?, "rollback"];
        let call = self
            .write(Method::POST, segments, context)
            .with_some("name", name);
        let written: Written<written::Moved> = self.http.write(context, call).await?;
        Ok(written.into())
    }

    async fn set_status(&self, context: &WriteContext, model: ModelId, status: Status) -> Result<Model> {
        let verb = match status {
            Status::Active => "restore",
            Status::Retired => "retire",
        };
        let call = self.write(Method::POST, ["models", &model.to_string(), verb], context);
        self.http.write(context, call).await
    }

    async fn update(&self, context: &WriteContext, model: ModelId, update: ModelUpdate) -> Result<Model> {
        let call = self.write(Method::PATCH, ["models", &model.to_string()], context);
        self.http.write(context, call.json(&update::body(&update))?).await
    }

    async fn delete(&self, context: &WriteContext, model: ModelId, force: bool) -> Result<Deletion> {
        let call = self.write(Method::DELETE, ["models", &model.to_string()], context);
        let written: Written<written::Deleted> = self.http.write(context, call.with("force", force)).await?;
        Ok(written.into())
    }

    async fn lineage(&self, model: ModelId, scope: LineageScope) -> Result<Lineage> {
        let call = Call::get(["models", &model.to_string(), "lineage"]);
        self.http.read(call.with("scope", scope.as_str())).await
    }

    async fn add_export(&self, context: &WriteContext, model: ModelId, export: NewExport) -> Result<Model> {
        let call = self.write(Method::POST, ["models", &model.to_string(), "exports"], context);
        self.http.write(context, call.json(&export)?).await
    }

    async fn remove_export(
        &self,
        context: &WriteContext,
        model: ModelId,
        format: &ExportFormat,
        path: Option<&str>,
    ) -> Result<Model> {
        let (id, format) = (model.to_string(), self.segment(format.as_str())?);
        let call = self.write(Method::DELETE, ["models", &id, "exports", format], context);
        self.http.write(context, call.with_some("path", path)).await
    }

    async fn history(&self, query: &HistoryQuery) -> Result<Page<Event, EventId>> {
        self.history_pages(query).await
    }

    async fn events(&self) -> Result<Box<dyn Feed>> {
        Ok(Box::new(Poll::new(self.http.clone())))
    }

    fn webhooks(&self) -> &dyn Webhooks {
        self
    }

    async fn settings(&self) -> Result<Settings> {
        self.http.read(Call::get(["settings"])).await
    }

    async fn set_promotion_scope(&self, context: &WriteContext, scope: PromotionScope) -> Result<Settings> {
        let body: Value = json!({ Settings::PROMOTION_SCOPE: scope });
        let call = self.write(Method::PATCH, ["settings"], context);
        self.http.write(context, call.json(&body)?).await
    }
}
