//! From a model to the training run it came from: reads an `ExperimentDB` file (`experiments.db`) and shows the run's
//! state, configuration and last metrics. Without a file it makes a small one.
//!
//! ```sh
//! cargo run -p registry-sqlite --example training_run
//! cargo run -p registry-sqlite --example training_run -- experiments.db 7
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]
#![expect(
    clippy::disallowed_methods,
    reason = "an experiment database is not ours: no schema of it to check queries against"
)]

use std::path::{Path, PathBuf};

use registry_core::config_hash::canonical_text;
use registry_core::{
    Actor, Checkpoint, ConfigHash, Metrics, Model, Registration, RegistryStore, RegistryStoreExt, Selector,
    Timestamp, TrainingRunId, Version, WriteContext,
};
use registry_sqlite::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row};

type AnyError = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(file), Some(run)) => show(Path::new(&file), run.parse()?).await,
        (None, _) => show_small_one().await,
        (Some(_), None) => Err("usage: training_run [EXPERIMENTS.DB RUN_ID]".into()),
    }
}

async fn show_small_one() -> Result<(), AnyError> {
    let folder = tempfile::tempdir()?;
    let (file, run) = small_experiment_database(folder.path()).await?;
    show(&file, run).await
}

/// Registers a model of this run in a registry of its own, then goes back from the model to the run.
async fn show(experiments: &Path, run: i64) -> Result<(), AnyError> {
    let folder = tempfile::tempdir()?;
    let registry = SqliteStore::open_or_create(folder.path().join("registry.db")).await?;
    let registered = register_result(&registry, experiments, run).await?;

    let model = registry.get(&Selector::Id(registered.id)).await?;
    let id = model
        .training_run_id
        .map(TrainingRunId::get)
        .ok_or("the model names no training run")?;
    let run = Run::read(experiments, id).await?;
    println!(
        "{} came from run {id} `{}` ({})",
        model.reference(),
        run.name,
        run.status
    );
    println!("  configuration: {}", canonical_text(&run.config)?);
    for metric in &run.metrics {
        let value = model.metrics.get(&metric.name);
        let note = if value == Some(metric.value) {
            ""
        } else {
            "  (differs from the model's)"
        };
        println!(
            "  {:<16} {:>10.6} at epoch {}{note}",
            metric.name, metric.value, metric.epoch
        );
    }
    let hash = ConfigHash::of_json(&run.config)?;
    println!(
        "  the model was trained with this configuration: {}",
        hash == model.config_hash
    );
    assert_eq!(hash, model.config_hash);
    Ok(())
}

/// What a training script does at its end: the run's id, configuration and last metrics go to the registry.
async fn register_result(
    registry: &dyn RegistryStore,
    experiments: &Path,
    run_id: i64,
) -> Result<Model, AnyError> {
    let run = Run::read(experiments, run_id).await?;
    let mut registration = Registration::new(
        "gpt-small".parse()?,
        Version::new(1, 0, 0),
        Checkpoint::elsewhere("checkpoints/epoch_0003.pt")?,
        "language_modeling".parse()?,
        ConfigHash::of_json(&run.config)?,
    );
    registration.training_run_id = Some(run_id.try_into()?);
    let last = run
        .metrics
        .iter()
        .map(|metric| Ok((metric.name.parse()?, metric.value)));
    registration.metrics = Metrics::from_pairs(last.collect::<Result<Vec<_>, registry_core::Error>>()?)?;
    let by = WriteContext::new(Actor::parse("trainer")?, Timestamp::now());
    Ok(registry.register(&by, registration).await?.model)
}

/// A run as `ExperimentDB` keeps it.
struct Run {
    name: String,
    status: String,
    /// JSON text, as the training script wrote it.
    config: String,
    /// The last value of each metric, named `split/metric` where it has a split.
    metrics: Vec<RunMetric>,
}

struct RunMetric {
    name: String,
    value: f64,
    epoch: i64,
}

impl Run {
    /// Reads a run. The file is opened read-only: it belongs to the training scripts.
    async fn read(file: &Path, id: i64) -> Result<Self, AnyError> {
        let mut database = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .connect()
            .await
            .map_err(|error| format!("`{}` cannot be opened: {error}", file.display()))?;
        let run = sqlx::query("SELECT run_name, status, config FROM runs WHERE run_id = ?1")
            .bind(id)
            .fetch_optional(&mut database)
            .await?
            .ok_or_else(|| format!("`{}` has no run {id}", file.display()))?;
        // Its times are a mixture of formats and zones; the order in which rows came in is not.
        let metrics = sqlx::query(
            "SELECT split, metric_name, value, coalesce(epoch, 0) AS epoch FROM metrics
             WHERE metric_id IN (SELECT max(metric_id) FROM metrics WHERE run_id = ?1 GROUP BY split, metric_name)
             ORDER BY split, metric_name",
        )
        .bind(id)
        .map(|row: SqliteRow| {
            let (split, name): (Option<String>, String) = (row.get("split"), row.get("metric_name"));
            RunMetric {
                name: split.map_or_else(|| name.clone(), |split| format!("{split}/{name}")),
                value: row.get("value"),
                epoch: row.get("epoch"),
            }
        })
        .fetch_all(&mut database)
        .await?;
        database.close().await?;
        Ok(Self {
            name: run.get("run_name"),
            status: run.get("status"),
            config: run.get("config"),
            metrics,
        })
    }
}

/// An experiment database with one finished run.
async fn small_experiment_database(folder: &Path) -> Result<(PathBuf, i64), AnyError> {
    let file = folder.join("experiments.db");
    let mut database: SqliteConnection = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .connect()
        .await?;
    sqlx::raw_sql(
        "CREATE TABLE runs (run_id INTEGER PRIMARY KEY AUTOINCREMENT, run_name TEXT NOT NULL, config TEXT NOT NULL,
             notes TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, status TEXT DEFAULT 'running',
             sweep_id TEXT, sweep_params TEXT);
         CREATE TABLE metrics (metric_id INTEGER PRIMARY KEY AUTOINCREMENT, run_id INTEGER NOT NULL, split TEXT,
             metric_name TEXT NOT NULL, value REAL NOT NULL, step INTEGER, epoch INTEGER, timestamp TEXT);
         CREATE INDEX idx_metrics_run ON metrics (run_id, metric_name);
         INSERT INTO runs (run_name, config, status)
             VALUES ('baseline', '{\n  \"d_model\": 768,\n  \"num_layers\": 12\n}', 'completed');",
    )
    .execute(&mut database)
    .await?;
    for (epoch, train, validation) in [(1, 1.20, 1.31), (2, 0.61, 0.74), (3, 0.33, 0.38)] {
        for (split, value) in [("train", train), ("val", validation)] {
            sqlx::query("INSERT INTO metrics (run_id, split, metric_name, value, epoch) VALUES (1, ?1, 'loss', ?2, ?3)")
                .bind(split)
                .bind(value)
                .bind(epoch)
                .execute(&mut database)
                .await?;
        }
    }
    database.close().await?;
    Ok((file, 1))
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(super::show_small_one())
            .unwrap();
    }
}
