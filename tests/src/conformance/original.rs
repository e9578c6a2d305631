//! The thirty tests of the original registry, under their names, in the terms of this one.

use std::path::{Path, PathBuf};

use registry_core::search::SearchQuery;
use registry_core::{
    Checkpoint, ConfigHash, Limit, LineageScope, Model, PromotionScope, RegistryStoreExt as _, Status,
};
use tempfile::TempDir;

use crate::{ModelBuilder, Session, a_model, at};

/// A checkpoint file in a folder of its own.
struct File {
    folder: TempDir,
}

impl File {
    fn new() -> Self {
        let file = Self {
            folder: crate::fast_folder(),
        };
        std::fs::write(file.path(), [7; 2048]).unwrap();
        file
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("checkpoint.pt")
    }

    /// A model whose checkpoint is this file.
    fn model(&self, name: &str, version: &str) -> ModelBuilder {
        a_model(name, version).checkpoint(measure(&self.path()).unwrap())
    }
}

fn measure(path: &Path) -> registry_core::Result<Checkpoint> {
    Checkpoint::measure(path.to_str().unwrap())
}

fn active(filter: &str) -> SearchQuery {
    SearchQuery::new(Some(filter.parse().unwrap()), Vec::new()).unwrap()
}

pub(crate) async fn test_register_model_basic(registry: Session) {
    let file = File::new();
    let model = registry
        .register(file.model("gpt-small", "1.0.0").metric("val_loss", 0.38))
        .await;
    assert!(model.id.get() > 0);
    assert_eq!(registry.found("gpt-small@1.0.0").await, "gpt-small@1.0.0");
}

