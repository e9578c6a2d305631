//! Lists of models: the only SQL that is made at run time, because filters combine freely.
//!
//! The narrowest filter chooses the table and index to start from; every other is a condition on what that finds.

use std::cmp::Reverse;

use registry_core::record::ModelRecord;
use registry_core::{MetricBound, ModelQuery};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use crate::{decode, find};

/// As many as fit in one row of JSON, however large their metadata (SQLite's longest value is 1 GB). Above that each
/// model is a row.
const ONE_ROW: i64 = 250;

/// A model as a JSON object, the same as in `queries/find_many.sql`.
const RECORD: &str = "json_object(
    'model_id', models.model_id,
    'name', models.name,
    'version', models.version,
    'ordinal', models.ordinal,
    'checkpoint_path', models.checkpoint_path,
    'checkpoint_absolute', models.checkpoint_absolute,
    'size_bytes', models.size_bytes,
    'task_type', models.task_type,
    'config_hash', models.config_hash,
    'training_run_id', models.training_run_id,
    'parent_model_id', models.parent_model_id,
    'created_at', models.created_at,
    'updated_at', models.updated_at,
    'created_by', models.created_by,
    'metrics', models.metrics,
    'export_formats', models.export_formats,
    'model_size_mb', json(CASE WHEN models.model_size_mb IS NOT NULL THEN format('%!.17g', models.model_size_mb) END),
    'memory_req_gb', json(CASE WHEN models.memory_req_gb IS NOT NULL THEN format('%!.17g', models.memory_req_gb) END),
    'metadata', models.metadata,
    'notes', models.notes,
    'status', models.status,
    'tags', (
        SELECT json_group_array(
            json_object('name', tag_name, 'since', model_tags.created_at, 'promoted', promoted)
            ORDER BY tag_name
        )
        FROM model_tags
        WHERE model_tags.model_id = models.model_id
    ) || '',
    'exports', (
        SELECT json_group_array(
            json_object(
                'format', export_format, 'path', export_path,
                'created_at', model_exports.created_at, 'metadata', model_exports.metadata
            )
            ORDER BY export_format, export_path
        )
        FROM model_exports
        WHERE model_exports.model_id = models.model_id
    ) || ''
)";

pub(crate) async fn models(
    readers: &SqlitePool,
    query: &ModelQuery,
    take: i64,
) -> sqlx::Result<Vec<ModelRecord>> {
    let mut records: Vec<ModelRecord> = if take <= ONE_ROW {
        let mut sql = statement("json_group_array", query, take);
        let records: String = sql.build_query_scalar().fetch_one(readers).await?;
        decode::list(&records)?
    } else {
        let mut sql = statement("", query, take);
        let records: Vec<String> = sql.build_query_scalar().fetch_all(readers).await?;
        records
            .iter()
            .map(|record| decode::one(record))
            .collect::<sqlx::Result<_>>()?
    };
    // They come in order already; SQL only doesn't promise that of a join or an aggregate.
    records.sort_by_key(|record| Reverse((record.created_at, record.model_id)));
    find::reread_inexact(readers, records.iter_mut()).await?;
    Ok(records)
}

/// The whole statement; `aggregate` is the function around each record.
fn statement(aggregate: &str, query: &ModelQuery, take: i64) -> QueryBuilder<Sqlite> {
    let source = Source::of(query);
    let mut sql = QueryBuilder::new("SELECT ");
    sql.push(aggregate).push("(").push(RECORD).push(")");
    sql.push(" FROM (SELECT models.model_id FROM ")
        .push(source.from());
    push_conditions(&mut sql, query, source);
    sql.push(" ORDER BY models.created_at DESC, models.model_id DESC LIMIT ")
        .push_bind(take)
        .push(") AS page CROSS JOIN models ON models.model_id = page.model_id");
    sql
}

/// Where the search starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Parent,
    ConfigHash,
    Name,
    Tag,
    Metric,
    TaskType,
    Status,
    Time,
}

