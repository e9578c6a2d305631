//! The rows of the registry as they are, for copies and examinations: a view of one moment, and one big write.

mod found;
mod reading;
mod rows;
mod writing;

use async_trait::async_trait;
use registry_core::Result;
use registry_core::backend::{RecordReader, RecordWriter, Records};

pub(crate) use self::rows::{events, holdings};

use self::reading::Reading;
use self::writing::Writing;
use crate::SqliteStore;

#[async_trait]
impl Records for SqliteStore {
    fn location(&self) -> &str {
        SqliteStore::location(self)
    }

    async fn read_records(&self) -> Result<Box<dyn RecordReader>> {
        Ok(Box::new(Reading::begin(self).await?))
    }

    async fn write_records(&self) -> Result<Box<dyn RecordWriter>> {
        Ok(Box::new(Writing::begin(self).await?))
    }
}
