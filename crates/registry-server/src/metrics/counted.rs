//! A store whose calls are counted: what it wraps answers everything.

use std::sync::Arc;

use async_trait::async_trait;
use registry_core::search::{Count, FacetLimits, Facets, ModelSummary, SearchPage, SearchQuery};
use registry_core::watch::Feed;
use registry_core::webhook::{
    Attempt, AttemptOutcome, Backlog, Delivery, DeliveryDetail, DeliveryQuery, DueDelivery, FanOut,
    LeaseHolder, NewWebhook, Recorded, Replay, Replayed, Webhook, WebhookQueue, WebhookSecret,
    WebhookStanding, WebhookUpdate, Webhooks,
};
use registry_core::{
    CatalogQuery, DataVersion, Deletion, DeliveryId, Error, Event, EventId, EventStream, ExportFormat,
    HistoryQuery, Holding, Labelling, Lineage, LineageScope, Model, ModelId, ModelName, ModelUpdate,
    NameSummary, NewExport, Page, Pool, PromoteRequest, Promotion, PromotionScope, Registered, Registration,
    RegistryStore, Result, Selector, Settings, Status, TagName, TagSummary, Timestamp, WebhookId,
    WriteContext,
};

use super::calls::Calls;

/// A store, and what is counted of it.
pub(crate) struct Counted {
    store: Arc<dyn RegistryStore>,
    calls: Arc<Calls>,
}

/// What follows its events.
struct CountedFeed {
    feed: Box<dyn Feed>,
    calls: Arc<Calls>,
}

/// The verbs that are counted, as their series name them.
pub(super) const VERBS: &[&[&str]] = &[STORE, WEBHOOKS, QUEUE, FEED];
const FEED: &[&str] = &["events", "feed_now", "feed_after"];

impl Counted {
    pub(crate) fn new(store: Arc<dyn RegistryStore>, calls: Arc<Calls>) -> Self {
        Self { store, calls }
    }

    /// The queue; it is handed out only where there is one.
    fn queue(&self) -> Result<&dyn WebhookQueue> {
        self.store.webhook_queue().ok_or_else(|| Error::Unsupported {
            location: "this registry".into(),
            operation: "a queue of webhooks",
            instead: "ask its server",
        })
    }
}

