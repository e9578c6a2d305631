//! What the registry holds, in outline: its names and its tags.

use serde::{Deserialize, Serialize};

use crate::identifier::ModelRef;
use crate::query::Limit;
use crate::search::Count;
use crate::text::{ModelName, TagName};
use crate::timestamp::Timestamp;

/// How far a name's or a tag's models are counted.
pub const COUNTED: u64 = 10_000;

/// Which names or tags to show, in the order of their bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogQuery<T> {
    /// How many to a page.
    pub limit: Limit,
    /// The last one of the page before.
    pub after: Option<T>,
}

impl<T> Default for CatalogQuery<T> {
    fn default() -> Self {
        Self {
            limit: Limit::default(),
            after: None,
        }
    }
}

/// A name that has models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameSummary {
    /// The name.
    pub name: ModelName,
    /// How many versions it has, of every status, counted up to [`COUNTED`].
    pub versions: Count,
    /// Its highest version, pre-releases included.
    pub highest: ModelRef,
    /// When the highest version was registered.
    pub registered_at: Timestamp,
}

/// A tag that models hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagSummary {
    /// The tag.
    pub tag: TagName,
    /// How many models hold it, of every status, counted up to [`COUNTED`].
    pub models: Count,
    /// What `:tag` finds: of the active models that hold it, the one that got it last.
    pub holder: Option<ModelRef>,
    /// When that one got it.
    pub since: Option<Timestamp>,
}
