//! Updates: fields set, merged, replaced, cleared.

use registry_core::{
    Checkpoint, EventKind, FieldUpdate, MetadataUpdate, MetricsPatch, MetricsUpdate, ModelId, ModelUpdate,
};
use serde_json::json;

use crate::builder::merge;
use crate::{Session, a_model, at};

fn metrics(metrics: MetricsUpdate) -> ModelUpdate {
    ModelUpdate {
        metrics,
        ..ModelUpdate::default()
    }
}

fn metadata(metadata: MetadataUpdate) -> ModelUpdate {
    ModelUpdate {
        metadata,
        ..ModelUpdate::default()
    }
}

fn parent(parent: FieldUpdate<ModelId>) -> ModelUpdate {
    ModelUpdate {
        parent,
        ..ModelUpdate::default()
    }
}

fn notes(notes: &str) -> ModelUpdate {
    ModelUpdate {
        notes: FieldUpdate::Set(notes.parse().unwrap()),
        ..ModelUpdate::default()
    }
}

pub(crate) async fn sets_each_field(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0")).await;
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let update = ModelUpdate {
        task_type: Some("classification".parse().unwrap()),
        metrics: MetricsUpdate::Replace(r#"{"f1": 0.9}"#.parse().unwrap()),
        metadata: MetadataUpdate::Replace(r#"{"k": 1}"#.parse().unwrap()),
        memory_req_gb: FieldUpdate::Set(2.0.try_into().unwrap()),
        model_size_mb: FieldUpdate::Set(7.5.try_into().unwrap()),
        training_run_id: FieldUpdate::Set(registry_core::TrainingRunId::try_from(3).unwrap()),
        notes: FieldUpdate::Set("n".parse().unwrap()),
        checkpoint: Some(Checkpoint::elsewhere("new.pt").unwrap()),
        parent: FieldUpdate::Set(base.id),
    };
    let new = registry.update(&model, update).await;
    assert_eq!(registry.get(&model).await, new);
    assert_eq!(new.task_type.as_str(), "classification");
    assert_eq!((new.metrics.get("f1"), new.metrics.len()), (Some(0.9), 1));
    assert_eq!(json!(new.metadata), json!({ "k": 1 }));
    assert_eq!(new.memory_req_gb, Some(2.0.try_into().unwrap()));
    assert_eq!(new.model_size_mb, Some(7.5.try_into().unwrap()));
    assert_eq!(
        (new.training_run_id, new.parent),
        (registry_core::TrainingRunId::try_from(3).ok(), Some(base.id))
    );
    assert_eq!(new.notes.as_ref().unwrap().as_str(), "n");
    assert_eq!(new.checkpoint_path.as_str(), "new.pt");
    assert_eq!((new.updated_at, new.created_at), (at(3), at(2)));
    assert_eq!(
        (&new.name, &new.version, new.ordinal),
        (&model.name, &model.version, 1)
    );
}

pub(crate) async fn clears_each_field(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0")).await;
    let model = a_model("gpt", "1.0.0")
        .run(1)
        .notes("n")
        .memory_gb(1.0)
        .size_mb(1.0);
    let model = registry.register(model.child_of(&base)).await;
    let update = ModelUpdate {
        memory_req_gb: FieldUpdate::Clear,
        model_size_mb: FieldUpdate::Clear,
        training_run_id: FieldUpdate::Clear,
        notes: FieldUpdate::Clear,
        parent: FieldUpdate::Clear,
        ..ModelUpdate::default()
    };
    let new = registry.update(&model, update).await;
    assert_eq!((new.memory_req_gb, new.model_size_mb), (None, None));
    assert_eq!((new.training_run_id, &new.notes, new.parent), (None, &None, None));
    assert_eq!(registry.get(&model).await, new);
}

pub(crate) async fn keeps_what_it_does_not_name(registry: Session) {
    let model = a_model("gpt", "1.0.0")
        .run(1)
        .metric("loss", 0.5)
        .metadata(r#"{"k": 1}"#);
    let model = registry
        .register(model.tagged("a").export("onnx", "m.onnx"))
        .await;
    let new = registry.update(&model, notes("n")).await;
    let expected = registry_core::Model {
        notes: Some("n".parse().unwrap()),
        updated_at: at(2),
        ..model
    };
    assert_eq!(new, expected);
    assert_eq!(registry.get(&new).await, expected);
}

pub(crate) async fn merges_metrics(registry: Session) {
    let model = a_model("gpt", "1.0.0")
        .metric("a", 1.0)
        .metric("b", 2.0)
        .metric("c", 3.0);
    let model = registry.register(model).await;
    let merge = merge(&[
        ("d", Some(4.0)),
        ("a", None),
        ("b", Some(-2.0)),
        ("unknown", None),
        ("c", None),
        ("c", Some(3.5)),
    ]);
    let new = registry.update(&model, metrics(merge)).await;
    let found: Vec<_> = new
        .metrics
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    assert_eq!(found, [("b", -2.0), ("c", 3.5), ("d", 4.0)]);
    assert_eq!(registry.get(&model).await, new);
}

pub(crate) async fn too_many_metrics_are_refused(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0").metric("a", 1.0)).await;
    let many = (0..1000).map(|n| (format!("m{n}").parse().unwrap(), Some(1.0)));
    let merge = MetricsUpdate::Merge(MetricsPatch::from_pairs(many).unwrap());
    let attempt = registry.try_update(model.id, metrics(merge));
    registry.refused("invalid_metrics", attempt).await;
}

pub(crate) async fn merges_metadata(registry: Session) {
    let model = a_model("gpt", "1.0.0").metadata(r#"{"a": {"x": 1, "y": 2}, "b": 1, "c": [1]}"#);
    let model = registry.register(model).await;
    let patch = json!({ "a": { "x": null, "z": 3 }, "b": null, "d": "new" });
    let patch = MetadataUpdate::Merge(patch.as_object().unwrap().clone());
    let new = registry.update(&model, metadata(patch)).await;
    assert_eq!(
        json!(new.metadata),
        json!({ "a": { "y": 2, "z": 3 }, "c": [1], "d": "new" })
    );
    assert_eq!(registry.get(&model).await, new);
}

pub(crate) async fn metadata_grown_too_large_is_refused(registry: Session) {
    let half = "x".repeat(600_000);
    let model = a_model("gpt", "1.0.0").metadata(&json!({ "a": half }).to_string());
    let model = registry.register(model).await;
    let patch = json!({ "b": half }).as_object().unwrap().clone();
    let attempt = registry.try_update(model.id, metadata(MetadataUpdate::Merge(patch)));
    registry.refused("invalid_metadata", attempt).await;
}

pub(crate) async fn the_size_follows_a_measured_checkpoint(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0").size_mb(9.0)).await;
    let checkpoint = |size_bytes| Checkpoint {
        path: "new.pt".parse().unwrap(),
        absolute: Some("/models/new.pt".parse().unwrap()),
        size_bytes,
    };
    let moved = |size_bytes| ModelUpdate {
        checkpoint: Some(checkpoint(size_bytes)),
        ..ModelUpdate::default()
    };
    let new = registry.update(&model, moved(Some(1 << 20))).await;
    assert_eq!(
        (new.size_bytes, new.model_size_mb),
        (Some(1 << 20), Some(1.0.try_into().unwrap()))
    );
    let new = registry.update(&model, moved(None)).await;
    assert_eq!(
        (new.size_bytes, new.model_size_mb),
        (None, Some(1.0.try_into().unwrap()))
    );
    assert_eq!(registry.get(&model).await, new);
}

pub(crate) async fn a_size_given_wins_over_the_measured_one(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let update = ModelUpdate {
        checkpoint: Some(Checkpoint {
            path: "new.pt".parse().unwrap(),
            absolute: None,
            size_bytes: Some(1 << 20),
        }),
        model_size_mb: FieldUpdate::Set(5.0.try_into().unwrap()),
        ..ModelUpdate::default()
    };
    let new = registry.update(&model, update).await;
    assert_eq!(new.model_size_mb, Some(5.0.try_into().unwrap()));
}

pub(crate) async fn an_empty_update_is_refused(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let attempt = registry.try_update(model.id, ModelUpdate::default());
    registry.refused("empty_update", attempt).await;
}

pub(crate) async fn an_unknown_model_is_refused(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let unknown = ModelId::try_from(99).unwrap();
    let attempt = registry.try_update(unknown, notes("n"));
    registry.refused("model_not_found", attempt).await;
}

pub(crate) async fn what_is_there_already_changes_nothing(registry: Session) {
    let model = a_model("gpt", "1.0.0")
        .notes("n")
        .metric("loss", 0.5)
        .metadata(r#"{"k": 1}"#);
    let model = registry.register(model).await;
    let update = ModelUpdate {
        notes: FieldUpdate::Set("n".parse().unwrap()),
        metrics: merge(&[("loss", Some(0.5))]),
        metadata: MetadataUpdate::Replace(r#"{"k": 1}"#.parse().unwrap()),
        ..ModelUpdate::default()
    };
    let answer = registry.unchanged(registry.try_update(model.id, update)).await;
    assert_eq!(answer, model);
}

pub(crate) async fn another_order_of_the_same_metrics_is_no_change(registry: Session) {
    let model = a_model("gpt", "1.0.0").metric("a", 1.0).metric("b", 2.0);
    let model = registry.register(model).await;
    let swapped = MetricsUpdate::Replace(r#"{"b": 2.0, "a": 1.0}"#.parse().unwrap());
    let answer = registry
        .unchanged(registry.try_update(model.id, metrics(swapped)))
        .await;
    assert_eq!(answer, model);
}

pub(crate) async fn a_parent_is_set_and_changed(registry: Session) {
    let first = registry.register(a_model("base", "1.0.0")).await;
    let second = registry.register(a_model("base", "2.0.0")).await;
    let model = registry.register(a_model("gpt", "1.0.0").child_of(&first)).await;
    let new = registry.update(&model, parent(FieldUpdate::Set(second.id))).await;
    assert_eq!(new.parent, Some(second.id));
    assert_eq!(registry.get(&model).await, new);
}

pub(crate) async fn an_unknown_parent_is_refused(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let unknown = FieldUpdate::Set(ModelId::try_from(99).unwrap());
    let attempt = registry.try_update(model.id, parent(unknown));
    registry.refused("parent_not_found", attempt).await;
}

pub(crate) async fn a_model_is_not_its_own_parent(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let attempt = registry.try_update(model.id, parent(FieldUpdate::Set(model.id)));
    registry.refused("parent_cycle", attempt).await;
}

pub(crate) async fn a_descendant_is_no_parent(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0")).await;
    let child = registry.register(a_model("gpt", "1.0.0").child_of(&base)).await;
    let grandchild = registry.register(a_model("gpt", "1.1.0").child_of(&child)).await;
    for descendant in [&child, &grandchild] {
        let attempt = registry.try_update(base.id, parent(FieldUpdate::Set(descendant.id)));
        let error = registry.refused("parent_cycle", attempt).await;
        let (parent, model) = (descendant.reference(), base.reference());
        assert_eq!(
            error.to_string(),
            format!("{parent} cannot be the parent of {model}: it descends from it")
        );
    }
}

pub(crate) async fn leaves_its_event(registry: Session) {
    let model = a_model("gpt", "1.0.0").metric("loss", 0.5).notes("old");
    let model = registry.register(model).await;
    let update = ModelUpdate {
        metrics: merge(&[("loss", Some(0.25))]),
        notes: FieldUpdate::Clear,
        task_type: Some(model.task_type.clone()),
        ..ModelUpdate::default()
    };
    registry.update(&model, update).await;
    let event = registry.last_event().await;
    assert_eq!((event.kind, event.at), (EventKind::Updated, at(2)));
    assert_eq!(event.model, Some(model.reference()));
    assert_eq!(
        event.before,
        json!({ "metrics": { "loss": 0.5 }, "notes": "old" })
    );
    assert_eq!(event.after, json!({ "metrics": { "loss": 0.25 }, "notes": null }));
}