/// A trait of a store: each of its verbs is counted and passed on.
macro_rules! counted {
    (
        $table:ident, $prefix:literal, $trait:ident, |$this:ident| $inner:expr;
        $($verb:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+
        $({ $($rest:item)+ })?
    ) => {
        const $table: &[&str] = &[$(concat!($prefix, stringify!($verb))),+];

        #[async_trait]
        impl $trait for Counted {
            $(
                async fn $verb(&$this, $($argument: $type),*) -> Result<$answer> {
                    let call = $this.calls.begin(concat!($prefix, stringify!($verb)));
                    let answer = $inner.$verb($($argument),*).await;
                    call.end(&answer);
                    answer
                }
            )+
            $($($rest)+)?
        }
    };
}

counted! {
    STORE, "", RegistryStore, |self| self.store;
    register(context: &WriteContext, registration: Registration) -> Registered;
    register_many(context: &WriteContext, registrations: Vec<Registration>) -> Vec<Registered>;
    find(selector: &Selector) -> Option<Model>;
    find_holding(tag: &TagName, name: Option<&ModelName>, at: Timestamp) -> Option<Holding>;
    get_many(ids: &[ModelId]) -> Vec<Option<Model>>;
    search(query: &SearchQuery, now: Timestamp) -> SearchPage<ModelSummary>;
    search_models(query: &SearchQuery, now: Timestamp) -> SearchPage<Model>;
    count(query: &SearchQuery, now: Timestamp, up_to: Option<u64>) -> Count;
    facets(query: &SearchQuery, now: Timestamp, limits: FacetLimits) -> Facets;
    names(query: &CatalogQuery<ModelName>) -> Page<NameSummary, ModelName>;
    tags(query: &CatalogQuery<TagName>) -> Page<TagSummary, TagName>;
    promote(context: &WriteContext, request: PromoteRequest) -> Promotion;
    label(context: &WriteContext, model: ModelId, tag: &TagName) -> Labelling;
    untag(context: &WriteContext, model: ModelId, tag: &TagName) -> Model;
    rollback(context: &WriteContext, tag: &TagName, name: Option<&ModelName>) -> Promotion;
    set_status(context: &WriteContext, model: ModelId, status: Status) -> Model;
    update(context: &WriteContext, model: ModelId, update: ModelUpdate) -> Model;
    delete(context: &WriteContext, model: ModelId, force: bool) -> Deletion;
    lineage(model: ModelId, scope: LineageScope) -> Lineage;
    add_export(context: &WriteContext, model: ModelId, export: NewExport) -> Model;
    remove_export(context: &WriteContext, model: ModelId, format: &ExportFormat, path: Option<&str>) -> Model;
    history(query: &HistoryQuery) -> Page<Event, EventId>;
    watch(after: Option<EventId>) -> EventStream;
    data_version() -> Option<DataVersion>;
    settings() -> Settings;
    set_promotion_scope(context: &WriteContext, scope: PromotionScope) -> Settings;
    {
        async fn events(&self) -> Result<Box<dyn Feed>> {
            let call = self.calls.begin("events");
            let feed = self.store.events().await;
            call.end(&feed);
            let calls = Arc::clone(&self.calls);
            Ok(Box::new(CountedFeed { feed: feed?, calls }))
        }

        fn webhooks(&self) -> &dyn Webhooks {
            self
        }

        fn webhook_queue(&self) -> Option<&dyn WebhookQueue> {
            self.store.webhook_queue().map(|_| self as &dyn WebhookQueue)
        }

        fn pools(&self) -> Vec<Pool> {
            self.store.pools()
        }
    }
}

counted! {
    WEBHOOKS, "webhook_", Webhooks, |self| self.store.webhooks();
    create(context: &WriteContext, webhook: NewWebhook, secret: WebhookSecret) -> Webhook;
    list() -> Vec<Webhook>;
    standings() -> Vec<WebhookStanding>;
    get(id: WebhookId) -> Webhook;
    update(context: &WriteContext, id: WebhookId, update: WebhookUpdate) -> Webhook;
    rotate_secret(context: &WriteContext, id: WebhookId, secret: WebhookSecret, until: Timestamp) -> Webhook;
    delete(context: &WriteContext, id: WebhookId) -> Webhook;
    deliveries(query: &DeliveryQuery) -> Page<Delivery, DeliveryId>;
    delivery(id: DeliveryId) -> DeliveryDetail;
    replay(context: &WriteContext, replay: Replay) -> Replayed;
    test(context: &WriteContext, id: WebhookId) -> Delivery;
}

counted! {
    QUEUE, "queue_", WebhookQueue, |self| self.queue()?;
    hold_lease(holder: LeaseHolder, now: Timestamp, until: Timestamp) -> bool;
    release_lease(holder: LeaseHolder) -> ();
    fan_out(holder: LeaseHolder, feed: &mut dyn Feed, now: Timestamp, limit: u32) -> FanOut;
    due(holder: LeaseHolder, now: Timestamp, per_webhook: u32) -> Vec<DueDelivery>;
    record(holder: LeaseHolder, now: Timestamp, delivery: DeliveryId, attempt: Attempt, outcome: AttemptOutcome) -> Recorded;
    prune(holder: LeaseHolder, finished_before: Timestamp, limit: u32) -> u64;
    backlog(now: Timestamp, up_to: u32) -> Backlog;
}

#[async_trait]
impl Feed for CountedFeed {
    async fn now(&mut self) -> Result<EventId> {
        let call = self.calls.begin("feed_now");
        let answer = self.feed.now().await;
        call.end(&answer);
        answer
    }

    async fn after(&mut self, last: EventId, take: i64) -> Result<Vec<Result<Event>>> {
        let call = self.calls.begin("feed_after");
        let answer = self.feed.after(last, take).await;
        call.end(&answer);
        answer
    }

    /// Not counted: it waits for others.
    async fn changed(&mut self) -> Result<()> {
        self.feed.changed().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verbs that a trait of core declares, in the order of its source.
    fn declared(source: &str, name: &str) -> Vec<String> {
        let (_, text) = source.split_once(&format!("pub trait {name}: ")).unwrap();
        let (text, _) = text.split_once("\n}").unwrap();
        let verbs = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("async fn "));
        verbs
            .map(|line| line.split(['(', '<']).next().unwrap().to_owned())
            .collect()
    }

    /// A verb with a default body would else be answered without the store.
    #[test]
    fn every_verb_is_counted_and_passed_on() {
        let store = include_str!("../../../registry-core/src/store.rs");
        let webhooks = include_str!("../../../registry-core/src/webhook/management.rs");
        let queue = include_str!("../../../registry-core/src/webhook/queue.rs");
        for (source, name, prefix, counted) in [
            (store, "RegistryStore", "", STORE),
            (webhooks, "Webhooks", "webhook_", WEBHOOKS),
            (queue, "WebhookQueue", "queue_", QUEUE),
        ] {
            let mut declared = declared(source, name);
            declared.retain(|verb| verb != "events");
            let declared: Vec<String> = declared.iter().map(|verb| format!("{prefix}{verb}")).collect();
            assert_eq!(declared, counted, "{name}");
        }
        let plain = store.matches("\n    fn ").count();
        assert_eq!(plain, 3, "`webhooks`, `webhook_queue` and `pools` are passed on");
    }
}
