//! A small checkpoint manager: each epoch is saved, registered as `1.<epoch>.0`, and the best one is promoted. Only
//! the best few stay on disk; the others stay in the registry as retired versions, so their metrics aren't lost.
//!
//! ```sh
//! cargo run -p registry-sqlite --example checkpoint_manager
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use registry_core::search::{Filter, SearchQuery};
use registry_core::{
    Actor, Checkpoint, ConfigHash, Limit, Metadata, MetricName, Metrics, Model, ModelName, PromoteRequest,
    PromotionScope, Reason, Registration, RegistryStore, RegistryStoreExt, Selector, Status, TagName,
    Timestamp, Version, WriteContext,
};
use registry_sqlite::SqliteStore;
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::json;

type AnyError = Box<dyn std::error::Error>;

const EPOCHS: i32 = 7;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let folder = tempfile::tempdir()?;
    let registry: Arc<dyn RegistryStore> =
        Arc::new(SqliteStore::open_or_create(folder.path().join("registry.db")).await?);
    let manager = CheckpointManager {
        registry: Arc::clone(&registry),
        folder: folder.path().join("checkpoints"),
        name: ModelName::parse("line-fit")?,
        keep_best: 3,
    };
    fs::create_dir_all(&manager.folder)?;

    let mut line = Line::default();
    for epoch in 1..=EPOCHS {
        // A rate that doubles each epoch finds the largest one that still works: the loss falls, then explodes.
        let rate = 0.005 * f64::powi(2.0, epoch - 1);
        line.train(rate);
        manager.save(&line, epoch, rate).await?;
    }

    let best = registry.get_by_tag(&TagName::parse("best")?).await?;
    println!("\nbest: {} from {}", best.reference(), best.checkpoint_path);
    assert!(Path::new(best.checkpoint_path.as_str()).is_file());
    assert_eq!(manager.active().await?.len(), manager.keep_best);
    let last = Selector::Latest {
        name: manager.name.clone(),
        prereleases: false,
    };
    assert_ne!(best.id, registry.get(&last).await?.id, "the last is not the best");
    Ok(())
}

/// Saves checkpoints and keeps the registry in step with the folder.
struct CheckpointManager {
    registry: Arc<dyn RegistryStore>,
    folder: PathBuf,
    name: ModelName,
    keep_best: usize,
}

impl CheckpointManager {
    /// Saves the model, registers it, promotes the best and lets the worst go.
    async fn save(&self, line: &Line, epoch: i32, rate: f64) -> Result<(), AnyError> {
        let val_loss = line.loss(&VALIDATION);
        let metrics = Metrics::from_pairs([
            (MetricName::parse("val_loss")?, val_loss),
            (MetricName::parse("train_loss")?, line.loss(&TRAINING)),
        ])?;
        let file = self.write(line, epoch, &metrics)?;

        let mut registration = Registration::new(
            self.name.clone(),
            Version::new(1, epoch.unsigned_abs().into(), 0),
            Checkpoint::measure(file.to_string_lossy())?,
            "regression".parse()?,
            ConfigHash::of(&json!({ "features": 1, "bias": true }))?,
        );
        registration.metrics = metrics;
        registration.metadata = Metadata::from_json(json!({ "epoch": epoch, "learning_rate": rate }))?;
        let model = self
            .registry
            .register(&because("end of an epoch")?, registration)
            .await?
            .model;
        println!("{} val_loss {val_loss:.6}", model.reference());

        let ranking = self.ranking().await?;
        if let Some(best) = ranking.first() {
            let request = PromoteRequest::new(best.id, TagName::parse("best")?).scope(PromotionScope::Name);
            let promotion = self
                .registry
                .promote(&because("lowest val_loss")?, request)
                .await?;
            if promotion.changed {
                println!("  is the best so far");
            }
        }
        for worse in ranking.iter().skip(self.keep_best) {
            self.let_go(worse).await?;
        }
        Ok(())
    }

