//! Everything that a registry holds, row by row: what copies and examinations read, and what a copy writes.
//!
//! A backend implements [`Records`] beside [`Backend`](super::Backend); both share their statements for single rows.
//! In what order rows are read and written, and what they must fulfil, stands in this crate.

use async_trait::async_trait;

use super::Change;
use crate::error::Result;
use crate::record::{EventRecord, HoldingRecord, LastIds, ModelRecord, OrdinalRecord, Rows, SettingRecord};

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

    /// Has ids go on after these, where they would not already.
    async fn put_last_ids(&mut self, last: LastIds) -> Result<()>;

    /// Makes it durable, and answers then.
    async fn commit(self: Box<Self>) -> Result<()>;
}