impl Source {
    /// The narrowest filter that is set.
    fn of(query: &ModelQuery) -> Self {
        [
            (query.parent.is_some(), Self::Parent),
            (query.config_hash.is_some(), Self::ConfigHash),
            (query.name.is_some(), Self::Name),
            (query.tag.is_some(), Self::Tag),
            (query.metric.is_some(), Self::Metric),
            (query.task_type.is_some(), Self::TaskType),
            (query.status.is_some(), Self::Status),
        ]
        .into_iter()
        .find_map(|(set, source)| set.then_some(source))
        .unwrap_or(Self::Time)
    }

    /// `INDEXED BY` fails loudly where an index can't serve; left alone, the planner prefers the order by time to a
    /// narrow filter.
    fn from(self) -> &'static str {
        match self {
            Self::Parent => "models INDEXED BY models_by_parent",
            Self::ConfigHash => "models INDEXED BY models_by_config_hash",
            Self::Name => "models INDEXED BY models_by_name",
            Self::Tag => {
                "model_tags AS held INDEXED BY model_tags_by_tag \
                 CROSS JOIN models ON models.model_id = held.model_id"
            }
            Self::Metric => {
                "model_metrics AS measured INDEXED BY model_metrics_by_value \
                 CROSS JOIN models ON models.model_id = measured.model_id"
            }
            Self::TaskType => "models INDEXED BY models_by_task_type",
            Self::Status => "models INDEXED BY models_by_status",
            Self::Time => "models INDEXED BY models_by_time",
        }
    }
}

fn push_conditions(sql: &mut QueryBuilder<Sqlite>, query: &ModelQuery, source: Source) {
    // Always a bound, so that without a filter too the index is searched and not scanned.
    let (created_at, id) = query.after.map_or((i64::MAX, i64::MAX), |cursor| {
        (cursor.created_at.as_micros(), cursor.id.get())
    });
    sql.push(" WHERE (models.created_at, models.model_id) < (")
        .push_bind(created_at)
        .push(", ")
        .push_bind(id)
        .push(")");
    if let Some(parent) = query.parent {
        sql.push(" AND models.parent_model_id = ").push_bind(parent.get());
    }
    if let Some(hash) = &query.config_hash {
        sql.push(" AND models.config_hash = ")
            .push_bind(hash.as_str().to_owned());
    }
    if let Some(name) = &query.name {
        sql.push(" AND models.name = ")
            .push_bind(name.as_str().to_owned());
    }
    if let Some(task_type) = &query.task_type {
        sql.push(" AND models.task_type = ")
            .push_bind(task_type.as_str().to_owned());
    }
    if let Some(status) = query.status {
        sql.push(" AND models.status = ").push_bind(status.as_str());
    }
    if let Some(tag) = &query.tag {
        if source == Source::Tag {
            sql.push(" AND held.tag_name = ")
                .push_bind(tag.as_str().to_owned());
        } else {
            sql.push(" AND EXISTS (SELECT 1 FROM model_tags WHERE model_tags.model_id = models.model_id")
                .push(" AND model_tags.tag_name = ")
                .push_bind(tag.as_str().to_owned())
                .push(")");
        }
    }
    if let Some(metric) = &query.metric {
        if source == Source::Metric {
            sql.push(" AND ");
            push_bound(sql, metric);
        } else {
            sql.push(" AND EXISTS (SELECT 1 FROM model_metrics AS measured")
                .push(" WHERE measured.model_id = models.model_id AND ");
            push_bound(sql, metric);
            sql.push(")");
        }
    }
}

fn push_bound(sql: &mut QueryBuilder<Sqlite>, metric: &MetricBound) {
    sql.push("measured.name = ")
        .push_bind(metric.name.as_str().to_owned());
    if let Some(min) = metric.min {
        sql.push(" AND measured.value >= ").push_bind(min);
    }
    if let Some(max) = metric.max {
        sql.push(" AND measured.value <= ").push_bind(max);
    }
}

#[cfg(test)]
mod tests;
