//! Promotion: scopes, expectations, who loses the tag.

use registry_core::{EventKind, Expectation, ModelId, PromoteRequest, PromotionScope};
use serde_json::json;

use crate::session::promotion;
use crate::{Session, a_model, alice, at, tag};

pub(crate) async fn gives_the_tag(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let answer = registry.promote(&model, "production").await;
    assert!(answer.changed && answer.lost.is_empty());
    assert_eq!(answer.scope, PromotionScope::Registry);
    assert_eq!(answer.model, registry.get(&model).await);
    let held = answer.model.tag(&tag("production")).unwrap();
    assert!(held.promoted);
    assert_eq!(held.since, at(2));
    assert_eq!(registry.find(":production").await, Some(answer.model));
}

pub(crate) async fn takes_the_tag_from_everybody(registry: Session) {
    let first = registry
        .register(a_model("gpt", "1.0.0").tagged("production"))
        .await;
    let second = registry
        .register(a_model("vit", "1.0.0").tagged("production"))
        .await;
    let third = registry.register(a_model("gpt", "1.1.0")).await;
    let answer = registry.promote(&third, "production").await;
    assert_eq!(answer.lost, [second.reference(), first.reference()]);
    for loser in [&first, &second] {
        assert_eq!(registry.get(loser).await.tags, []);
    }
}

pub(crate) async fn takes_the_tag_from_retired_models_too(registry: Session) {
    let old = registry
        .register(a_model("gpt", "1.0.0").tagged("production"))
        .await;
    registry.retire(&old).await;
    let new = registry.register(a_model("gpt", "1.1.0")).await;
    let answer = registry.promote(&new, "production").await;
    assert_eq!(answer.lost, [old.reference()]);
    registry.restore(&old).await;
    assert_eq!(registry.found(":production").await, "gpt@1.1.0");
}

pub(crate) async fn within_a_name_other_names_keep_it(registry: Session) {
    let vision = registry.register(a_model("vit", "1.0.0")).await;
    let old = registry.register(a_model("gpt", "1.0.0")).await;
    let new = registry.register(a_model("gpt", "1.1.0")).await;
    for model in [&vision, &old] {
        registry
            .promote_within(PromotionScope::Name, model, "production")
            .await;
    }
    let answer = registry
        .promote_within(PromotionScope::Name, &new, "production")
        .await;
    assert_eq!(answer.lost, [old.reference()]);
    assert_eq!(registry.found("vit@:production").await, "vit@1.0.0");
    assert_eq!(registry.found("gpt@:production").await, "gpt@1.1.0");
}

pub(crate) async fn from_nobody_all_keep_it(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    registry.promote(&first, "production").await;
    let answer = registry
        .promote_within(PromotionScope::None, &second, "production")
        .await;
    assert_eq!(answer.lost, []);
    assert!(registry.get(&first).await.tag(&tag("production")).is_some());
    assert_eq!(registry.found(":production").await, "gpt@1.1.0");
}

pub(crate) async fn from_nobody_an_older_model_becomes_the_holder(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    for model in [&first, &second, &first] {
        registry
            .promote_within(PromotionScope::None, model, "production")
            .await;
    }
    assert_eq!(registry.found(":production").await, "gpt@1.0.0");
}

pub(crate) async fn other_tags_stay(registry: Session) {
    let first = registry
        .register(a_model("gpt", "1.0.0").tagged("baseline"))
        .await;
    let second = registry
        .register(a_model("gpt", "1.1.0").tagged("candidate"))
        .await;
    registry.promote(&first, "production").await;
    let answer = registry.promote(&second, "production").await;
    assert!(answer.model.tag(&tag("candidate")).is_some());
    assert!(registry.get(&first).await.tag(&tag("baseline")).is_some());
}

pub(crate) async fn repeating_it_changes_nothing(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let first = registry.promote(&model, "production").await;
    let again = registry
        .unchanged(registry.try_promote(promotion(&model, "production")))
        .await;
    assert!(!again.changed);
    assert_eq!((again.model, again.lost), (first.model, vec![]));
}

pub(crate) async fn a_label_becomes_a_promotion(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").tagged("production"))
        .await;
    let answer = registry.promote(&model, "production").await;
    assert!(answer.changed && answer.lost.is_empty());
    let held = answer.model.tag(&tag("production")).unwrap();
    assert!(held.promoted);
    assert_eq!((held.since, answer.model.tags.len()), (at(2), 1));
}

pub(crate) async fn it_leaves_the_time_of_change_alone(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let promoted = registry.promote(&model, "production").await.model;
    assert_eq!(promoted.updated_at, model.updated_at);
}

pub(crate) async fn an_unknown_model_is_refused(registry: Session) {
    let holder = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&holder, "production").await;
    let unknown = PromoteRequest::new(ModelId::try_from(99).unwrap(), tag("production"));
    registry
        .refused("model_not_found", registry.try_promote(unknown))
        .await;
    assert_eq!(registry.found(":production").await, "gpt@1.0.0");
}

