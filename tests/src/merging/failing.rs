//! A registry that is gone after so many calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use registry_core::backend::{Change, RecordReader, RecordWriter, Records};
use registry_core::record::{
    EventRecord, HolderRecord, HoldingRecord, LastIds, ModelRecord, OrdinalRecord, ReferenceRecord, Rows,
    SettingRecord, ToldRecord,
};
use registry_core::{Error, Result, TagName};

use crate::copying::Registry;

/// Its writer fails at the given call; reading goes on.
pub(super) struct Failing<'a> {
    registry: &'a dyn Registry,
    left: Arc<AtomicUsize>,
}

impl<'a> Failing<'a> {
    pub(super) fn after(registry: &'a dyn Registry, calls: usize) -> Self {
        Self {
            registry,
            left: Arc::new(AtomicUsize::new(calls)),
        }
    }
}

#[async_trait]
impl Records for Failing<'_> {
    fn location(&self) -> &str {
        self.registry.location()
    }

    async fn read_records(&self) -> Result<Box<dyn RecordReader>> {
        self.registry.read_records().await
    }

    async fn write_records(&self) -> Result<Box<dyn RecordWriter>> {
        Ok(Box::new(Writer {
            writer: self.registry.write_records().await?,
            left: Arc::clone(&self.left),
        }))
    }
}

struct Writer {
    writer: Box<dyn RecordWriter>,
    left: Arc<AtomicUsize>,
}

impl Writer {
    fn call(&self) -> Result<()> {
        let spent = |left: usize| left.checked_sub(1);
        match self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spent)
        {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::Unreachable {
                location: "a registry that is gone".into(),
                problem: "gone".into(),
            }),
        }
    }
}

macro_rules! reads {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl RecordReader for Writer {
            $(async fn $name(&mut self, $($argument: $type),*) -> Result<$answer> {
                self.writer.$name($($argument),*).await
            })*
        }
    };
}

reads! {
    count() -> Rows;
    last_ids() -> LastIds;
    settings() -> Vec<SettingRecord>;
    names(after: &str, take: i64) -> Vec<OrdinalRecord>;
    events(after: i64, take: i64) -> Vec<EventRecord>;
    models(after: i64, take: i64) -> Vec<ModelRecord>;
    holdings(after: i64, up_to: i64) -> Vec<HoldingRecord>;
    models_of(ids: &[i64]) -> Vec<ModelRecord>;
    versions(versions: &[(String, String)]) -> Vec<ReferenceRecord>;
    ordinals(names: &[String]) -> Vec<OrdinalRecord>;
    holders(tag: &TagName) -> Vec<HolderRecord>;
    events_of(models: &[i64]) -> Vec<EventRecord>;
    told(event: &EventRecord) -> Option<ToldRecord>;
}

#[async_trait]
impl RecordWriter for Writer {
    async fn write(&mut self, changes: &[Change]) -> Result<()> {
        self.call()?;
        self.writer.write(changes).await
    }

    async fn put_setting(&mut self, setting: &SettingRecord) -> Result<()> {
        self.call()?;
        self.writer.put_setting(setting).await
    }

    async fn put_name(&mut self, name: &OrdinalRecord) -> Result<()> {
        self.call()?;
        self.writer.put_name(name).await
    }

    async fn next_event_ids(&mut self, count: usize) -> Result<Vec<i64>> {
        self.writer.next_event_ids(count).await
    }

    async fn put_last_ids(&mut self, last: LastIds) -> Result<()> {
        self.call()?;
        self.writer.put_last_ids(last).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        self.call()?;
        self.writer.commit().await
    }
}
