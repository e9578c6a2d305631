//! Exports: added, updated, removed.

use registry_core::{EventKind, ModelId, NewExport};
use serde_json::json;

use crate::builder::an_export;
use crate::{Session, a_model, at};

fn with_metadata(metadata: &str) -> NewExport {
    NewExport {
        metadata: metadata.parse().unwrap(),
        ..an_export("onnx", "m.onnx")
    }
}

pub(crate) async fn adds_it(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0").format("pytorch")).await;
    let new = registry.export(&model, "onnx", "m.onnx").await;
    assert_eq!(new.exports.len(), 1);
    assert_eq!(new.exports[0].created_at, at(2));
    assert_eq!(new.updated_at, model.updated_at);
    let formats: Vec<_> = new.export_formats().iter().map(|f| f.as_str()).collect();
    assert_eq!(formats, ["pytorch", "onnx"]);
    assert_eq!(registry.get(&model).await, new);
}

pub(crate) async fn keeps_several_of_a_format(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    for (format, path) in [("onnx", "b"), ("gguf", "c"), ("onnx", "a")] {
        registry.export(&model, format, path).await;
    }
    let model = registry.get(&model).await;
    let found: Vec<_> = model
        .exports
        .iter()
        .map(|e| (e.format.as_str(), e.path.as_str()))
        .collect();
    assert_eq!(found, [("gguf", "c"), ("onnx", "a"), ("onnx", "b")]);
}

pub(crate) async fn the_same_place_again_updates_it(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    registry.export(&model, "onnx", "m.onnx").await;
    let context = registry.context();
    let again = with_metadata(r#"{"opset": 17}"#);
    let new = registry
        .store()
        .add_export(&context, model.id, again)
        .await
        .unwrap();
    assert_eq!((new.exports.len(), new.exports[0].created_at), (1, at(3)));
    assert_eq!(json!(new.exports[0].metadata), json!({ "opset": 17 }));
    assert_eq!(registry.get(&model).await, new);
    let event = registry.last_event().await;
    assert_eq!(event.kind, EventKind::ExportUpdated);
    assert_eq!(event.before["metadata"], json!({}));
    assert_eq!(event.after, json!(new.exports[0]));
}

pub(crate) async fn the_same_once_more_changes_nothing(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let new = registry.export(&model, "onnx", "m.onnx").await;
    let context = registry.context();
    let again = registry
        .store()
        .add_export(&context, model.id, an_export("onnx", "m.onnx"));
    assert_eq!(registry.unchanged(again).await, new);
}

pub(crate) async fn removes_one_place(registry: Session) {
    let model = a_model("gpt", "1.0.0")
        .export("onnx", "a")
        .export("onnx", "b")
        .export("gguf", "a");
    let model = registry.register(model).await;
    let left = registry
        .try_remove_export(model.id, "onnx", Some("a"))
        .await
        .unwrap();
    assert_eq!(left.exports.len(), 2);
    assert_eq!(registry.get(&model).await, left);
}

pub(crate) async fn removes_a_whole_format(registry: Session) {
    let model = a_model("gpt", "1.0.0")
        .export("onnx", "a")
        .export("onnx", "b")
        .export("gguf", "a");
    let model = registry.register(model).await;
    let before = registry.events().await.len();
    let left = registry.try_remove_export(model.id, "onnx", None).await.unwrap();
    assert_eq!(left.exports[0].format.as_str(), "gguf");
    assert_eq!(registry.get(&model).await, left);
    let events = &registry.events().await[before..];
    assert!(events.iter().all(|event| event.kind == EventKind::ExportRemoved));
    assert_eq!(events[0].before, json!(model.exports[1]));
    assert_eq!(events.len(), 2);
}

pub(crate) async fn an_unknown_export_is_refused(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").export("onnx", "a").format("gguf"))
        .await;
    for (format, path) in [("gguf", None), ("onnx", Some("b")), ("ONNX", None)] {
        let attempt = registry.try_remove_export(model.id, format, path);
        registry.refused("export_not_found", attempt).await;
    }
}

pub(crate) async fn an_unknown_model_is_refused(registry: Session) {
    registry
        .register(a_model("gpt", "1.0.0").export("onnx", "a"))
        .await;
    let unknown = ModelId::try_from(99).unwrap();
    let context = registry.context();
    let add = registry
        .store()
        .add_export(&context, unknown, an_export("onnx", "a"));
    registry.refused("model_not_found", add).await;
    let remove = registry.try_remove_export(unknown, "onnx", None);
    registry.refused("model_not_found", remove).await;
}

pub(crate) async fn leaves_its_event(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let new = registry.export(&model, "onnx", "m.onnx").await;
    let event = registry.last_event().await;
    assert_eq!(
        (event.kind, event.model),
        (EventKind::ExportAdded, Some(model.reference()))
    );
    assert_eq!((event.before, event.after), (json!(null), json!(new.exports[0])));
}
