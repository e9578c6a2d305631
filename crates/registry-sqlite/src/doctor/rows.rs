//! Every model: whether it fits the rules, and what is kept twice agrees.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use registry_core::backend::Records;
use registry_core::doctor::files::Files;
use registry_core::doctor::relations::Relations;
use registry_core::doctor::{DoctorReport, OTHER_MEANS, TagStory, kept};
use registry_core::{Checkpoint, Model, ModelId, Result};

use super::leaves;
use crate::{SqliteStore, find, records};

pub(super) async fn examine(
    store: &SqliteStore,
    tags: &mut TagStory,
    files: &mut Files,
    report: &mut DoctorReport,
) -> Result<()> {
    let mut relations = Relations::of(&mut *store.read_records().await?).await?;
    let mut last = i64::MIN;
    let (no_metrics, no_formats) = (BTreeMap::new(), BTreeSet::new());
    loop {
        let page = sqlx::query_file!("queries/doctor/models.sql", last)
            .fetch_all(&mut *store.reader().await?)
            .await
            .map_err(store.failed("read the models"))?;
        let (Some(first), Some(end)) = (page.first(), page.last()) else {
            break;
        };
        let metrics = metrics(store, first.model_id, end.model_id).await?;
        let leaves = leaves::rows(store, first.model_id, end.model_id).await?;
        let formats = leaves::formats(store, first.model_id, end.model_id).await?;
        let held = records::holdings(&mut *store.reader().await?, last, end.model_id)
            .await
            .map_err(store.failed("read the tags"))?;
        for holding in held {
            tags.hold(holding);
        }
        last = end.model_id;
        for row in &page {
            report.models += 1;
            tags.exists(row.model_id);
            let Some(model) = model(store, row.model_id, &mut relations, report).await else {
                continue;
            };
            kept::compare_version_key(&model, &row.version_key, report);
            let metrics = metrics.get(&row.model_id).unwrap_or(&no_metrics);
            kept::compare_metrics(&model, metrics, report);
            let leaves = leaves.get(&row.model_id).map_or(&[][..], Vec::as_slice);
            kept::compare_metadata(&model, leaves, report);
            let formats = formats.get(&row.model_id).unwrap_or(&no_formats);
            kept::compare_formats(&model, formats, report);
            checkpoint(&model, files, report).await;
        }
        leaves::times(store, first.model_id, end.model_id, report).await?;
    }
    files.tell(report);
    relations.tell(report);
    Ok(())
}

/// The model, or a finding why it is none.
async fn model(
    store: &SqliteStore,
    id: i64,
    relations: &mut Relations,
    report: &mut DoctorReport,
) -> Option<Model> {
    let found = match ModelId::try_from(id) {
        Ok(id) => match store.readers().reader().await {
            Ok(mut reader) => find::by_id(&mut *reader, id).await,
            Err(error) => Err(error),
        },
        Err(problem) => {
            report.problem(
                "stored_value",
                format!("model {id}"),
                problem.to_string(),
                OTHER_MEANS,
            );
            return None;
        }
    };
    let problem = match found {
        // Deleted since the page was read.
        Ok(None) => return None,
        Ok(Some(record)) => {
            relations.add(&record, report);
            match Model::try_from(record) {
                Ok(model) => return Some(model),
                Err(error) => error.to_string(),
            }
        }
        Err(error) => error.to_string(),
    };
    report.problem("stored_value", format!("model {id}"), problem, OTHER_MEANS);
    None
}

/// Looks at the model's checkpoint.
async fn checkpoint(model: &Model, files: &mut Files, report: &mut DoctorReport) {
    let Some(path) = files.path(model).map(str::to_owned) else {
        return;
    };
    // The size of a folder takes a while.
    if let Ok(found) = tokio::task::spawn_blocking(move || Checkpoint::measure(path)).await {
        files.compare(model, found, report);
    }
}

type MetricRows = HashMap<i64, BTreeMap<String, f64>>;

async fn metrics(store: &SqliteStore, first: i64, last: i64) -> Result<MetricRows> {
    let rows = sqlx::query_file!("queries/doctor/metrics.sql", first, last)
        .fetch_all(&mut *store.reader().await?)
        .await
        .map_err(store.failed("read the metrics"))?;
    let mut metrics = MetricRows::new();
    for row in rows {
        metrics
            .entry(row.model_id)
            .or_default()
            .insert(row.name, row.value);
    }
    Ok(metrics)
}