pub(crate) async fn test_register_model_with_metadata(registry: Session) {
    let file = File::new();
    let parent = registry.register(file.model("base", "1.0.0")).await;
    let model = file
        .model("gpt-small", "1.0.0")
        .metric("val_loss", 0.38)
        .format("onnx")
        .format("torchscript")
        .size_mb(125.0)
        .memory_gb(2.5)
        .run(42)
        .child_of(&parent)
        .metadata(r#"{"dataset": "wikitext", "epochs": 10}"#)
        .tagged("baseline")
        .tagged("experimental");
    let model = registry.register(model).await;
    let found = registry.get(&model).await;
    assert_eq!(found, model);
    assert_eq!(
        (
            found.training_run_id.map(registry_core::TrainingRunId::get),
            found.parent
        ),
        (Some(42), Some(parent.id))
    );
    assert_eq!(found.metadata.as_map()["dataset"], "wikitext");
    assert_eq!((found.declared_formats.len(), found.tags.len()), (2, 2));
}

pub(crate) async fn test_register_duplicate_version(registry: Session) {
    let file = File::new();
    registry.register(file.model("gpt-small", "1.0.0")).await;
    let again = registry.try_register(file.model("gpt-small", "1.0.0"));
    let error = registry.refused("model_exists", again).await;
    assert!(error.to_string().contains("already exists"));
}

pub(crate) async fn test_register_nonexistent_checkpoint(registry: Session) {
    let file = File::new();
    let error = measure(&file.folder.path().join("none.pt")).unwrap_err();
    assert_eq!(error.code(), "checkpoint_not_found");
    assert!(error.to_string().starts_with("Checkpoint not found: "));
    assert_eq!(registry.dump().await.models, []);
}

pub(crate) async fn test_get_model_by_id(registry: Session) {
    let file = File::new();
    let model = registry
        .register(file.model("gpt-small", "1.0.0").metric("val_loss", 0.38))
        .await;
    assert_eq!(registry.find(&model.id.to_string()).await, Some(model));
}

pub(crate) async fn test_get_model_by_name_version(registry: Session) {
    let file = File::new();
    let model = registry.register(file.model("gpt-small", "1.0.0")).await;
    registry.register(file.model("gpt-small", "1.1.0")).await;
    assert_eq!(registry.find("gpt-small@1.0.0").await, Some(model));
}

pub(crate) async fn test_get_model_by_tag(registry: Session) {
    let file = File::new();
    let model = registry
        .register(file.model("gpt-small", "1.0.0").tagged("production"))
        .await;
    assert_eq!(registry.find(":production").await, Some(model));
}

pub(crate) async fn test_get_nonexistent_model(registry: Session) {
    for selector in ["999", "nonexistent@1.0.0", ":nonexistent"] {
        assert_eq!(registry.find(selector).await, None);
    }
}

pub(crate) async fn test_promote_model(registry: Session) {
    let file = File::new();
    let model = registry.register(file.model("gpt-small", "1.0.0")).await;
    registry.promote(&model, "production").await;
    assert_eq!(registry.find(":production").await.unwrap().id, model.id);
}

pub(crate) async fn test_promote_model_removes_from_others(registry: Session) {
    let file = File::new();
    let first = registry
        .register(file.model("gpt-small", "1.0.0").tagged("production"))
        .await;
    let second = registry.register(file.model("gpt-small", "1.1.0")).await;
    registry.promote(&second, "production").await;
    assert_eq!(registry.find(":production").await.unwrap().id, second.id);
    assert_eq!(registry.get(&first).await.tags, []);
}

pub(crate) async fn test_promote_model_keep_others(registry: Session) {
    let file = File::new();
    registry
        .register(file.model("gpt-small", "1.0.0").tagged("experimental"))
        .await;
    let second = registry.register(file.model("gpt-small", "1.1.0")).await;
    registry
        .promote_within(PromotionScope::None, &second, "experimental")
        .await;
    let listed = registry.list(active("tag = experimental")).await;
    assert_eq!(listed, ["gpt-small@1.1.0", "gpt-small@1.0.0"]);
}

pub(crate) async fn test_retire_model(registry: Session) {
    let file = File::new();
    let model = registry.register(file.model("gpt-small", "1.0.0")).await;
    registry.retire(&model).await;
    assert_eq!(registry.get(&model).await.status, Status::Retired);
}

pub(crate) async fn test_delete_model(registry: Session) {
    let file = File::new();
    let model = registry.register(file.model("gpt-small", "1.0.0")).await;
    registry.try_delete(model.id, false).await.unwrap();
    assert_eq!(registry.find(&model.id.to_string()).await, None);
    assert!(file.path().exists());
}

pub(crate) async fn test_delete_tagged_model_fails(registry: Session) {
    let file = File::new();
    let model = registry
        .register(file.model("gpt-small", "1.0.0").tagged("production"))
        .await;
    let attempt = registry.try_delete(model.id, false);
    let error = registry.refused("model_in_use", attempt).await;
    assert!(error.to_string().contains("has 1 tag"), "{error}");
}

pub(crate) async fn test_delete_tagged_model_with_force(registry: Session) {
    let file = File::new();
    let model = registry
        .register(file.model("gpt-small", "1.0.0").tagged("production"))
        .await;
    registry.try_delete(model.id, true).await.unwrap();
    assert_eq!(registry.find(&model.id.to_string()).await, None);
}

pub(crate) async fn test_list_models(registry: Session) {
    let file = File::new();
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        registry.register(file.model("gpt-small", version)).await;
    }
    let listed = registry.list(SearchQuery::default()).await;
    assert_eq!(listed, ["gpt-small@1.2.0", "gpt-small@1.1.0", "gpt-small@1.0.0"]);
}

pub(crate) async fn test_list_models_by_task_type(registry: Session) {
    let file = File::new();
    registry
        .register(file.model("gpt-small", "1.0.0").task("language_modeling"))
        .await;
    registry
        .register(file.model("vit-small", "1.0.0").task("vision_classification"))
        .await;
    let listed = registry.list(active("task_type = vision_classification")).await;
    assert_eq!(listed, ["vit-small@1.0.0"]);
}

pub(crate) async fn test_list_models_by_tag(registry: Session) {
    let file = File::new();
    registry
        .register(file.model("gpt-small", "1.0.0").tagged("production"))
        .await;
    registry
        .register(file.model("gpt-small", "1.1.0").tagged("experimental"))
        .await;
    let listed = registry.list(active("tag = production")).await;
    assert_eq!(listed, ["gpt-small@1.0.0"]);
}

pub(crate) async fn test_list_models_by_status(registry: Session) {
    let file = File::new();
    let model = registry.register(file.model("gpt-small", "1.0.0")).await;
    registry.register(file.model("gpt-small", "1.1.0")).await;
    registry.retire(&model).await;
    assert_eq!(registry.list(SearchQuery::default()).await, ["gpt-small@1.1.0"]);
    let listed = registry.list(active("status = retired")).await;
    assert_eq!(listed, ["gpt-small@1.0.0"]);
}

