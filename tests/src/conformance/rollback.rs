//! Rollback: back to the holder before, or why not.

use registry_core::{Error, EventKind, Model, PromotionScope, RollbackObstacle};
use serde_json::json;

use crate::{Session, a_model, tag};

/// Three versions, each promoted after the one before.
async fn promoted(registry: &Session) -> [Model; 3] {
    let mut models = Vec::new();
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        let model = registry.register(a_model("gpt", version)).await;
        registry.promote(&model, "production").await;
        models.push(model);
    }
    models.try_into().unwrap()
}

async fn obstacle(registry: &Session, name: Option<&str>) -> RollbackObstacle {
    let attempt = registry.try_rollback("production", name);
    match registry.refused("rollback_impossible", attempt).await {
        Error::Rollback { tag, obstacle } => {
            assert_eq!(tag.as_str(), "production");
            obstacle
        }
        other => panic!("{other}"),
    }
}

pub(crate) async fn gives_it_back_to_the_holder_before(registry: Session) {
    let [_, second, third] = promoted(&registry).await;
    let answer = registry.rollback("production").await;
    assert!(answer.changed);
    assert_eq!(
        (answer.model.id, &answer.lost[..]),
        (second.id, &[third.reference()][..])
    );
    assert!(answer.model.tag(&tag("production")).unwrap().promoted);
    assert_eq!(registry.get(&third).await.tags, []);
    assert_eq!(registry.found(":production").await, "gpt@1.1.0");
}

pub(crate) async fn twice_goes_back_by_two(registry: Session) {
    let [first, ..] = promoted(&registry).await;
    registry.rollback("production").await;
    let answer = registry.rollback("production").await;
    assert_eq!(answer.model.id, first.id);
    assert_eq!(registry.found(":production").await, "gpt@1.0.0");
    assert_eq!(
        obstacle(&registry, None).await,
        RollbackObstacle::NoPrevious(first.reference())
    );
}

pub(crate) async fn a_promotion_after_it_starts_anew(registry: Session) {
    let [_, second, third] = promoted(&registry).await;
    registry.rollback("production").await;
    registry.promote(&third, "production").await;
    assert_eq!(registry.rollback("production").await.model.id, second.id);
}

pub(crate) async fn nobody_holds_the_tag(registry: Session) {
    registry.register(a_model("gpt", "1.0.0").tagged("other")).await;
    assert_eq!(obstacle(&registry, None).await, RollbackObstacle::NoHolder);
}

pub(crate) async fn the_holder_was_untagged(registry: Session) {
    let [.., third] = promoted(&registry).await;
    registry.untag(&third, "production").await;
    assert_eq!(obstacle(&registry, None).await, RollbackObstacle::NoHolder);
}

pub(crate) async fn the_only_holder_is_retired(registry: Session) {
    let [.., third] = promoted(&registry).await;
    registry.retire(&third).await;
    assert_eq!(obstacle(&registry, None).await, RollbackObstacle::NoHolder);
}

pub(crate) async fn the_holder_is_the_first(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&model, "production").await;
    let obstacle = obstacle(&registry, None).await;
    assert_eq!(obstacle, RollbackObstacle::NoPrevious(model.reference()));
}

pub(crate) async fn the_holder_was_labelled(registry: Session) {
    promoted(&registry).await;
    let labelled = registry
        .register(a_model("gpt", "2.0.0").tagged("production"))
        .await;
    let obstacle = obstacle(&registry, None).await;
    assert_eq!(obstacle, RollbackObstacle::Labelled(labelled.reference()));
}

pub(crate) async fn the_holder_before_was_deleted(registry: Session) {
    let [_, second, _] = promoted(&registry).await;
    registry.delete(&second).await;
    let obstacle = obstacle(&registry, None).await;
    assert_eq!(obstacle, RollbackObstacle::PreviousDeleted(second.reference()));
}

pub(crate) async fn the_holder_before_is_retired(registry: Session) {
    let [_, second, _] = promoted(&registry).await;
    registry.retire(&second).await;
    let found = obstacle(&registry, None).await;
    assert_eq!(found, RollbackObstacle::PreviousRetired(second.reference()));
    registry.restore(&second).await;
    assert_eq!(registry.rollback("production").await.model.id, second.id);
}

pub(crate) async fn the_holder_before_was_retired_before_it_lost_the_tag(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&first, "production").await;
    registry.retire(&first).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    assert_eq!(
        registry.promote(&second, "production").await.lost,
        [first.reference()]
    );
    let found = obstacle(&registry, None).await;
    assert_eq!(found, RollbackObstacle::PreviousRetired(first.reference()));
    registry.restore(&first).await;
    assert_eq!(registry.rollback("production").await.model.id, first.id);
    assert_eq!(registry.found(":production").await, "gpt@1.0.0");
}

