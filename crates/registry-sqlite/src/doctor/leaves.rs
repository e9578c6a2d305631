//! What is kept a second time so that searches find it: metadata, formats, the times of tagged models.

use std::collections::{BTreeSet, HashMap};

use registry_core::Result;
use registry_core::doctor::{DoctorReport, kept};
use registry_core::search::{Leaf, LeafValue};

use crate::SqliteStore;

pub(super) type LeafRows = HashMap<i64, Vec<Leaf>>;
pub(super) type FormatRows = HashMap<i64, BTreeSet<String>>;

pub(super) async fn rows(store: &SqliteStore, first: i64, last: i64) -> Result<LeafRows> {
    let rows = sqlx::query_file!("queries/doctor/metadata.sql", first, last)
        .fetch_all(&mut *store.reader().await?)
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

/// The formats declared of models, by id.
pub(super) async fn formats(store: &SqliteStore, first: i64, last: i64) -> Result<FormatRows> {
    let rows = sqlx::query_file!("queries/doctor/formats.sql", first, last)
        .fetch_all(&mut *store.reader().await?)
        .await
        .map_err(store.failed("read the formats"))?;
    let mut formats = FormatRows::new();
    for row in rows {
        formats.entry(row.model_id).or_default().insert(row.export_format);
    }
    Ok(formats)
}

/// Whether tags list these models in the right place.
pub(super) async fn times(
    store: &SqliteStore,
    first: i64,
    last: i64,
    report: &mut DoctorReport,
) -> Result<()> {
    let rows = sqlx::query_file!("queries/doctor/tag_rows.sql", first, last)
        .fetch_all(&mut *store.reader().await?)
        .await
        .map_err(store.failed("read the rows of tags"))?;
    for row in rows {
        kept::wrong_tag_row(row.model_id, &row.tag_name, report);
    }
    Ok(())
}