async fn three_measured(registry: &Session, file: &File) -> [Model; 3] {
    let models = ["1.0.0", "1.1.0", "1.2.0"].into_iter().zip([0.5, 0.4, 0.3]);
    let models = models.map(|(version, loss)| {
        let model = file.model("gpt-small", version);
        model.metric("val_loss", loss).metric("perplexity", loss * 4.0)
    });
    registry.register_many(models).await.try_into().unwrap()
}

pub(crate) async fn test_compare_models(registry: Session) {
    let file = File::new();
    let [first, second, third] = three_measured(&registry, &file).await;
    let ids = [third.id, first.id, second.id];
    let comparison = registry.store().compare(&ids, None, None).await.unwrap();
    let order: Vec<_> = comparison.models.iter().map(|model| model.id).collect();
    assert_eq!(order, ids);
    assert_eq!(comparison.metrics[0].values, [Some(0.3), Some(0.5), Some(0.4)]);
    assert_eq!(comparison.metrics.len(), 2);
}

pub(crate) async fn test_compare_models_specific_metrics(registry: Session) {
    let file = File::new();
    let ids = three_measured(&registry, &file).await.map(|model| model.id);
    let chosen = Some(vec!["val_loss".parse().unwrap()]);
    let comparison = registry.store().compare(&ids, chosen, None).await.unwrap();
    assert_eq!(comparison.metrics.len(), 1);
    assert_eq!(comparison.metrics[0].name.as_str(), "val_loss");
}

pub(crate) async fn test_model_lineage(registry: Session) {
    let file = File::new();
    let base = registry.register(file.model("base", "1.0.0")).await;
    let domain = registry
        .register(file.model("domain", "1.0.0").child_of(&base))
        .await;
    let task = registry
        .register(file.model("task", "1.0.0").child_of(&domain))
        .await;
    let lineage = registry
        .store()
        .lineage(task.id, LineageScope::Ancestors)
        .await
        .unwrap();
    let names: Vec<_> = lineage
        .nodes
        .iter()
        .map(|node| node.model.name.as_str())
        .collect();
    assert_eq!(names, ["base", "domain", "task"]);
}

pub(crate) async fn test_add_export_format(registry: Session) {
    let file = File::new();
    let model = registry.register(file.model("gpt-small", "1.0.0")).await;
    let model = registry.export(&model, "onnx", "exports/model.onnx").await;
    assert_eq!(model.export_formats()[0].as_str(), "onnx");
    assert_eq!(
        registry.get(&model).await.exports[0].path.as_str(),
        "exports/model.onnx"
    );
}

pub(crate) async fn test_add_multiple_export_formats(registry: Session) {
    let file = File::new();
    let model = registry.register(file.model("gpt-small", "1.0.0")).await;
    for (format, path) in [
        ("onnx", "model.onnx"),
        ("torchscript", "model.pt"),
        ("onnx", "model.onnx"),
    ] {
        registry.export(&model, format, path).await;
    }
    let model = registry.get(&model).await;
    let formats: Vec<_> = model
        .export_formats()
        .iter()
        .map(|format| format.as_str())
        .collect();
    assert_eq!(formats, ["onnx", "torchscript"]);
    assert_eq!(model.exports.len(), 2);
}

pub(crate) async fn test_compute_config_hash_deterministic(registry: Session) {
    let config = r#"{"d_model": 768, "num_layers": 12, "vocab_size": 50257}"#;
    let hash = ConfigHash::of_json(config).unwrap();
    assert_eq!(hash, ConfigHash::of_json(config).unwrap());
    assert_eq!(
        hash.as_str(),
        "0a2a71c18616b9bff1c8f8fb4ce4c2f4ac2358f507acf10e5d35c64237d35f44"
    );
    let model = registry
        .register(a_model("gpt-small", "1.0.0").config(config))
        .await;
    assert_eq!(registry.get(&model).await.config_hash, hash);
}