pub(crate) async fn the_holder_before_was_retired_and_kept_the_tag(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&first, "production").await;
    registry.retire(&first).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    registry
        .promote_within(PromotionScope::None, &second, "production")
        .await;
    let found = obstacle(&registry, None).await;
    assert_eq!(found, RollbackObstacle::PreviousRetired(first.reference()));
    registry.restore(&first).await;
    assert_eq!(registry.rollback("production").await.model.id, first.id);
    assert_eq!(registry.found(":production").await, "gpt@1.0.0");
}

pub(crate) async fn an_active_holder_before_goes_before_a_retired_one(registry: Session) {
    let [first, second, third] = ["1.0.0", "1.1.0", "1.2.0"].map(|version| a_model("gpt", version));
    let (first, second) = (registry.register(first).await, registry.register(second).await);
    for model in [&first, &second] {
        registry
            .promote_within(PromotionScope::None, model, "production")
            .await;
    }
    registry.retire(&second).await;
    let third = registry.register(third).await;
    registry.promote(&third, "production").await;
    assert_eq!(registry.rollback("production").await.model.id, first.id);
}

pub(crate) async fn a_labelled_holder_gets_it_back(registry: Session) {
    let labelled = registry
        .register(a_model("gpt", "1.0.0").tagged("production"))
        .await;
    let model = registry.register(a_model("gpt", "1.1.0")).await;
    registry.promote(&model, "production").await;
    let answer = registry.rollback("production").await;
    assert_eq!(answer.model.id, labelled.id);
    assert!(answer.model.tag(&tag("production")).unwrap().promoted);
}

/// `gpt` and `vit`, two promoted versions each, under scope `name`.
async fn two_names(registry: &Session) -> Vec<Model> {
    let mut models = Vec::new();
    for (name, version) in [
        ("gpt", "1.0.0"),
        ("vit", "1.0.0"),
        ("gpt", "1.1.0"),
        ("vit", "1.1.0"),
    ] {
        let model = registry.register(a_model(name, version)).await;
        registry
            .promote_within(PromotionScope::Name, &model, "production")
            .await;
        models.push(model);
    }
    models
}

pub(crate) async fn several_names_need_a_choice(registry: Session) {
    let models = two_names(&registry).await;
    let several = vec![models[3].reference(), models[2].reference()];
    assert_eq!(
        obstacle(&registry, None).await,
        RollbackObstacle::SeveralNames(several)
    );
}

pub(crate) async fn within_a_name_the_other_keeps_it(registry: Session) {
    let models = two_names(&registry).await;
    let answer = registry.try_rollback("production", Some("gpt")).await.unwrap();
    assert_eq!(
        (answer.model.id, answer.scope),
        (models[0].id, PromotionScope::Name)
    );
    assert_eq!(registry.found("vit@:production").await, "vit@1.1.0");
    assert_eq!(registry.found("gpt@:production").await, "gpt@1.0.0");
}

pub(crate) async fn within_a_name_that_does_not_hold_it(registry: Session) {
    two_names(&registry).await;
    assert_eq!(
        obstacle(&registry, Some("bert")).await,
        RollbackObstacle::NoHolder
    );
}

pub(crate) async fn keep_others_leaves_the_rest_alone(registry: Session) {
    let mut models = Vec::new();
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        let model = registry.register(a_model("gpt", version)).await;
        registry
            .promote_within(PromotionScope::None, &model, "production")
            .await;
        models.push(model);
    }
    let answer = registry.rollback("production").await;
    assert_eq!((answer.model.id, answer.lost.len()), (models[1].id, 1));
    assert!(registry.get(&models[0]).await.tag(&tag("production")).is_some());
    assert_eq!(registry.found(":production").await, "gpt@1.1.0");
}

pub(crate) async fn across_names_in_the_registry(registry: Session) {
    let text = registry.register(a_model("gpt", "1.0.0")).await;
    let vision = registry.register(a_model("vit", "1.0.0")).await;
    registry.promote(&text, "production").await;
    registry.promote(&vision, "production").await;
    assert_eq!(registry.rollback("production").await.model.id, text.id);
}

pub(crate) async fn leaves_its_events(registry: Session) {
    let [first, second, third] = promoted(&registry).await;
    let promotions: Vec<_> = registry.events().await;
    let of = |model: &Model| {
        let mut given = promotions
            .iter()
            .filter(|event| event.kind == EventKind::Promoted);
        given
            .find(|event| event.model == Some(model.reference()))
            .map(|event| event.id)
    };
    registry.rollback("production").await;
    let events = registry.events().await;
    let [lost, back] = &events[promotions.len()..] else {
        panic!("{events:?}")
    };
    assert_eq!(
        (lost.kind, &lost.model),
        (EventKind::TagLost, &Some(third.reference()))
    );
    assert_eq!(
        (back.kind, &back.model),
        (EventKind::RolledBack, &Some(second.reference()))
    );
    assert_eq!(back.before, json!({ "lost_by": [third.reference()] }));
    assert_eq!(back.previous, of(&first));
}
