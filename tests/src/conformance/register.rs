//! Registration: what is kept, what is refused, ordinals and ids.

use registry_core::{Bump, Checkpoint, EventKind, ModelId, Parent, Status};
use serde_json::json;

use crate::{Session, a_model, alice, at, name, tag, version};

pub(crate) async fn keeps_every_field(registry: Session) {
    let parent = registry.register(a_model("base", "1.0.0")).await;
    let wanted = a_model("gpt-small", "1.2.0-rc.1")
        .metric("val_loss", 0.38)
        .metric("perplexity", 1.46)
        .child_of(&parent)
        .config(r#"{"d_model": 768}"#)
        .metadata(r#"{"team": "nlp", "nested": {"list": [1, 2.5, null, true]}}"#)
        .notes("first try\nsecond line")
        .run(42)
        .size_mb(1.5)
        .memory_gb(4.0)
        .format("pytorch")
        .export("onnx", "exports/model.onnx")
        .tagged("baseline")
        .tagged("experimental");
    let expected = wanted.clone().build();
    let model = registry.register(wanted).await;
    assert_eq!(registry.get(&model).await, model);
    assert_eq!(
        (&model.name, &model.version),
        (&name("gpt-small"), &version("1.2.0-rc.1"))
    );
    assert_eq!(model.checkpoint_path, expected.checkpoint.path);
    assert_eq!(model.task_type, expected.task_type);
    assert_eq!(model.config_hash, expected.config_hash);
    assert_eq!(model.metrics, expected.metrics);
    assert_eq!(model.metadata, expected.metadata);
    assert_eq!(model.notes, expected.notes);
    assert_eq!(
        (
            model.training_run_id.map(registry_core::TrainingRunId::get),
            model.parent
        ),
        (Some(42), Some(parent.id))
    );
    assert_eq!(model.model_size_mb, expected.model_size_mb);
    assert_eq!(model.memory_req_gb, expected.memory_req_gb);
    assert_eq!(model.declared_formats, expected.export_formats);
    let export = &model.exports[0];
    assert_eq!(
        (export.format.as_str(), export.path.as_str()),
        ("onnx", "exports/model.onnx")
    );
    assert_eq!((export.created_at, model.created_at), (at(2), at(2)));
    assert_eq!((model.updated_at, &model.created_by), (at(2), &alice()));
    let formats: Vec<_> = model.export_formats().iter().map(|f| f.as_str()).collect();
    assert_eq!(formats, ["pytorch", "onnx"]);
}

pub(crate) async fn needs_nothing_optional(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    assert_eq!(
        (model.training_run_id, model.parent, &model.notes),
        (None, None, &None)
    );
    assert_eq!((model.model_size_mb, model.memory_req_gb), (None, None));
    assert_eq!((model.size_bytes, &model.checkpoint_absolute), (None, &None));
    assert!(model.metrics.is_empty() && model.metadata.is_empty());
    assert!(model.tags.is_empty() && model.exports.is_empty() && model.export_formats().is_empty());
    assert_eq!((model.status, model.ordinal), (Status::Active, 1));
    assert_eq!(registry.get(&model).await, model);
}

pub(crate) async fn a_taken_version_is_refused(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let again = a_model("gpt", "1.0.0").tagged("baseline").metric("loss", 1.0);
    let error = registry
        .refused("model_exists", registry.try_register(again))
        .await;
    assert_eq!(
        error.to_string(),
        "Model 'gpt' version '1.0.0' already exists. Use a different version number."
    );
    assert!(error.hint().contains(&format!("id {}", first.id)));
}

pub(crate) async fn a_version_of_a_retired_model_is_taken_too(registry: Session) {
    registry.register(a_model("gpt", "1.0.0").retired()).await;
    let again = registry.try_register(a_model("gpt", "1.0.0"));
    registry.refused("model_exists", again).await;
}

pub(crate) async fn the_same_version_of_another_name_is_free(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    registry.register(a_model("GPT", "1.0.0")).await;
    registry.register(a_model("gpt-2", "1.0.0")).await;
    assert_eq!(registry.dump().await.models.len(), 3);
}

pub(crate) async fn an_unknown_parent_is_refused(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let unknown = Parent::Id(ModelId::try_from(99).unwrap());
    let orphan = registry.try_register(a_model("gpt", "1.1.0").parent(unknown));
    let error = registry.refused("parent_not_found", orphan).await;
    assert_eq!(error.to_string(), "the parent `99` does not exist");
}

pub(crate) async fn an_unknown_parent_version_is_refused(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let unknown = Parent::Version(name("gpt"), version("2.0.0"));
    let orphan = registry.try_register(a_model("gpt", "1.1.0").parent(unknown));
    let error = registry.refused("parent_not_found", orphan).await;
    assert_eq!(error.to_string(), "the parent `gpt@2.0.0` does not exist");
}

pub(crate) async fn a_single_registration_has_no_other_entries(registry: Session) {
    let lonely = registry.try_register(a_model("gpt", "1.1.0").parent(Parent::Entry(0)));
    registry.refused("parent_not_found", lonely).await;
}

pub(crate) async fn a_parent_is_named_by_version(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0")).await;
    let parent = Parent::Version(name("base"), version("1.0.0"));
    let child = registry.register(a_model("gpt", "1.0.0").parent(parent)).await;
    assert_eq!(child.parent, Some(base.id));
}

pub(crate) async fn a_retired_parent_is_a_parent(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0").retired()).await;
    let child = registry.register(a_model("gpt", "1.0.0").child_of(&base)).await;
    assert_eq!(child.parent, Some(base.id));
}

pub(crate) async fn ordinals_count_within_the_name(registry: Session) {
    for (model, expected) in [
        (a_model("gpt", "1.0.0"), 1),
        (a_model("bert", "1.0.0"), 1),
        (a_model("gpt", "0.9.0"), 2),
        (a_model("gpt", "2.0.0"), 3),
        (a_model("bert", "1.1.0"), 2),
    ] {
        assert_eq!(registry.register(model).await.ordinal, expected);
    }
}

pub(crate) async fn ordinals_are_not_used_again_after_a_delete(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    registry.delete(&second).await;
    let third = registry.register(a_model("gpt", "1.1.0")).await;
    assert_eq!(third.ordinal, 3);
}

pub(crate) async fn ordinals_outlive_the_last_version_of_a_name(registry: Session) {
    let only = registry.register(a_model("gpt", "1.0.0")).await;
    registry.delete(&only).await;
    assert_eq!(registry.register(a_model("gpt", "1.0.0")).await.ordinal, 2);
}

pub(crate) async fn ids_are_not_used_again_after_a_delete(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let last = registry.register(a_model("gpt", "1.1.0")).await;
    registry.delete(&last).await;
    let next = registry.register(a_model("gpt", "1.1.0")).await;
    assert!(first.id < last.id && last.id < next.id);
}

pub(crate) async fn a_refusal_uses_up_no_ordinal(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let taken = registry.try_register(a_model("gpt", "1.0.0"));
    registry.refused("model_exists", taken).await;
    assert_eq!(registry.register(a_model("gpt", "1.1.0")).await.ordinal, 2);
}

pub(crate) async fn a_retired_model_is_registered_as_such(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").retired().tagged("old"))
        .await;
    assert_eq!(model.status, Status::Retired);
    assert_eq!(registry.find(":old").await, None);
    assert_eq!(
        registry.kinds().await,
        [EventKind::Registered, EventKind::Labelled, EventKind::Retired]
    );
    assert_eq!(registry.last_event().await.after, json!({ "status": "retired" }));
}

pub(crate) async fn labels_are_sorted_and_kept_once(registry: Session) {
    let twice = a_model("gpt", "1.0.0").tagged("b").tagged("a").tagged("b");
    let model = registry.register(twice).await;
    let tags: Vec<_> = model.tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(tags, ["a", "b"]);
    assert!(model.tags.iter().all(|tag| !tag.promoted && tag.since == at(1)));
    assert_eq!(registry.kinds().await.len(), 3);
}

pub(crate) async fn labels_are_taken_from_nobody(registry: Session) {
    let first = registry
        .register(a_model("gpt", "1.0.0").tagged("production"))
        .await;
    let second = registry
        .register(a_model("gpt", "1.1.0").tagged("production"))
        .await;
    assert!(registry.get(&first).await.tag(&tag("production")).is_some());
    assert!(registry.get(&second).await.tag(&tag("production")).is_some());
}

pub(crate) async fn a_label_names_the_promoted_holder(registry: Session) {
    let holder = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&holder, "production").await;
    let labelled = a_model("gpt", "1.1.0").tagged("new").tagged("production");
    let answer = registry.registered(labelled).await;
    assert_eq!(answer.promoted_holders.len(), 1);
    assert_eq!(answer.promoted_holders[0].tag, tag("production"));
    assert_eq!(answer.promoted_holders[0].model, holder.reference());
}

pub(crate) async fn a_label_asked_twice_names_its_holder_once(registry: Session) {
    let holder = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&holder, "production").await;
    let twice = a_model("gpt", "1.1.0").tagged("production").tagged("production");
    assert_eq!(registry.registered(twice).await.promoted_holders.len(), 1);
}

