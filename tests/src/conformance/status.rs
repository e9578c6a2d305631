//! Retiring and restoring.

use registry_core::{EventKind, ModelId, Status};
use serde_json::json;

use crate::{Session, a_model, at};

pub(crate) async fn retire_keeps_everything_else(registry: Session) {
    let model = a_model("gpt", "1.0.0").tagged("production").metric("loss", 0.1);
    let model = registry.register(model).await;
    let retired = registry.retire(&model).await;
    assert_eq!((retired.status, retired.updated_at), (Status::Retired, at(2)));
    assert_eq!((&retired.tags, &retired.metrics), (&model.tags, &model.metrics));
    assert_eq!(retired.created_at, at(1));
    assert_eq!(registry.get(&model).await, retired);
}

pub(crate) async fn restore_brings_it_back(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").tagged("production"))
        .await;
    registry.retire(&model).await;
    let restored = registry.restore(&model).await;
    assert_eq!((restored.status, restored.updated_at), (Status::Active, at(3)));
    assert_eq!(registry.find(":production").await, Some(restored));
}

pub(crate) async fn repeating_it_changes_nothing(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let same = registry.try_set_status(model.id, Status::Active);
    assert_eq!(registry.unchanged(same).await, model);
    let retired = registry.retire(&model).await;
    let same = registry.try_set_status(model.id, Status::Retired);
    assert_eq!(registry.unchanged(same).await, retired);
}

pub(crate) async fn an_unknown_model_is_refused(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let unknown = ModelId::try_from(99).unwrap();
    let attempt = registry.try_set_status(unknown, Status::Retired);
    let error = registry.refused("model_not_found", attempt).await;
    assert_eq!(error.to_string(), "no model fits `99`");
}

pub(crate) async fn leaves_its_events(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    registry.retire(&model).await;
    let event = registry.last_event().await;
    assert_eq!(
        (event.kind, event.model),
        (EventKind::Retired, Some(model.reference()))
    );
    assert_eq!(event.before, json!({ "status": "active" }));
    assert_eq!(event.after, json!({ "status": "retired" }));
    registry.restore(&model).await;
    let event = registry.last_event().await;
    assert_eq!(event.kind, EventKind::Restored);
    assert_eq!(event.after, json!({ "status": "active" }));
}
