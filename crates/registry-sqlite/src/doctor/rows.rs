//! Every model: whether it fits the rules, and what is kept twice agrees.

use std::collections::{BTreeMap, HashMap};

use registry_core::doctor::{DoctorReport, OTHER_MEANS, kept};
use registry_core::rules::cycle_cuts;
use registry_core::{Model, ModelId, Result};

use super::{files, leaves};
use crate::{SqliteStore, find};

pub(super) async fn examine(store: &SqliteStore, report: &mut DoctorReport) -> Result<()> {
    let mut last = i64::MIN;
    let (mut unknown_files, no_metrics) = (0, BTreeMap::new());
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
        last = end.model_id;
        for row in &page {
            report.models += 1;
            let Some(model) = model(store, row.model_id, report).await else {
                continue;
            };
            kept::compare_version_key(&model, &row.version_key, report);
            let metrics = metrics.get(&row.model_id).unwrap_or(&no_metrics);
            kept::compare_metrics(&model, metrics, report);
            let leaves = leaves.get(&row.model_id).map_or(&[][..], Vec::as_slice);
            kept::compare_metadata(&model, leaves, report);
            files::examine(store, &model, &mut unknown_files, report).await?;
        }
    }
    files::summarize(unknown_files, report);
    ordinals(store, report).await?;
    parents(store, report).await?;
    leaves::formats_and_times(store, report).await
}

/// The model, or a finding why it is none.
async fn model(store: &SqliteStore, id: i64, report: &mut DoctorReport) -> Option<Model> {
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
        Ok(Some(record)) => match Model::try_from(record) {
            Ok(model) => return Some(model),
            Err(error) => error.to_string(),
        },
        Err(error) => error.to_string(),
    };
    report.problem("stored_value", format!("model {id}"), problem, OTHER_MEANS);
    None
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

async fn ordinals(store: &SqliteStore, report: &mut DoctorReport) -> Result<()> {
    let rows = sqlx::query_file!("queries/doctor/ordinals.sql")
        .fetch_all(&mut *store.reader().await?)
        .await
        .map_err(store.failed("read the ordinals"))?;
    for row in rows {
        report.problem(
            "ordinal",
            format!("model {}", row.model_id),
            format!(
                "its ordinal {} could be given again for `{}`",
                row.ordinal, row.name
            ),
            OTHER_MEANS,
        );
    }
    Ok(())
}

async fn parents(store: &SqliteStore, report: &mut DoctorReport) -> Result<()> {
    let rows = sqlx::query_file!("queries/doctor/parents.sql")
        .fetch_all(&mut *store.reader().await?)
        .await
        .map_err(store.failed("read the parents"))?;
    let parents: BTreeMap<i64, i64> = rows.iter().map(|row| (row.model_id, row.parent)).collect();
    let mut cuts: Vec<i64> = cycle_cuts(&parents).into_iter().collect();
    cuts.sort_unstable();
    for id in cuts {
        report.problem(
            "parent_cycle",
            format!("model {id}"),
            "it is its own ancestor",
            "take its parent away with `registry-cli update --clear parent`",
        );
    }
    Ok(())
}
