//! What is kept a second time so that searches find it: metadata, formats, the times of tagged models.

use std::collections::HashMap;

use registry_core::doctor::{DoctorReport, OTHER_MEANS};
use registry_core::search::{Leaf, LeafValue, leaves};
use registry_core::{Model, Result};

use super::rows::subject;
use crate::SqliteStore;

pub(super) type LeafRows = HashMap<i64, Vec<Leaf>>;

pub(super) async fn rows(store: &SqliteStore, first: i64, last: i64) -> Result<LeafRows> {
    let rows = sqlx::query_file!("queries/doctor/metadata.sql", first, last)
        .fetch_all(store.readers())
        .await
        .map_err(store.failed("read the rows of metadata"))?;
    let mut leaves = LeafRows::new();
    for row in rows {
        let value = match (row.kind.as_str(), row.number, row.text) {
            ("number", Some(number), _) => LeafValue::Number(number),
            ("text", _, Some(text)) => LeafValue::Text(text),
            ("true", ..) => LeafValue::Boolean(true),
            ("false", ..) => LeafValue::Boolean(false),
            _ => LeafValue::Opaque,
        };
        leaves.entry(row.model_id).or_default().push(Leaf {
            path: row.path,
            value,
        });
    }
    Ok(leaves)
}

pub(super) fn compare(model: &Model, rows: Option<&Vec<Leaf>>, report: &mut DoctorReport) {
    let mut expected = leaves(&model.metadata);
    expected.sort_by(|left, right| left.path.cmp(&right.path));
    let mut rows = rows.cloned().unwrap_or_default();
    rows.sort_by(|left, right| left.path.cmp(&right.path));
    if rows != expected {
        report.problem(
            "metadata",
            subject(model),
            "its metadata and the rows by which it is found disagree",
            "write it again with `registry-cli update --metadata`",
        );
    }
}

pub(super) async fn formats_and_times(store: &SqliteStore, report: &mut DoctorReport) -> Result<()> {
    let formats = sqlx::query_file!("queries/doctor/formats.sql")
        .fetch_all(store.readers())
        .await
        .map_err(store.failed("read the formats"))?;
    for row in formats {
        report.problem(
            "export_formats",
            format!("model {}", row.model_id),
            "its declared formats and the rows by which they are found disagree",
            OTHER_MEANS,
        );
    }
    let rows = sqlx::query_file!("queries/doctor/tag_rows.sql")
        .fetch_all(store.readers())
        .await
        .map_err(store.failed("read the rows of tags"))?;
    for row in rows {
        report.problem(
            "tag_row",
            format!("model {}", row.model_id),
            format!(
                "its tag `{}` has another name or time of registration for it",
                row.tag_name
            ),
            "take the tag away and give it again",
        );
    }
    Ok(())
}
