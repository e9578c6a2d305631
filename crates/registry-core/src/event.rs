//! Events: what happened, to what, by whom, when and why.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, InvalidValue, ValueKind};
use crate::identifier::ModelRef;
use crate::text::{Actor, Reason, TagName};
use crate::timestamp::Timestamp;

/// The number of an event; a later event has a higher one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub i64);

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum EventKind {
            $($(#[$doc])* $variant),+
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The kind as it is stored and shown.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }

        impl FromStr for EventKind {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(InvalidValue::new(ValueKind::WebhookFilter, text, "there is no such kind of event").into()),
                }
            }
        }
    };
}

event_kinds! {
    /// A model version came into the registry.
    Registered = "registered",
    /// A model version was taken over from a file of the original registry.
    Adopted = "adopted",
    /// Fields of a model changed.
    Updated = "updated",
    /// A model got a tag by promotion.
    Promoted = "promoted",
    /// A model got a tag back by a rollback.
    RolledBack = "rolled_back",
    /// A model got a tag as a label.
    Labelled = "labelled",
    /// A model lost a tag because another was promoted.
    TagLost = "tag_lost",
    /// A tag was removed from a model.
    Untagged = "untagged",
    /// A model was retired.
    Retired = "retired",
    /// A retired model came back.
    Restored = "restored",
    /// A model was deleted.
    Deleted = "deleted",
    /// An export was added.
    ExportAdded = "export_added",
    /// An export was added again with other metadata.
    ExportUpdated = "export_updated",
    /// An export was removed.
    ExportRemoved = "export_removed",
    /// The registry's settings changed.
    SettingsChanged = "settings_changed",
}

impl EventKind {
    /// Whether the model of the event holds the event's tag from then on.
    pub fn gives_tag(self) -> bool {
        matches!(self, Self::Promoted | Self::RolledBack | Self::Labelled)
    }
}

impl std::fmt::Display for EventKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// One entry of the history. It names the model by id, name and version, so that it outlives the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its number.
    #[serde(rename = "event_id")]
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// Who.
    pub actor: Actor,
    /// Why, if they said so.
    pub reason: Option<Reason>,
    /// To which model; `None` for the registry itself.
    pub model: Option<ModelRef>,
    /// With which tag.
    pub tag: Option<TagName>,
    /// What was before: only what changed. `null` where there was nothing.
    pub before: Value,
    /// What is after: only what changed. `null` where there is nothing.
    pub after: Value,
    /// For a promotion: the event by which the holder before had got the tag; a rollback follows it.
    pub previous: Option<EventId>,
}