pub(crate) async fn test_compute_config_hash_order_independent(registry: Session) {
    registry
        .register(a_model("gpt-small", "1.0.0").config(r#"{"a": 1, "b": {"c": 2, "d": 3}}"#))
        .await;
    let turned = ConfigHash::of_json(r#"{"b": {"d": 3, "c": 2}, "a": 1}"#).unwrap();
    assert_eq!(registry.store().find_by_config(&turned).await.unwrap().len(), 1);
}

pub(crate) async fn test_compute_config_hash_sensitive_to_values(registry: Session) {
    registry
        .register(a_model("gpt-small", "1.0.0").config(r#"{"d_model": 768}"#))
        .await;
    for other in [
        r#"{"d_model": 512}"#,
        r#"{"d_model": 768.0}"#,
        r#"{"d_Model": 768}"#,
    ] {
        let other = ConfigHash::of_json(other).unwrap();
        assert_eq!(registry.store().find_by_config(&other).await.unwrap(), []);
    }
}

/// The original timed a list of 50 out of 100. A time measured on a busy machine says nothing; what makes the query
/// fast is that one page of fifty comes back, newest first, with the place to read on. Plan tests of each backend
/// see to it that no table is scanned, and the benchmarks measure.
pub(crate) async fn test_registry_query_performance(registry: Session) {
    let file = File::new();
    let models = (0..100).map(|minor| file.model("gpt-small", &format!("1.{minor}.0")));
    registry.register_many(models).await;
    let query = SearchQuery::default().limit(Limit::AtMost(50));
    let page = registry.store().search(&query, at(0)).await.unwrap();
    assert!(page.next.is_some());
    let ordinals: Vec<_> = page.items.iter().map(|model| model.ordinal).collect();
    assert_eq!(ordinals, (51..=100).rev().collect::<Vec<_>>());
}

/// The original timed one registration. What can be promised without a clock: it is one write, done when it returns,
/// model, metrics, tags and events together. The crash tests see to it that it is durable, and the benchmarks measure.
pub(crate) async fn test_registry_write_performance(registry: Session) {
    let file = File::new();
    let model = file
        .model("gpt-small", "1.0.0")
        .metric("val_loss", 0.38)
        .tagged("baseline");
    let model = registry.register(model).await;
    let dump = registry.dump().await;
    assert_eq!((dump.models, dump.events.len()), (vec![model], 2));
}

/// Saves checkpoints as a training loop does: a file for each epoch and a side-car that describes it.
struct CheckpointManager {
    folder: TempDir,
}

impl CheckpointManager {
    fn save(&self, epoch: u32, val_loss: f64) -> PathBuf {
        let path = self.folder.path().join(format!("epoch_{epoch}.pt"));
        std::fs::write(&path, vec![0; 1024 * usize::try_from(epoch).unwrap()]).unwrap();
        let sidecar = serde_json::json!({
            "epoch": epoch,
            "metrics": { "val_loss": val_loss },
            "checkpoint_file": path,
        });
        std::fs::write(path.with_extension("json"), sidecar.to_string()).unwrap();
        path
    }
}

pub(crate) async fn test_registry_with_checkpoint_manager(registry: Session) {
    let manager = CheckpointManager {
        folder: crate::fast_folder(),
    };
    for (epoch, loss) in [(1, 0.9), (2, 0.4), (3, 0.6)] {
        let path = manager.save(epoch, loss);
        let sidecar = std::fs::read_to_string(path.with_extension("json")).unwrap();
        let sidecar: serde_json::Value = serde_json::from_str(&sidecar).unwrap();
        let val_loss = sidecar["metrics"]["val_loss"].as_f64().unwrap();
        let model = a_model("trained-model", &format!("1.{epoch}.0"))
            .checkpoint(measure(&path).unwrap())
            .metric("val_loss", val_loss)
            .run(7)
            .metadata(&sidecar.to_string());
        let model = registry.register(model).await;
        let best = registry.find("trained-model@:best").await;
        if best.is_none_or(|best| val_loss < best.metrics.get("val_loss").unwrap()) {
            registry.promote(&model, "best").await;
        }
    }
    let best = registry.find(":best").await.unwrap();
    assert_eq!(
        (best.version.to_string(), best.metrics.get("val_loss")),
        ("1.2.0".into(), Some(0.4))
    );
    assert_eq!(
        (
            best.size_bytes,
            best.training_run_id.map(registry_core::TrainingRunId::get)
        ),
        (Some(2048), Some(7))
    );
    assert!(Path::new(best.checkpoint_path.as_str()).exists());
}