pub(crate) async fn a_label_among_labels_names_nobody(registry: Session) {
    registry
        .register(a_model("gpt", "1.0.0").tagged("baseline"))
        .await;
    let answer = registry
        .registered(a_model("gpt", "1.1.0").tagged("baseline"))
        .await;
    assert_eq!(answer.promoted_holders, []);
}

pub(crate) async fn exports_of_one_place_are_one(registry: Session) {
    let twice = a_model("gpt", "1.0.0")
        .export("onnx", "b.onnx")
        .export("onnx", "a.onnx")
        .export("onnx", "b.onnx");
    let model = registry.register(twice).await;
    let paths: Vec<_> = model.exports.iter().map(|export| export.path.as_str()).collect();
    assert_eq!(paths, ["a.onnx", "b.onnx"]);
    assert_eq!(registry.get(&model).await, model);
}

pub(crate) async fn declared_formats_keep_their_order_once(registry: Session) {
    let model = a_model("gpt", "1.0.0")
        .format("onnx")
        .format("gguf")
        .format("onnx");
    let model = registry.register(model).await;
    let formats: Vec<_> = model
        .declared_formats
        .iter()
        .map(registry_core::ExportFormat::as_str)
        .collect();
    assert_eq!(formats, ["onnx", "gguf"]);
    assert_eq!(registry.get(&model).await, model);
}

