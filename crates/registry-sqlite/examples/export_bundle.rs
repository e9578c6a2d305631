//! From an export bundle folder to the exports of a model. Only files that are there count: a bundle's `metadata.json`
//! lists the formats that were asked for, also those whose export failed.
//!
//! ```sh
//! cargo run -p registry-sqlite --example export_bundle
//! cargo run -p registry-sqlite --example export_bundle -- exports/model_20260131_120000
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::fs;
use std::path::{Path, PathBuf};

use registry_core::{
    Actor, Checkpoint, ConfigHash, Metadata, ModelId, NewExport, Reason, Registration, RegistryStore,
    Timestamp, Version, WriteContext,
};
use registry_sqlite::SqliteStore;
use serde_json::{Value, json};

type AnyError = Box<dyn std::error::Error>;

/// Where each format lies in a bundle: as bundles are written now, and as older ones were.
const PLACES: &[(&str, &str)] = &[
    ("onnx", "artifacts/model.onnx"),
    ("torchscript", "artifacts/model.torchscript.pt"),
    ("pytorch", "artifacts/model.pytorch.pt"),
    ("torchscript", "model.torchscript.pt"),
    ("pytorch", "pytorch/pytorch_model.bin"),
];

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    match std::env::args_os().nth(1) {
        Some(bundle) => {
            import(Path::new(&bundle)).await?;
        }
        None => with_small_bundle().await?,
    }
    Ok(())
}

async fn with_small_bundle() -> Result<(), AnyError> {
    let folder = tempfile::tempdir()?;
    let bundle = small_bundle(folder.path())?;
    let formats = import(&bundle).await?;
    assert_eq!(
        formats,
        ["pytorch", "torchscript"],
        "the empty ONNX file doesn't count"
    );
    Ok(())
}

/// Registers a model in a registry of its own and gives it the bundle's exports. Answers its formats.
async fn import(bundle: &Path) -> Result<Vec<String>, AnyError> {
    let claims = read_json(&bundle.join("metadata.json"));
    let (exports, empty) = exports_of(bundle, &claims)?;
    for path in empty {
        println!("left out: {} is empty", path.display());
    }
    for format in claimed_formats(&claims) {
        if !exports.iter().any(|export| export.format.as_str() == format) {
            println!("left out: metadata.json claims `{format}`, but no file of it is usable");
        }
    }
    if exports.is_empty() {
        return Err(format!("`{}` holds no exported model", bundle.display()).into());
    }

    let folder = tempfile::tempdir()?;
    let registry = SqliteStore::open_or_create(folder.path().join("registry.db")).await?;
    let by = WriteContext::new(Actor::parse("exporter")?, Timestamp::now())
        .reason(Reason::parse("export bundle")?);
    let model = register(&registry, &by, bundle).await?;
    // Format and path name an export, so an import that was cut off is simply repeated.
    let mut formats = Vec::new();
    for export in exports {
        println!("export: {:<12} {}", export.format, export.path);
        let model = registry.add_export(&by, model, export).await?;
        formats = model
            .export_formats()
            .into_iter()
            .map(ToString::to_string)
            .collect();
    }
    println!("the model now exists as: {}", formats.join(", "));
    Ok(formats)
}

/// The exports whose files exist and are not empty, and the files that are.
fn exports_of(bundle: &Path, claims: &Value) -> Result<(Vec<NewExport>, Vec<PathBuf>), AnyError> {
    let (mut exports, mut empty) = (Vec::new(), Vec::new());
    for (format, place) in PLACES {
        let file = bundle.join(place);
        match fs::metadata(&file) {
            Ok(found) if found.is_file() && found.len() == 0 => empty.push(file),
            Ok(found) if found.is_file() => exports.push(NewExport {
                format: format.parse()?,
                path: file.to_string_lossy().parse()?,
                metadata: Metadata::from_json(json!({
                    "size_bytes": found.len(),
                    "exported_at": first(claims, &["export_timestamp", "exported_at"]),
                    "framework_version": first(claims, &["framework_version", "framework_versions"]),
                }))?,
            }),
            _ => {}
        }
    }
    Ok((exports, empty))
}

fn claimed_formats(claims: &Value) -> Vec<&str> {
    let formats = claims["formats"].as_array().into_iter().flatten();
    formats.filter_map(Value::as_str).collect()
}

fn first<'a>(object: &'a Value, keys: &[&str]) -> &'a Value {
    keys.iter()
        .map(|key| &object[*key])
        .find(|value| !value.is_null())
        .unwrap_or(&Value::Null)
}

/// A missing, empty or broken file says nothing; the exported files speak for themselves.
fn read_json(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

async fn register(
    registry: &dyn RegistryStore,
    by: &WriteContext,
    bundle: &Path,
) -> Result<ModelId, AnyError> {
    let task = read_json(&bundle.join("metadata.json"))["task_type"]
        .as_str()
        .unwrap_or("unknown")
        .to_owned();
    let registration = Registration::new(
        "gpt-small".parse()?,
        Version::new(1, 0, 0),
        Checkpoint::elsewhere("checkpoints/epoch_10.pt")?,
        task.parse()?,
        ConfigHash::of_json("{}")?,
    );
    Ok(registry.register(by, registration).await?.model.id)
}

/// A bundle as an exporter leaves it when its ONNX export broke off.
fn small_bundle(folder: &Path) -> Result<PathBuf, AnyError> {
    let bundle = folder.join("model_20260131_120000");
    fs::create_dir_all(bundle.join("artifacts"))?;
    fs::create_dir_all(bundle.join("configs"))?;
    fs::write(bundle.join("artifacts/model.onnx"), "")?;
    fs::write(bundle.join("artifacts/model.torchscript.pt"), [7; 64])?;
    fs::write(bundle.join("artifacts/model.pytorch.pt"), [7; 96])?;
    fs::write(bundle.join("configs/task_spec.json"), "")?;
    let metadata = json!({
        "export_timestamp": "2026-01-31T12:00:00",
        "task_name": "language_modeling",
        "modality": "text",
        "task_type": "language_modeling",
        "formats": ["onnx", "torchscript", "pytorch"],
        "framework_version": "2.5.0",
    });
    fs::write(
        bundle.join("metadata.json"),
        serde_json::to_vec_pretty(&metadata)?,
    )?;
    Ok(bundle)
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(super::with_small_bundle())
            .unwrap();
    }
}
