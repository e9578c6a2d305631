//! Everything that a registry holds, row by row: what copies and examinations read, and what a copy writes.
//!
//! A backend implements [`Records`] beside [`Backend`](super::Backend); both share their statements for single rows.
//! In what order rows are read and written, and what they must fulfil, stands in this crate.

use async_trait::async_trait;

use super::Change;
use crate::error::Result;
use crate::record::{
    EventRecord, HolderRecord, HoldingRecord, LastIds, ModelRecord, OrdinalRecord, ReferenceRecord, Rows,
    SettingRecord, ToldRecord,
};
use crate::text::TagName;

/// A registry whose rows can be read and written as they are.
#[async_trait]
pub trait Records: Send + Sync {
    /// The place, as errors name it.
    fn location(&self) -> &str;

    /// Everything as it is at one moment: what others write meanwhile is not seen, and nobody waits.
    async fn read_records(&self) -> Result<Box<dyn RecordReader>>;

    /// Writes rows in one transaction, which others who write wait for; nothing is kept unless it is committed.
    async fn write_records(&self) -> Result<Box<dyn RecordWriter>>;
}

/// Reads the rows of a registry, each kind in a fixed order and so many at a time.
#[async_trait]
pub trait RecordReader: Send {
    /// How many rows there are.
    async fn count(&mut self) -> Result<Rows>;

    /// The highest ids ever given.
    async fn last_ids(&mut self) -> Result<LastIds>;

    /// All settings, by their keys.
    async fn settings(&mut self) -> Result<Vec<SettingRecord>>;

    /// The names after this one, in the order of their bytes, at most `take`.
    async fn names(&mut self, after: &str, take: i64) -> Result<Vec<OrdinalRecord>>;

    /// The events after this one, by their ids, at most `take`.
    async fn events(&mut self, after: i64, take: i64) -> Result<Vec<EventRecord>>;

    /// The models after this one, by their ids, at most `take`.
    async fn models(&mut self, after: i64, take: i64) -> Result<Vec<ModelRecord>>;

    /// The tags of the models after this one up to that one, by model, then tag.
    async fn holdings(&mut self, after: i64, up_to: i64) -> Result<Vec<HoldingRecord>>;

    /// Those of these models that exist, by their ids.
    async fn models_of(&mut self, ids: &[i64]) -> Result<Vec<ModelRecord>>;

    /// Those of these versions that exist, each a name and a version, in any order.
    async fn versions(&mut self, versions: &[(String, String)]) -> Result<Vec<ReferenceRecord>>;

    /// The last ordinals of those of these names that are known, in any order.
    async fn ordinals(&mut self, names: &[String]) -> Result<Vec<OrdinalRecord>>;

    /// Who has the tag, active or not, highest tag event first.
    async fn holders(&mut self, tag: &TagName) -> Result<Vec<HolderRecord>>;

    /// All events of these models, by their ids.
    async fn events_of(&mut self, models: &[i64]) -> Result<Vec<EventRecord>>;

    /// The first event of a model of the same name and version, of the same time, kind and
    /// tag.
    async fn told(&mut self, event: &EventRecord) -> Result<Option<ToldRecord>>;
}

/// Writes rows, and reads what it has written.
#[async_trait]
pub trait RecordWriter: RecordReader {
    /// Writes these changes in their order.
    async fn write(&mut self, changes: &[Change]) -> Result<()>;

    /// Writes a setting, of whatever release its key is.
    async fn put_setting(&mut self, setting: &SettingRecord) -> Result<()>;

    /// Writes the last ordinal of a name.
    async fn put_name(&mut self, name: &OrdinalRecord) -> Result<()>;

    /// Ids for this many events about to be appended, ascending, higher than any that was ever used.
    async fn next_event_ids(&mut self, count: usize) -> Result<Vec<i64>>;

    /// Has ids go on after these, where they would not already.
    async fn put_last_ids(&mut self, last: LastIds) -> Result<()>;

    /// Makes it durable, and answers then.
    async fn commit(self: Box<Self>) -> Result<()>;
}
