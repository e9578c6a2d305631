//! Lists: filters, order, limits, pages.

use registry_core::search::{SearchPage, SearchQuery};
use registry_core::{ConfigHash, Limit, Model, WriteContext};

use crate::builder::merge;
use crate::{Session, a_model, alice, at};

fn everything() -> SearchQuery {
    SearchQuery::of_every_status(None, Vec::new()).unwrap()
}

/// The models of every status that fit.
fn those(filter: &str) -> SearchQuery {
    SearchQuery::of_every_status(Some(filter.parse().unwrap()), Vec::new()).unwrap()
}

/// The active models that fit.
fn active(filter: &str) -> SearchQuery {
    SearchQuery::new(Some(filter.parse().unwrap()), Vec::new()).unwrap()
}

async fn page(registry: &Session, query: &SearchQuery) -> SearchPage<Model> {
    registry.store().search_models(query, at(0)).await.unwrap()
}

async fn three(registry: &Session) {
    registry
        .register(a_model("gpt", "1.0.0").task("text").tagged("a"))
        .await;
    registry
        .register(a_model("vit", "1.0.0").task("vision").tagged("b"))
        .await;
    registry
        .register(a_model("gpt", "2.0.0").task("text").tagged("b").retired())
        .await;
}

pub(crate) async fn an_empty_registry_lists_nothing(registry: Session) {
    let page = page(&registry, &everything()).await;
    assert_eq!((page.items, page.next), (vec![], None));
}

pub(crate) async fn active_models_newest_first(registry: Session) {
    three(&registry).await;
    assert_eq!(
        registry.list(SearchQuery::default()).await,
        ["vit@1.0.0", "gpt@1.0.0"]
    );
}

pub(crate) async fn every_status_when_asked(registry: Session) {
    three(&registry).await;
    assert_eq!(
        registry.list(everything()).await,
        ["gpt@2.0.0", "vit@1.0.0", "gpt@1.0.0"]
    );
}

pub(crate) async fn one_status(registry: Session) {
    three(&registry).await;
    let query = those("status = retired");
    assert_eq!(registry.list(query).await, ["gpt@2.0.0"]);
}

pub(crate) async fn one_task_type(registry: Session) {
    three(&registry).await;
    let query = those("task_type = text");
    assert_eq!(registry.list(query).await, ["gpt@2.0.0", "gpt@1.0.0"]);
}

pub(crate) async fn one_tag(registry: Session) {
    three(&registry).await;
    assert_eq!(registry.list(those("tag = b")).await, ["gpt@2.0.0", "vit@1.0.0"]);
    assert_eq!(registry.list(active("tag = b")).await, ["vit@1.0.0"]);
}

pub(crate) async fn one_name(registry: Session) {
    three(&registry).await;
    let query = those("name = gpt");
    assert_eq!(registry.list(query).await, ["gpt@2.0.0", "gpt@1.0.0"]);
}

pub(crate) async fn one_parent(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0")).await;
    let child = registry.register(a_model("gpt", "1.0.0").child_of(&base)).await;
    registry.register(a_model("gpt", "1.1.0").child_of(&base)).await;
    registry.register(a_model("gpt", "1.2.0").child_of(&child)).await;
    let query = those(&format!("parent = {}", base.id));
    assert_eq!(registry.list(query).await, ["gpt@1.1.0", "gpt@1.0.0"]);
}

pub(crate) async fn one_config_hash(registry: Session) {
    registry.register(a_model("gpt", "1.0.0").config("[1]")).await;
    registry.register(a_model("gpt", "1.1.0").config("[2]")).await;
    let query = those(&format!("config_hash = {}", ConfigHash::of_json("[1]").unwrap()));
    assert_eq!(registry.list(query).await, ["gpt@1.0.0"]);
}

