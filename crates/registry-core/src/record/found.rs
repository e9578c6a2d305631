//! Rows of searches, counts, and outlines of the registry.

use serde::Deserialize;

use super::{ReferenceRecord, Row};
use crate::catalog::{COUNTED, NameSummary, TagSummary};
use crate::checkpoint::CheckpointPath;
use crate::config_hash::ConfigHash;
use crate::error::{Error, Result};
use crate::identifier::ModelId;
use crate::search::{Count, FacetField, FacetLimits, FacetValue, Facets, ModelSummary};
use crate::status::Status;
use crate::text::{Actor, ModelName, TagName, TaskType};
use crate::timestamp::Timestamp;
use crate::version::Version;

/// A row of `models` as a list shows it, with the names of its tags.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `ModelSummary`")]
pub struct SummaryRecord {
    pub model_id: i64,
    pub name: String,
    pub version: String,
    pub ordinal: i64,
    pub checkpoint_path: String,
    pub task_type: String,
    pub config_hash: String,
    pub training_run_id: Option<i64>,
    pub parent_model_id: Option<i64>,
    /// Microseconds since 1970, as every time of a record.
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: String,
    /// JSON text: an object of numbers.
    pub metrics: String,
    pub model_size_mb: Option<f64>,
    pub memory_req_gb: Option<f64>,
    pub status: String,
    /// By name.
    pub tags: Vec<String>,
}

impl TryFrom<SummaryRecord> for ModelSummary {
    type Error = Error;

    fn try_from(record: SummaryRecord) -> Result<Self> {
        let row = Row::model(record.model_id);
        Ok(Self {
            id: row.read("model_id", ModelId::try_from(record.model_id))?,
            name: row.read("name", ModelName::parse(record.name))?,
            version: row.read("version", Version::parse(record.version))?,
            ordinal: row.read("ordinal", u64::try_from(record.ordinal))?,
            checkpoint_path: row.read("checkpoint_path", CheckpointPath::parse(record.checkpoint_path))?,
            task_type: row.read("task_type", TaskType::parse(record.task_type))?,
            config_hash: row.read("config_hash", ConfigHash::parse(record.config_hash))?,
            training_run_id: row.optional("training_run_id", record.training_run_id, TryInto::try_into)?,
            parent: row.optional("parent_model_id", record.parent_model_id, ModelId::try_from)?,
            created_at: row.read("created_at", Timestamp::from_micros(record.created_at))?,
            updated_at: row.read("updated_at", Timestamp::from_micros(record.updated_at))?,
            created_by: row.read("created_by", Actor::parse(record.created_by))?,
            metrics: row.json("metrics", &record.metrics)?,
            model_size_mb: row.optional("model_size_mb", record.model_size_mb, TryInto::try_into)?,
            memory_req_gb: row.optional("memory_req_gb", record.memory_req_gb, TryInto::try_into)?,
            status: row.read("status", Status::parse(&record.status))?,
            tags: row.read("tags", record.tags.into_iter().map(TagName::parse).collect())?,
        })
    }
}

/// How many found models have a value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "value and number")]
pub struct FacetRecord {
    pub field: FacetField,
    pub value: String,
    pub count: i64,
}

/// How found models divide.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct FacetsRecord {
    /// How many models fit; counting may stop one beyond the limit.
    pub models: i64,
    /// The numbers of the models within the limit: for each field the most frequent values, then by their bytes, at
    /// most as many as the limit says.
    pub values: Vec<FacetRecord>,
}

impl FacetsRecord {
    pub(crate) fn counted(self, limits: FacetLimits) -> Facets {
        let number = |count: i64| u64::try_from(count).unwrap_or(0);
        let values = |field| {
            let of_field = self.values.iter().filter(|value| value.field == field);
            of_field
                .map(|value| FacetValue {
                    value: value.value.clone(),
                    count: number(value.count),
                })
                .collect()
        };
        Facets {
            models: Count::bounded(number(self.models), Some(limits.models.into())),
            task_type: values(FacetField::TaskType),
            status: values(FacetField::Status),
            tag: values(FacetField::Tag),
            name: values(FacetField::Name),
        }
    }
}

/// A name with its versions in outline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NameSummaryRecord {
    /// How many versions; counting may stop at a bound.
    pub versions: i64,
    /// The highest version.
    #[serde(flatten)]
    pub highest: ReferenceRecord,
    /// When that one was registered.
    pub created_at: i64,
}

impl TryFrom<NameSummaryRecord> for NameSummary {
    type Error = Error;

    fn try_from(record: NameSummaryRecord) -> Result<Self> {
        let row = Row::model(record.highest.model_id);
        let versions = row.read("versions", u64::try_from(record.versions))?;
        let highest: crate::identifier::ModelRef = record.highest.try_into()?;
        Ok(Self {
            name: highest.name.clone(),
            versions: Count::bounded(versions, Some(COUNTED)),
            highest,
            registered_at: row.read("created_at", Timestamp::from_micros(record.created_at))?,
        })
    }
}

/// A tag with its holders in outline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TagSummaryRecord {
    /// The tag.
    pub tag_name: String,
    /// How many models hold it; counting may stop at a bound.
    pub models: i64,
    /// The active holder that got it last.
    pub holder: Option<ReferenceRecord>,
    /// When it got it.
    pub since: Option<i64>,
}

impl TryFrom<TagSummaryRecord> for TagSummary {
    type Error = Error;

    fn try_from(record: TagSummaryRecord) -> Result<Self> {
        let row = Row("model_tags", record.tag_name.clone());
        Ok(Self {
            tag: row.read("tag_name", TagName::parse(&record.tag_name))?,
            models: Count::bounded(row.read("models", u64::try_from(record.models))?, Some(COUNTED)),
            holder: record.holder.map(TryInto::try_into).transpose()?,
            since: row.optional("since", record.since, Timestamp::from_micros)?,
        })
    }
}