pub(crate) async fn a_retired_model_is_refused(registry: Session) {
    let holder = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&holder, "production").await;
    let retired = registry.register(a_model("gpt", "1.1.0").retired()).await;
    let attempt = registry.try_promote(promotion(&retired, "production"));
    let error = registry.refused("model_retired", attempt).await;
    assert_eq!(
        error.to_string(),
        format!(
            "gpt@1.1.0 (id {}) is retired and cannot be promoted to `production`",
            retired.id
        )
    );
}

pub(crate) async fn the_expected_holder_is_met(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    registry.promote(&first, "production").await;
    let request = promotion(&second, "production").expect(Expectation::Holder(first.reference()));
    assert!(registry.try_promote(request).await.unwrap().changed);
}

pub(crate) async fn another_holder_than_expected_is_refused(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    registry.promote(&first, "production").await;
    let request = promotion(&second, "production").expect(Expectation::Holder(second.reference()));
    let error = registry
        .refused("unexpected_holder", registry.try_promote(request))
        .await;
    assert_eq!(
        error.to_string(),
        format!(
            "`production` was expected to be held by {}, but is held by {}",
            second.reference(),
            first.reference()
        )
    );
}

pub(crate) async fn nobody_expected(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    let nobody = |model| promotion(model, "production").expect(Expectation::Nobody);
    assert!(registry.try_promote(nobody(&first)).await.unwrap().changed);
    let attempt = registry.try_promote(nobody(&second));
    registry.refused("unexpected_holder", attempt).await;
}

pub(crate) async fn a_holder_expected_where_nobody_is(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let request = promotion(&model, "production").expect(Expectation::Holder(model.reference()));
    let error = registry
        .refused("unexpected_holder", registry.try_promote(request))
        .await;
    assert!(error.to_string().ends_with("but is held by nobody"), "{error}");
}

pub(crate) async fn a_retired_holder_is_nobody(registry: Session) {
    let old = registry.register(a_model("gpt", "1.0.0")).await;
    let new = registry.register(a_model("gpt", "1.1.0")).await;
    registry.promote(&old, "production").await;
    registry.retire(&old).await;
    let request = promotion(&new, "production").expect(Expectation::Nobody);
    assert_eq!(
        registry.try_promote(request).await.unwrap().lost,
        [old.reference()]
    );
}

pub(crate) async fn expectations_look_within_the_scope(registry: Session) {
    let vision = registry.register(a_model("vit", "1.0.0")).await;
    let text = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&vision, "production").await;
    let nobody = promotion(&text, "production").expect(Expectation::Nobody);
    let attempt = registry.try_promote(nobody.clone());
    registry.refused("unexpected_holder", attempt).await;
    let within = nobody.scope(PromotionScope::Name);
    assert!(registry.try_promote(within).await.unwrap().changed);
}

pub(crate) async fn an_expectation_is_checked_on_a_repeat_too(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&model, "production").await;
    let holder = promotion(&model, "production").expect(Expectation::Holder(model.reference()));
    assert!(!registry.unchanged(registry.try_promote(holder)).await.changed);
    let nobody = promotion(&model, "production").expect(Expectation::Nobody);
    registry
        .refused("unexpected_holder", registry.try_promote(nobody))
        .await;
}

pub(crate) async fn the_settings_give_the_scope(registry: Session) {
    let vision = registry.register(a_model("vit", "1.0.0")).await;
    let text = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&vision, "production").await;
    let context = registry.context();
    registry
        .store()
        .set_promotion_scope(&context, PromotionScope::Name)
        .await
        .unwrap();
    let answer = registry.promote(&text, "production").await;
    assert_eq!((answer.scope, answer.lost), (PromotionScope::Name, vec![]));
    let answer = registry
        .promote_within(PromotionScope::Registry, &text, "production")
        .await;
    assert_eq!(answer.lost, [vision.reference()]);
}

pub(crate) async fn leaves_its_events(registry: Session) {
    let old = registry.register(a_model("gpt", "1.0.0")).await;
    let new = registry.register(a_model("vit", "1.0.0")).await;
    registry.promote(&old, "production").await;
    let given = registry.last_event().await;
    assert_eq!((given.kind, given.previous), (EventKind::Promoted, None));
    let reason = "better on long texts".parse().unwrap();
    let context = registry.context().reason(reason);
    let request = promotion(&new, "production");
    registry.store().promote(&context, request).await.unwrap();
    let events = &registry.events().await[3..];
    assert_eq!(events.len(), 2);
    let (lost, promoted) = (&events[0], &events[1]);
    assert_eq!(
        (lost.kind, &lost.model),
        (EventKind::TagLost, &Some(old.reference()))
    );
    assert_eq!(lost.after, json!({ "lost_to": new.reference() }));
    assert_eq!(promoted.kind, EventKind::Promoted);
    assert_eq!(promoted.model, Some(new.reference()));
    assert_eq!(promoted.before, json!({ "lost_by": [old.reference()] }));
    assert_eq!(promoted.after, json!({ "scope": "registry" }));
    assert_eq!(promoted.previous, Some(given.id));
    for event in events {
        assert_eq!(event.tag, Some(tag("production")));
        assert_eq!((&event.actor, event.at), (&alice(), at(4)));
        assert_eq!(event.reason.as_ref().unwrap().as_str(), "better on long texts");
    }
}