    /// The active versions, best first.
    async fn ranking(&self) -> Result<Vec<Model>, AnyError> {
        let mut models = self.active().await?;
        let val_loss = |model: &Model| model.metrics.get("val_loss").unwrap_or(f64::INFINITY);
        models.sort_by(|a, b| val_loss(a).total_cmp(&val_loss(b)));
        Ok(models)
    }

    async fn active(&self) -> Result<Vec<Model>, AnyError> {
        let query = SearchQuery::new(Some(Filter::name().equals(&self.name)?), Vec::new())?;
        let query = query.limit(Limit::Unlimited);
        Ok(self.registry.search_models(&query, Timestamp::now()).await?.items)
    }

    /// Retires the version first and removes its file afterwards: killed in between, a file is left over, but no
    /// active version is without one.
    async fn let_go(&self, model: &Model) -> Result<(), AnyError> {
        let reason = format!("not among the best {}", self.keep_best);
        self.registry
            .set_status(&because(&reason)?, model.id, Status::Retired)
            .await?;
        let file = Path::new(model.checkpoint_path.as_str());
        fs::remove_file(file)?;
        fs::remove_file(file.with_extension("json"))?;
        println!("  {} retired, its file removed", model.reference());
        Ok(())
    }

    /// Writes the checkpoint, then its side-car: whoever sees a side-car finds a whole checkpoint beside it.
    fn write(&self, line: &Line, epoch: i32, metrics: &Metrics) -> Result<PathBuf, AnyError> {
        let file = self.folder.join(format!("epoch_{epoch:04}.safetensors"));
        write_atomically(&file, &line.to_safetensors()?)?;
        let side_car = json!({
            "epoch": epoch,
            "timestamp": Timestamp::now(),
            "metrics": metrics,
            "checkpoint_file": file.file_name().map(|name| name.to_string_lossy()),
        });
        write_atomically(
            &file.with_extension("json"),
            &serde_json::to_vec_pretty(&side_car)?,
        )?;
        Ok(file)
    }
}

fn because(reason: &str) -> Result<WriteContext, AnyError> {
    let context = WriteContext::new(Actor::parse("checkpoint-manager")?, Timestamp::now());
    Ok(context.reason(Reason::parse(reason)?))
}

/// A file appears whole or not at all: written beside its place, flushed to disk, then renamed.
fn write_atomically(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let unfinished = file.with_extension("tmp");
    let mut out = File::create(&unfinished)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    fs::rename(&unfinished, file)
}

/// Points near y = 2x + 1.
const TRAINING: [(f64, f64); 6] = [
    (-2.0, -3.1),
    (-1.2, -1.3),
    (-0.4, 0.3),
    (0.4, 1.7),
    (1.2, 3.5),
    (2.0, 4.9),
];
const VALIDATION: [(f64, f64); 4] = [(-1.6, -2.2), (-0.8, -0.5), (0.8, 2.7), (1.6, 4.1)];

/// The model: y = weight * x + bias.
#[derive(Default)]
struct Line {
    weight: f64,
    bias: f64,
}

impl Line {
    /// One epoch of stochastic gradient descent on the squared error.
    fn train(&mut self, rate: f64) {
        for (x, y) in TRAINING.repeat(10) {
            let error = self.weight * x + self.bias - y;
            self.weight -= rate * 2.0 * error * x;
            self.bias -= rate * 2.0 * error;
        }
    }

    fn loss(&self, points: &[(f64, f64)]) -> f64 {
        let squares = points
            .iter()
            .map(|(x, y)| (self.weight * x + self.bias - y).powi(2));
        squares.sum::<f64>() / points.len() as f64
    }

    fn to_safetensors(&self) -> Result<Vec<u8>, AnyError> {
        let (weight, bias) = (self.weight.to_le_bytes(), self.bias.to_le_bytes());
        let tensors = [
            ("bias", TensorView::new(Dtype::F64, vec![1], &bias)?),
            ("weight", TensorView::new(Dtype::F64, vec![1], &weight)?),
        ];
        Ok(serialize(tensors, None)?)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}