pub(crate) async fn bumps_follow_the_highest_version(registry: Session) {
    let bump = |bump: Bump| a_model("gpt", "0.0.0").versioned(bump);
    for (choice, expected) in [
        (bump(Bump::Minor), "0.1.0"),
        (bump(Bump::Patch), "0.1.1"),
        (bump(Bump::Major), "1.0.0"),
        (a_model("gpt", "1.0.0-rc.1"), "1.0.0-rc.1"),
        (bump(Bump::Minor), "1.1.0"),
        (a_model("gpt", "2.0.0-rc.1"), "2.0.0-rc.1"),
        (bump(Bump::Major), "2.0.0"),
    ] {
        assert_eq!(registry.register(choice).await.version, version(expected));
    }
}

pub(crate) async fn a_bump_beyond_the_last_number_is_refused(registry: Session) {
    let last = format!("{}.0.0", u64::MAX);
    registry.register(a_model("gpt", &last)).await;
    let next = a_model("gpt", "0.0.0").versioned(Bump::Major);
    registry
        .refused("invalid_version", registry.try_register(next))
        .await;
}

pub(crate) async fn the_measured_size_stands_unless_one_is_given(registry: Session) {
    let checkpoint = || Checkpoint {
        path: "model.pt".parse().unwrap(),
        absolute: Some("/models/model.pt".parse().unwrap()),
        size_bytes: Some(3 << 20),
    };
    let measured = a_model("gpt", "1.0.0").checkpoint(checkpoint());
    let measured = registry.register(measured).await;
    assert_eq!(measured.model_size_mb.unwrap().get().to_bits(), 3.0_f64.to_bits());
    let given = a_model("gpt", "1.1.0").checkpoint(checkpoint()).size_mb(9.0);
    let given = registry.register(given).await;
    assert_eq!(given.model_size_mb.unwrap().get().to_bits(), 9.0_f64.to_bits());
    assert_eq!(
        (given.size_bytes, measured.size_bytes),
        (Some(3 << 20), Some(3 << 20))
    );
    assert_eq!(registry.get(&measured).await, measured);
}

pub(crate) async fn leaves_its_events(registry: Session) {
    let parent = registry.register(a_model("base", "1.0.0")).await;
    let model = a_model("gpt", "1.0.0")
        .metric("loss", 0.5)
        .child_of(&parent)
        .tagged("baseline")
        .export("onnx", "m.onnx");
    let model = registry.register(model).await;
    let events = &registry.events().await[1..];
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        [EventKind::Registered, EventKind::Labelled, EventKind::ExportAdded]
    );
    assert!(events.iter().all(|event| event.model == Some(model.reference())));
    assert_eq!(
        events[0].after,
        json!({
            "checkpoint_path": "s3://models/gpt/1.0.0.pt",
            "task_type": "language_modeling",
            "config_hash": model.config_hash,
            "parent_model_id": parent.id,
            "metrics": { "loss": 0.5 },
        })
    );
    assert_eq!(events[1].tag, Some(tag("baseline")));
    assert_eq!(
        events[2].after,
        json!({ "export_format": "onnx", "export_path": "m.onnx" })
    );
    assert!(
        events
            .iter()
            .all(|event| event.before.is_null() && event.previous.is_none())
    );
}
