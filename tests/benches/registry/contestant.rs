//! What every contestant can do: the same answers in its own way.

use std::ops::Range;

use async_trait::async_trait;
use registry_core::search::SearchQuery;
use registry_core::{ModelId, ModelRef, TagName};

/// The registry, through its trait.
pub(crate) const STORE: &str = "store";
/// Statements by hand through sqlx.
pub(crate) const BARE: &str = "bare";
/// SQLite in the same thread, by rusqlite.
pub(crate) const FLOOR: &str = "floor";

/// What a reader of tables and pictures knows a contestant by.
pub(crate) fn title(name: &str) -> &str {
    match name {
        BARE => "bare sqlx",
        other => other,
    }
}

/// Someone who answers. Writes are durable when they return.
#[async_trait(?Send)]
pub(crate) trait Contestant {
    fn name(&self) -> &'static str;
    async fn by_id(&self, id: ModelId);
    async fn by_version(&self, model: &ModelRef);
    async fn by_tag(&self, tag: &TagName);
    async fn three(&self, ids: [ModelId; 3]);
    async fn list(&self, list: &List);
    /// The ancestors, the oldest first, the model last.
    async fn ancestors(&self, id: ModelId);
    /// Registers the model of a number.
    async fn register(&self, name: &str, number: usize);
    /// The same for several, in one transaction.
    async fn register_many(&self, name: &str, numbers: Range<usize>);
    /// Gives the tag to a model, and takes it from whoever has it.
    async fn promote(&self, id: ModelId, tag: &TagName);
}

/// A list of fifty active models, and whether there are more.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) kind: Kind,
    /// How one asks the store for it.
    pub(crate) query: SearchQuery,
}

/// Which list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// The newest.
    Newest,
    /// Those behind a time and id.
    Behind(i64, i64),
    /// The newest with a tag.
    WithTag(&'static str),
    /// The newest of which a metric is at most so much.
    WithMetric(&'static str, f64),
    /// Those with the lowest value of a metric.
    Best(&'static str),
}
