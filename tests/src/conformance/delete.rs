//! Deletes: guarded, forced, and what they leave.

use registry_core::search::SearchQuery;
use registry_core::{Error, EventKind, HistoryQuery, ModelId};
use serde_json::json;

use crate::{Session, a_model, at, tag};

pub(crate) async fn removes_the_model(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").metric("loss", 0.5).export("onnx", "m"))
        .await;
    let other = registry.register(a_model("gpt", "1.1.0")).await;
    let answer = registry.try_delete(model.id, false).await.unwrap();
    assert_eq!((&answer.model, &answer.orphans[..]), (&model, &[][..]));
    assert_eq!(registry.find("gpt@1.0.0").await, None);
    assert_eq!(registry.dump().await.models, [other]);
}

pub(crate) async fn a_tagged_model_is_kept(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").tagged("a").tagged("b"))
        .await;
    let error = registry
        .refused("model_in_use", registry.try_delete(model.id, false))
        .await;
    assert_eq!(
        error.to_string(),
        format!("{} has 2 tag(s): a, b", model.reference())
    );
}

pub(crate) async fn a_parent_is_kept(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0")).await;
    let child = registry.register(a_model("gpt", "1.0.0").child_of(&base)).await;
    let error = registry
        .refused("model_in_use", registry.try_delete(base.id, false))
        .await;
    let (base, child) = (base.reference(), child.reference());
    assert_eq!(error.to_string(), format!("{base} has 1 child(ren): {child}"));
}

pub(crate) async fn every_tag_and_child_is_named(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0").tagged("a")).await;
    let first = registry.register(a_model("gpt", "1.0.0").child_of(&base)).await;
    let second = registry.register(a_model("gpt", "1.1.0").child_of(&base)).await;
    let error = registry
        .refused("model_in_use", registry.try_delete(base.id, false))
        .await;
    let Error::ModelInUse { tags, children, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(tags, [tag("a")]);
    assert_eq!(children, [first.reference(), second.reference()]);
}

pub(crate) async fn force_takes_the_tags_along(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    registry.promote(&model, "production").await;
    let answer = registry.delete(&model).await;
    assert_eq!(answer.model.tags.len(), 2);
    assert_eq!(registry.find(":a").await, None);
    assert_eq!(registry.find(":production").await, None);
}

pub(crate) async fn force_leaves_children_without_parent(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0")).await;
    let child = registry.register(a_model("gpt", "1.0.0").child_of(&base)).await;
    let answer = registry.delete(&base).await;
    assert_eq!(answer.orphans, [child.reference()]);
    let child = registry.get(&child).await;
    assert_eq!((child.parent, child.updated_at), (None, at(3)));
}

pub(crate) async fn a_deleted_grandparent_is_no_ancestor(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0")).await;
    let child = registry.register(a_model("gpt", "1.0.0").child_of(&base)).await;
    let grandchild = registry.register(a_model("gpt", "1.1.0").child_of(&child)).await;
    registry.delete(&base).await;
    let scope = registry_core::LineageScope::Family;
    let lineage = registry.store().lineage(grandchild.id, scope).await.unwrap();
    let ids: Vec<_> = lineage.nodes.iter().map(|node| node.model.id).collect();
    assert_eq!(ids, [child.id, grandchild.id]);
}

pub(crate) async fn an_unknown_model_is_refused(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let unknown = ModelId::try_from(99).unwrap();
    for force in [false, true] {
        let attempt = registry.try_delete(unknown, force);
        registry.refused("model_not_found", attempt).await;
    }
}

pub(crate) async fn a_second_delete_is_refused(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    registry.delete(&model).await;
    let again = registry.try_delete(model.id, true);
    registry.refused("model_not_found", again).await;
}

pub(crate) async fn the_version_is_free_again(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").tagged("a").metric("m", 1.0))
        .await;
    registry.delete(&model).await;
    let new = registry.register(a_model("gpt", "1.0.0")).await;
    assert!(new.tags.is_empty() && new.metrics.is_empty());
    assert_eq!(registry.get(&new).await, new);
    assert_eq!(registry.list(SearchQuery::default()).await, ["gpt@1.0.0"]);
}

pub(crate) async fn history_outlives_the_model(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    registry.delete(&model).await;
    let query = HistoryQuery {
        model: Some(model.id),
        ..HistoryQuery::default()
    };
    let events = registry.store().history(&query).await.unwrap().items;
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        [
            EventKind::Deleted,
            EventKind::Untagged,
            EventKind::Labelled,
            EventKind::Registered
        ]
    );
    assert!(events.iter().all(|event| event.model == Some(model.reference())));
}

pub(crate) async fn leaves_its_events(registry: Session) {
    let base = registry
        .register(a_model("base", "1.0.0").tagged("a").metric("m", 1.0))
        .await;
    let child = registry.register(a_model("gpt", "1.0.0").child_of(&base)).await;
    let before = registry.events().await.len();
    registry.delete(&base).await;
    let events = &registry.events().await[before..];
    let [untagged, orphaned, deleted] = events else {
        panic!("{events:?}")
    };
    assert_eq!(
        (untagged.kind, &untagged.tag),
        (EventKind::Untagged, &Some(tag("a")))
    );
    assert_eq!(
        (orphaned.kind, &orphaned.model),
        (EventKind::Updated, &Some(child.reference()))
    );
    assert_eq!(orphaned.before, json!({ "parent_model_id": base.id }));
    assert_eq!(orphaned.after, json!({ "parent_model_id": null }));
    assert_eq!(
        (deleted.kind, &deleted.model),
        (EventKind::Deleted, &Some(base.reference()))
    );
    assert_eq!(deleted.before, json!(base));
    assert!(deleted.after.is_null());
}
