//! A registry into which others merge the same, just before it is written to.

use async_trait::async_trait;
use registry_core::Result;
use registry_core::backend::{RecordReader, RecordWriter, Records};
use registry_core::copy::merge::merge;

use super::options;
use crate::copying::Registry;

/// Others merge `from` into `to` whenever somebody wants to write.
pub(super) struct Overtaken<'a> {
    pub(super) from: &'a dyn Registry,
    pub(super) to: &'a dyn Registry,
}

#[async_trait]
impl Records for Overtaken<'_> {
    fn location(&self) -> &str {
        self.to.location()
    }

    async fn read_records(&self) -> Result<Box<dyn RecordReader>> {
        self.to.read_records().await
    }

    async fn write_records(&self) -> Result<Box<dyn RecordWriter>> {
        merge(self.from, self.to, &options(), &|_, _| {}).await?;
        self.to.write_records().await
    }
}
