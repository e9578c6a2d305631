//! Stored rows as plain fields, the same for every backend, and their one conversion into domain types.
//!
//! A stored value that breaks a rule is an [`Error::StoredValue`] that names row and field, never a panic.

mod found;
mod registering;
mod webhook;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::found::{FacetRecord, FacetsRecord, NameSummaryRecord, SummaryRecord, TagSummaryRecord};
pub use self::registering::{NameRecord, PromotedRecord, RegistrationRecords};
pub use self::webhook::{
    AttemptRecord, BacklogRecord, DeliveryRecord, LineRecord, StandingRecord, WebhookRecord,
    WebhookStateRecord,
};

use crate::checkpoint::CheckpointPath;
use crate::config_hash::ConfigHash;
use crate::error::{Error, Result};
use crate::event::{Event, EventId};
use crate::export::Export;
use crate::identifier::{ModelId, ModelRef};
use crate::lineage::LineageNode;
use crate::metadata::Metadata;
use crate::model::Model;
use crate::rules::Holder;
use crate::status::Status;
use crate::tag::Tag;
use crate::text::{Actor, ExportFormat, ModelName, TagName, TaskType};
use crate::timestamp::Timestamp;
use crate::version::Version;

/// A row of `models` with its tags and exports as JSON text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `Model`")]
pub struct ModelRecord {
    pub model_id: i64,
    pub name: String,
    pub version: String,
    pub ordinal: i64,
    pub checkpoint_path: String,
    pub checkpoint_absolute: Option<String>,
    pub size_bytes: Option<i64>,
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
    /// JSON text: a list of the formats declared at registration.
    pub export_formats: String,
    pub model_size_mb: Option<f64>,
    pub memory_req_gb: Option<f64>,
    /// JSON text: an object.
    pub metadata: String,
    pub notes: Option<String>,
    pub status: String,
    /// JSON text: a list of [`TagRecord`], by name.
    pub tags: String,
    /// JSON text: a list of [`ExportRecord`], by format, then path.
    pub exports: String,
}

/// A tag inside [`ModelRecord::tags`]. `promoted` is 0 or 1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `Tag`")]
pub struct TagRecord {
    pub name: String,
    pub since: i64,
    pub promoted: i64,
}

/// An export inside [`ModelRecord::exports`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `Export`")]
pub struct ExportRecord {
    pub format: String,
    pub path: String,
    pub created_at: i64,
    /// JSON text: an object.
    pub metadata: String,
}

/// A member of a lineage.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LineageRecord {
    /// The distance from the model asked for.
    pub generation: i64,
    /// The member.
    #[serde(flatten)]
    pub model: ModelRecord,
}

/// A row of `events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `Event`")]
pub struct EventRecord {
    pub event_id: i64,
    pub at: i64,
    pub kind: String,
    pub actor: String,
    pub reason: Option<String>,
    pub model_id: Option<i64>,
    pub name: Option<String>,
    pub version: Option<String>,
    pub tag: Option<String>,
    /// JSON text.
    pub before: Option<String>,
    /// JSON text.
    pub after: Option<String>,
    pub previous_event_id: Option<i64>,
}

/// The three columns that name a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `ModelRef`")]
pub struct ReferenceRecord {
    pub model_id: i64,
    pub name: String,
    pub version: String,
}

/// A model that holds a tag.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `Holder`")]
pub struct HolderRecord {
    pub model_id: i64,
    pub name: String,
    pub version: String,
    pub status: String,
    /// 0 or 1.
    pub promoted: i64,
    pub event_id: i64,
}

/// A row of `settings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "key and value as text")]
pub struct SettingRecord {
    pub key: String,
    pub value: String,
}

/// What is kept of a write under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `KeptAnswer`")]
pub struct AnswerRecord {
    pub fingerprint: String,
    pub answer: String,
    pub at: i64,
}

/// A row of `model_names`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdinalRecord {
    /// The name.
    pub name: String,
    /// The last ordinal that it gave, to a model that may be deleted since.
    pub last_ordinal: i64,
}

/// A row of `model_tags`, which a [`TagRecord`] tells without the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the columns; their meaning stands at `Change::PutTag`"
)]
pub struct HoldingRecord {
    pub model_id: i64,
    pub tag: String,
    pub since: i64,
    /// 0 or 1.
    pub promoted: i64,
    pub event_id: i64,
}

