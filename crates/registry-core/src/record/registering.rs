//! What registrations are decided on, as it is stored.

use serde::Deserialize;

use super::{HolderRecord, ReferenceRecord};

/// What [`RegistrationKeys`](crate::backend::RegistrationKeys) ask for, each list in any order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistrationRecords {
    /// Ids for the models to come, ascending, higher than any that was ever used.
    pub model_ids: Vec<i64>,
    /// Ids for the events to come, ascending, higher than any that was ever used.
    pub event_ids: Vec<i64>,
    /// Every name asked for, new ones too.
    pub names: Vec<NameRecord>,
    /// Those of the versions and models asked for that exist; one asked for twice may come twice.
    pub models: Vec<ReferenceRecord>,
    /// Of the tags asked for, who holds them by promotion.
    pub promoted: Vec<PromotedRecord>,
}

/// What a registration needs to know of its name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct NameRecord {
    /// The name.
    pub name: String,
    /// The last ordinal given; 0 for a new name.
    pub last_ordinal: i64,
    /// The highest version, pre-releases included.
    pub highest_version: Option<String>,
}

/// Of the models that hold a tag by promotion, active or not, the one with the highest tag event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PromotedRecord {
    /// The tag.
    pub tag: String,
    /// The model.
    #[serde(flatten)]
    pub holder: HolderRecord,
}