pub(crate) async fn filters_add_up(registry: Session) {
    three(&registry).await;
    let filter = "name = gpt and task_type = text and status = retired";
    let query = those(&format!("{filter} and tag = b"));
    assert_eq!(registry.list(query).await, ["gpt@2.0.0"]);
    let nothing = those(&format!("{filter} and tag = a"));
    assert_eq!(registry.list(nothing).await, [""; 0]);
}

async fn measured(registry: &Session) {
    for (version, loss) in [("1.0.0", 0.5), ("1.1.0", 0.4), ("1.2.0", 0.6), ("1.3.0", -0.0)] {
        registry
            .register(a_model("gpt", version).metric("loss", loss))
            .await;
    }
    registry
        .register(a_model("gpt", "2.0.0").metric("accuracy", 0.5))
        .await;
}

pub(crate) async fn a_metric_at_most(registry: Session) {
    measured(&registry).await;
    let query = active("metrics.loss <= 0.5");
    assert_eq!(
        registry.list(query).await,
        ["gpt@1.3.0", "gpt@1.1.0", "gpt@1.0.0"]
    );
}

pub(crate) async fn a_metric_at_least(registry: Session) {
    measured(&registry).await;
    let query = active("metrics.loss >= 0.5");
    assert_eq!(registry.list(query).await, ["gpt@1.2.0", "gpt@1.0.0"]);
}

pub(crate) async fn a_metric_between(registry: Session) {
    measured(&registry).await;
    let query = active("metrics.loss >= 0.4 and metrics.loss <= 0.5");
    assert_eq!(registry.list(query).await, ["gpt@1.1.0", "gpt@1.0.0"]);
    let query = active("metrics.loss = 0");
    assert_eq!(registry.list(query).await, ["gpt@1.3.0"]);
}

pub(crate) async fn a_metric_without_bounds_must_be_there(registry: Session) {
    measured(&registry).await;
    assert_eq!(registry.list(active("metrics.loss exists")).await.len(), 4);
    assert_eq!(
        registry.list(active("metrics.accuracy exists")).await,
        ["gpt@2.0.0"]
    );
    assert_eq!(registry.list(active("metrics.LOSS exists")).await.len(), 0);
}

pub(crate) async fn the_metric_counts_before_the_limit(registry: Session) {
    registry
        .register(a_model("gpt", "1.0.0").metric("loss", 0.1))
        .await;
    for minor in 0..5 {
        let version = format!("2.{minor}.0");
        registry
            .register(a_model("gpt", &version).metric("loss", 0.9))
            .await;
    }
    let query = active("metrics.loss <= 0.5").limit(Limit::AtMost(2));
    let page = page(&registry, &query).await;
    assert_eq!((page.items.len(), page.next), (1, None));
}

pub(crate) async fn an_updated_metric_counts(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").metric("loss", 0.9))
        .await;
    let metrics = merge(&[("loss", Some(0.1))]);
    let update = registry_core::ModelUpdate {
        metrics,
        ..Default::default()
    };
    registry.update(&model, update).await;
    assert_eq!(registry.list(active("metrics.loss <= 0.5")).await, ["gpt@1.0.0"]);
    assert_eq!(registry.list(active("metrics.loss >= 0.5")).await, [""; 0]);
}

pub(crate) async fn ties_in_time_break_by_id(registry: Session) {
    let context = WriteContext::new(alice(), at(0));
    for minor in 0..4 {
        let model = a_model("gpt", &format!("1.{minor}.0")).build();
        registry.store().register(&context, model).await.unwrap();
    }
    let listed = registry.list(SearchQuery::default()).await;
    assert_eq!(listed, ["gpt@1.3.0", "gpt@1.2.0", "gpt@1.1.0", "gpt@1.0.0"]);
}

pub(crate) async fn time_counts_before_the_id(registry: Session) {
    for (version, second) in [("1.0.0", 30), ("1.1.0", 10), ("1.2.0", 20)] {
        let context = WriteContext::new(alice(), at(second));
        let model = a_model("gpt", version).build();
        registry.store().register(&context, model).await.unwrap();
    }
    let listed = registry.list(SearchQuery::default()).await;
    assert_eq!(listed, ["gpt@1.0.0", "gpt@1.2.0", "gpt@1.1.0"]);
}