/// An event that tells what another one tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldRecord {
    /// Its number.
    pub event_id: i64,
    /// Its model, which may be deleted since.
    pub model_id: i64,
}

/// The highest ids that were ever given, 0 for none; higher ones are given next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LastIds {
    /// Of a model, which may be deleted since.
    pub model: i64,
    /// Of an event.
    pub event: i64,
}

/// How many rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rows {
    /// Models.
    pub models: i64,
    /// Events.
    pub events: i64,
    /// Names, those without models included.
    pub names: i64,
    /// Settings.
    pub settings: i64,
}

/// Names the field of a row in the error of a conversion: the table, and which of its rows.
struct Row<T = i64>(&'static str, T);

impl Row {
    fn model(id: i64) -> Self {
        Self("models", id)
    }
}

impl<T: std::fmt::Display> Row<T> {
    fn bad(&self, field: &'static str, problem: impl std::fmt::Display) -> Error {
        Error::StoredValue {
            row: format!("{} {}", self.0, self.1),
            field,
            problem: problem.to_string(),
        }
    }

    fn read<V, E: std::fmt::Display>(&self, field: &'static str, value: Result<V, E>) -> Result<V> {
        value.map_err(|problem| self.bad(field, problem))
    }

    fn json<'a, V: Deserialize<'a>>(&self, field: &'static str, text: &'a str) -> Result<V> {
        self.read(field, serde_json::from_str(text))
    }

    fn optional<V, P, E: std::fmt::Display>(
        &self,
        field: &'static str,
        value: Option<V>,
        parse: impl FnOnce(V) -> Result<P, E>,
    ) -> Result<Option<P>> {
        value.map(|value| self.read(field, parse(value))).transpose()
    }
}

impl TryFrom<ModelRecord> for Model {
    type Error = Error;

    fn try_from(record: ModelRecord) -> Result<Self> {
        let row = Row::model(record.model_id);
        let tags: Vec<TagRecord> = row.json("tags", &record.tags)?;
        let exports: Vec<ExportRecord> = row.json("exports", &record.exports)?;
        let formats: Vec<ExportFormat> = row.json("export_formats", &record.export_formats)?;
        Ok(Self {
            id: row.read("model_id", ModelId::try_from(record.model_id))?,
            name: row.read("name", ModelName::parse(record.name))?,
            version: row.read("version", Version::parse(record.version))?,
            ordinal: row.read("ordinal", u64::try_from(record.ordinal))?,
            checkpoint_path: row.read("checkpoint_path", CheckpointPath::parse(record.checkpoint_path))?,
            checkpoint_absolute: row.optional(
                "checkpoint_absolute",
                record.checkpoint_absolute,
                CheckpointPath::parse,
            )?,
            size_bytes: row.optional("size_bytes", record.size_bytes, u64::try_from)?,
            task_type: row.read("task_type", TaskType::parse(record.task_type))?,
            config_hash: row.read("config_hash", ConfigHash::parse(record.config_hash))?,
            training_run_id: row.optional("training_run_id", record.training_run_id, TryInto::try_into)?,
            parent: row.optional("parent_model_id", record.parent_model_id, ModelId::try_from)?,
            created_at: row.read("created_at", Timestamp::from_micros(record.created_at))?,
            updated_at: row.read("updated_at", Timestamp::from_micros(record.updated_at))?,
            created_by: row.read("created_by", Actor::parse(record.created_by))?,
            metrics: row.json("metrics", &record.metrics)?,
            declared_formats: formats,
            exports: exports
                .into_iter()
                .map(|export| export_of(&row, export))
                .collect::<Result<_>>()?,
            model_size_mb: row.optional("model_size_mb", record.model_size_mb, TryInto::try_into)?,
            memory_req_gb: row.optional("memory_req_gb", record.memory_req_gb, TryInto::try_into)?,
            metadata: row.json("metadata", &record.metadata)?,
            notes: row.optional("notes", record.notes, |notes| notes.parse())?,
            status: row.read("status", Status::parse(&record.status))?,
            tags: tags
                .into_iter()
                .map(|tag| tag_of(&row, tag))
                .collect::<Result<_>>()?,
        })
    }
}

fn tag_of(row: &Row, record: TagRecord) -> Result<Tag> {
    Ok(Tag {
        name: row.read("tags", TagName::parse(record.name))?,
        since: row.read("tags", Timestamp::from_micros(record.since))?,
        promoted: record.promoted != 0,
    })
}

fn export_of(row: &Row, record: ExportRecord) -> Result<Export> {
    Ok(Export {
        format: row.read("exports", ExportFormat::parse(record.format))?,
        path: row.read("exports", CheckpointPath::parse(record.path))?,
        created_at: row.read("exports", Timestamp::from_micros(record.created_at))?,
        metadata: row.read("exports", Metadata::parse(&record.metadata))?,
    })
}

impl TryFrom<LineageRecord> for LineageNode {
    type Error = Error;

    fn try_from(record: LineageRecord) -> Result<Self> {
        Ok(Self {
            generation: record.generation,
            model: record.model.try_into()?,
        })
    }
}

impl TryFrom<ReferenceRecord> for ModelRef {
    type Error = Error;

    fn try_from(record: ReferenceRecord) -> Result<Self> {
        let row = Row::model(record.model_id);
        Ok(Self {
            id: row.read("model_id", ModelId::try_from(record.model_id))?,
            name: row.read("name", ModelName::parse(record.name))?,
            version: row.read("version", Version::parse(record.version))?,
        })
    }
}

impl TryFrom<HolderRecord> for Holder {
    type Error = Error;

    fn try_from(record: HolderRecord) -> Result<Self> {
        let row = Row::model(record.model_id);
        let status = row.read("status", Status::parse(&record.status))?;
        let reference = ReferenceRecord {
            model_id: record.model_id,
            name: record.name,
            version: record.version,
        };
        Ok(Self {
            model: reference.try_into()?,
            status,
            promoted: record.promoted != 0,
            event: EventId(record.event_id),
        })
    }
}

impl TryFrom<EventRecord> for Event {
    type Error = Error;

    fn try_from(record: EventRecord) -> Result<Self> {
        let row = Row("events", record.event_id);
        let json = |field, text: Option<String>| text.map_or(Ok(Value::Null), |text| row.json(field, &text));
        let model = match (record.model_id, record.name, record.version) {
            (None, _, _) => None,
            (Some(id), Some(name), Some(version)) => Some(ModelRef {
                id: row.read("model_id", ModelId::try_from(id))?,
                name: row.read("name", name.parse())?,
                version: row.read("version", Version::parse(version))?,
            }),
            (Some(_), _, _) => {
                return Err(row.bad("name", "the model of the event has no name or version"));
            }
        };
        Ok(Self {
            id: EventId(record.event_id),
            at: row.read("at", Timestamp::from_micros(record.at))?,
            kind: row.read("kind", record.kind.parse())?,
            actor: row.read("actor", record.actor.parse())?,
            reason: row.optional("reason", record.reason, |reason| reason.parse())?,
            model,
            tag: row.optional("tag", record.tag, TagName::parse)?,
            before: json("before", record.before)?,
            after: json("after", record.after)?,
            previous: record.previous_event_id.map(EventId),
        })
    }
}

/// Converts rows, stopping at the first bad one.
pub(crate) fn convert<R, T: TryFrom<R, Error = Error>>(records: Vec<R>) -> Result<Vec<T>> {
    records.into_iter().map(T::try_from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Spoil = fn(&mut EventRecord);

    fn event() -> EventRecord {
        EventRecord {
            event_id: 7,
            at: 0,
            kind: "registered".into(),
            actor: "alice".into(),
            reason: None,
            model_id: Some(1),
            name: Some("gpt".into()),
            version: Some("1.0.0".into()),
            tag: None,
            before: None,
            after: Some("{}".into()),
            previous_event_id: None,
        }
    }

    #[test]
    fn a_bad_stored_value_names_row_and_field() {
        let cases: [(&str, Spoil); 5] = [
            ("kind", |e| e.kind = "exploded".into()),
            ("at", |e| e.at = i64::MAX),
            ("version", |e| e.version = Some("v1".into())),
            ("name", |e| e.name = None),
            ("after", |e| e.after = Some("{".into())),
        ];
        assert!(Event::try_from(event()).is_ok());
        for (column, spoil) in cases {
            let mut record = event();
            spoil(&mut record);
            let error = Event::try_from(record).unwrap_err();
            assert_eq!(error.code(), "stored_value");
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("the stored `{column}` of events 7 is bad")),
                "{error}"
            );
        }
    }
}
