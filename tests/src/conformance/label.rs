//! Labels, and taking tags away.

use registry_core::{EventKind, ModelId};
use serde_json::json;

use crate::{Session, a_model, at, tag};

pub(crate) async fn adds_the_tag(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let answer = registry.label(&model, "baseline").await;
    assert!(answer.changed);
    assert_eq!(answer.promoted_holder, None);
    let held = answer.model.tag(&tag("baseline")).unwrap();
    assert_eq!((held.promoted, held.since), (false, at(2)));
    assert_eq!(registry.get(&model).await, answer.model);
}

pub(crate) async fn takes_it_from_nobody(registry: Session) {
    let holder = registry.register(a_model("gpt", "1.0.0")).await;
    let other = registry.register(a_model("gpt", "1.1.0")).await;
    registry.promote(&holder, "production").await;
    let answer = registry.label(&other, "production").await;
    assert_eq!(answer.promoted_holder, Some(holder.reference()));
    assert!(
        registry
            .get(&holder)
            .await
            .tag(&tag("production"))
            .unwrap()
            .promoted
    );
}

pub(crate) async fn repeating_it_changes_nothing(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").tagged("baseline"))
        .await;
    let context = registry.context();
    let baseline = tag("baseline");
    let again = registry.store().label(&context, model.id, &baseline);
    let answer = registry.unchanged(again).await;
    assert!(!answer.changed);
    assert_eq!(answer.model, model);
}

pub(crate) async fn a_promoted_tag_stays_promoted(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let promoted = registry.promote(&model, "production").await.model;
    let answer = registry.label(&model, "production").await;
    assert!(!answer.changed && answer.promoted_holder.is_none());
    assert_eq!(answer.model, promoted);
}

pub(crate) async fn a_retired_model_takes_labels(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0").retired()).await;
    assert!(registry.label(&model, "archive").await.changed);
    assert_eq!(registry.find(":archive").await, None);
}

pub(crate) async fn an_unknown_model_is_refused(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let (context, baseline) = (registry.context(), tag("baseline"));
    let unknown = ModelId::try_from(99).unwrap();
    let attempt = registry.store().label(&context, unknown, &baseline);
    registry.refused("model_not_found", attempt).await;
}

pub(crate) async fn leaves_its_event(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    registry.label(&model, "baseline").await;
    let event = registry.last_event().await;
    assert_eq!((event.kind, event.at), (EventKind::Labelled, at(2)));
    assert_eq!(event.model, Some(model.reference()));
    assert_eq!(event.tag, Some(tag("baseline")));
}

pub(crate) async fn untag_takes_the_tag(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").tagged("a").tagged("b"))
        .await;
    let left = registry.untag(&model, "a").await;
    assert_eq!(left.tags.len(), 1);
    assert_eq!(registry.get(&model).await, left);
    assert_eq!(registry.find(":a").await, None);
}

pub(crate) async fn untag_leaves_the_tag_to_others(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    registry.register(a_model("gpt", "1.1.0").tagged("a")).await;
    registry.untag(&first, "a").await;
    assert_eq!(registry.found(":a").await, "gpt@1.1.0");
}

pub(crate) async fn untag_of_a_tag_not_held_is_refused(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    registry.register(a_model("gpt", "1.1.0").tagged("b")).await;
    let attempt = registry.try_untag(model.id, "b");
    let error = registry.refused("tag_not_held", attempt).await;
    assert_eq!(
        error.to_string(),
        format!("{} does not have the tag `b`", model.reference())
    );
}

pub(crate) async fn untag_of_an_unknown_model_is_refused(registry: Session) {
    registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    let attempt = registry.try_untag(ModelId::try_from(99).unwrap(), "a");
    registry.refused("model_not_found", attempt).await;
}

pub(crate) async fn untag_leaves_its_event(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    registry.untag(&model, "a").await;
    let event = registry.last_event().await;
    assert_eq!((event.kind, &event.tag), (EventKind::Untagged, &Some(tag("a"))));
    assert_eq!(event.before, json!({ "promoted": false }));
    registry.promote(&model, "a").await;
    registry.untag(&model, "a").await;
    assert_eq!(registry.last_event().await.before, json!({ "promoted": true }));
}