pub(crate) async fn fifty_to_a_page(registry: Session) {
    registry
        .register_many((0..51).map(|minor| a_model("gpt", &format!("1.{minor}.0"))))
        .await;
    let first = page(&registry, &SearchQuery::default()).await;
    assert_eq!(first.items.len(), 50);
    let rest = SearchQuery::default().from_cursor(first.next.unwrap()).unwrap();
    let rest = page(&registry, &rest).await;
    assert_eq!((rest.items.len(), rest.next), (1, None));
}

pub(crate) async fn pages_lead_through_everything_once(registry: Session) {
    for minor in 0..7 {
        // Several of the same moment, so that a page ends among them.
        let context = WriteContext::new(alice(), at(minor / 3));
        let model = a_model("gpt", &format!("1.{minor}.0")).build();
        registry.store().register(&context, model).await.unwrap();
    }
    let all = registry.list(everything()).await;
    for size in 1..=8 {
        let mut query = everything().limit(Limit::AtMost(size));
        let mut seen = Vec::new();
        loop {
            let page = page(&registry, &query).await;
            seen.extend(page.items.iter().map(|m| format!("{}@{}", m.name, m.version)));
            let Some(next) = page.next else { break };
            query = query.from_cursor(next).unwrap();
            assert_eq!(page.items.len(), usize::try_from(size).unwrap());
        }
        assert_eq!(seen, all, "pages of {size}");
    }
}

pub(crate) async fn a_page_is_not_moved_by_new_models(registry: Session) {
    three(&registry).await;
    let first = everything().limit(Limit::AtMost(2));
    let page = page(&registry, &first).await;
    registry.register(a_model("new", "1.0.0")).await;
    let second = first.from_cursor(page.next.unwrap()).unwrap();
    assert_eq!(registry.list(second).await, ["gpt@1.0.0"]);
}

pub(crate) async fn a_full_last_page_has_no_next(registry: Session) {
    three(&registry).await;
    let page = page(&registry, &everything().limit(Limit::AtMost(3))).await;
    assert_eq!((page.items.len(), page.next), (3, None));
}

pub(crate) async fn a_limit_of_none_is_empty(registry: Session) {
    three(&registry).await;
    let page = page(&registry, &everything().limit(Limit::AtMost(0))).await;
    assert_eq!((page.items.len(), page.next), (0, None));
}

pub(crate) async fn no_limit_is_everything(registry: Session) {
    registry
        .register_many((0..120).map(|minor| a_model("gpt", &format!("1.{minor}.0"))))
        .await;
    let page = page(&registry, &everything().limit(Limit::Unlimited)).await;
    assert_eq!((page.items.len(), page.next), (120, None));
}

pub(crate) async fn pages_follow_a_filter(registry: Session) {
    for minor in 0..6 {
        let model = a_model("gpt", &format!("1.{minor}.0"));
        let model = if minor % 2 == 0 {
            model.tagged("even")
        } else {
            model
        };
        registry.register(model).await;
    }
    let query = those("tag = even").limit(Limit::AtMost(2));
    let page = page(&registry, &query).await;
    let rest = query.clone().from_cursor(page.next.unwrap()).unwrap();
    assert_eq!(registry.list(query).await, ["gpt@1.4.0", "gpt@1.2.0"]);
    assert_eq!(registry.list(rest).await, ["gpt@1.0.0"]);
}

pub(crate) async fn listed_models_are_whole(registry: Session) {
    let model = a_model("gpt", "1.0.0")
        .metric("loss", 0.1)
        .tagged("a")
        .tagged("b");
    let model = registry
        .register(model.export("onnx", "m.onnx").metadata(r#"{"k": [1]}"#))
        .await;
    let page = page(&registry, &everything()).await;
    assert_eq!(page.items, [model]);
}
