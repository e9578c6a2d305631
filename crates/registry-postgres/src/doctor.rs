//! What is wrong with a registry, or worth a look: what any registry can be asked, and what this one keeps a second
//! time for its searches, where its ids come from, and who may read its secrets.

mod references;
mod secrets;
mod sequences;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use registry_core::doctor::{DoctorReport, examine, kept};
use registry_core::search::{Leaf, LeafValue};
use registry_core::{Model, Result};
use sqlx::PgConnection;

use crate::deadline::Deadline;
use crate::locks::Locks;
use crate::records::models;
use crate::store::PostgresStore;
use crate::transaction::{Kind, Transaction};
use crate::work::Work;

/// How many models are read at a time.
const PIECE: i64 = 500;

impl PostgresStore {
    /// Looks for disagreement and for checkpoint files that are gone or changed. Reads a part at a time and changes
    /// nothing.
    ///
    /// # Errors
    /// Only when the registry can't be read at all; what is wrong with it is in the report.
    pub async fn doctor(&self) -> Result<DoctorReport> {
        let mut report = examine(self).await?;
        let work = Work::new(self.clone(), Locks::Nothing);
        let begun = Transaction::begin(self.connections(), Kind::View).await;
        let mut view = begun.map_err(work.failed("begin to read"))?;
        let compared = compare(&mut view, self.deadline(), &mut report).await;
        compared.map_err(work.failed("compare what searches read"))?;
        let sequences = work.in_time(sequences::examine(&mut view, &mut report)).await;
        sequences.map_err(work.failed("compare the sequences"))?;
        let secrets = work.in_time(secrets::examine(&mut view, &mut report)).await;
        secrets.map_err(work.failed("look who may read secrets"))?;
        Ok(report)
    }
}

async fn compare(
    connection: &mut PgConnection,
    deadline: Deadline,
    report: &mut DoctorReport,
) -> sqlx::Result<()> {
    let mut after = i64::MIN;
    loop {
        let page = deadline.keep(1, models(&mut *connection, after, PIECE)).await?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else {
            let rest = references::examine(connection, after, i64::MAX, report);
            return deadline.keep(1, rest).await;
        };
        let (first, last) = (first.model_id, last.model_id);
        deadline
            .keep(1, references::examine(connection, after, last, report))
            .await?;
        after = last;
        let mut rows = deadline.keep(4, Rows::read(connection, first, last)).await?;
        for record in page {
            let id = record.model_id;
            // What breaks a rule is told already.
            let Ok(model) = Model::try_from(record) else {
                continue;
            };
            let key = rows.version_keys.remove(&id).unwrap_or_default();
            kept::compare_version_key(&model, &key, report);
            kept::compare_metrics(&model, &rows.metrics.remove(&id).unwrap_or_default(), report);
            kept::compare_metadata(&model, &rows.metadata.remove(&id).unwrap_or_default(), report);
            kept::compare_formats(&model, &rows.formats.remove(&id).unwrap_or_default(), report);
        }
        let tags = sqlx::query_file!("queries/doctor/tag_rows.sql", first, last).fetch_all(&mut *connection);
        for row in deadline.keep(1, tags).await? {
            kept::wrong_tag_row(row.model_id, &row.tag_name, report);
        }
    }
}

/// What is kept of some models, by id.
#[derive(Default)]
struct Rows {
    version_keys: HashMap<i64, Vec<u8>>,
    metrics: HashMap<i64, BTreeMap<String, f64>>,
    metadata: HashMap<i64, Vec<Leaf>>,
    formats: HashMap<i64, BTreeSet<String>>,
}

impl Rows {
    async fn read(connection: &mut PgConnection, first: i64, last: i64) -> sqlx::Result<Self> {
        let mut rows = Self::default();
        let keys = sqlx::query_file!("queries/doctor/models.sql", first, last)
            .fetch_all(&mut *connection)
            .await?;
        rows.version_keys = keys
            .into_iter()
            .map(|row| (row.model_id, row.version_key))
            .collect();
        let metrics = sqlx::query_file!("queries/doctor/metrics.sql", first, last)
            .fetch_all(&mut *connection)
            .await?;
        for row in metrics {
            rows.metrics
                .entry(row.model_id)
                .or_default()
                .insert(row.name, row.value);
        }
        let leaves = sqlx::query_file!("queries/doctor/metadata.sql", first, last)
            .fetch_all(&mut *connection)
            .await?;
        for row in leaves {
            let value = match (row.number, row.text, row.boolean) {
                (Some(number), None, None) => LeafValue::Number(number),
                (None, Some(text), None) => LeafValue::Text(text),
                (None, None, Some(boolean)) => LeafValue::Boolean(boolean),
                _ => LeafValue::Opaque,
            };
            let leaf = Leaf {
                path: row.path,
                value,
            };
            rows.metadata.entry(row.model_id).or_default().push(leaf);
        }
        let formats = sqlx::query_file!("queries/doctor/formats.sql", first, last)
            .fetch_all(&mut *connection)
            .await?;
        for row in formats {
            rows.formats
                .entry(row.model_id)
                .or_default()
                .insert(row.export_format);
        }
        Ok(rows)
    }
}
