//! What the writes answer.

use serde::{Deserialize, Serialize};

use crate::event::EventId;
use crate::identifier::ModelRef;
use crate::model::Model;
use crate::tag::PromotionScope;
use crate::text::{Actor, TagName};
use crate::timestamp::Timestamp;

/// A model that holds a tag by promotion while another got it as a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagHolder {
    /// The tag.
    pub tag: TagName,
    /// The model that was promoted to it.
    pub model: ModelRef,
}

/// The answer of a registration.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// The new model.
    pub model: Model,
    /// Of the labels it got, those that another model holds by promotion: it keeps them.
    pub promoted_holders: Vec<TagHolder>,
}

/// The answer of a promotion or rollback.
#[derive(Debug, Clone, PartialEq)]
pub struct Promotion {
    /// The model that holds the tag now.
    pub model: Model,
    /// The scope that was applied.
    pub scope: PromotionScope,
    /// The models that lost the tag.
    pub lost: Vec<ModelRef>,
    /// False when the model was the promoted holder already and nobody lost the tag: nothing was written.
    pub changed: bool,
}

/// The answer of a label.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelling {
    /// The model with the tag.
    pub model: Model,
    /// Another model that holds the tag by promotion; it keeps it.
    pub promoted_holder: Option<ModelRef>,
    /// False when the model had the tag already: nothing was written.
    pub changed: bool,
}

/// The answer of a delete.
#[derive(Debug, Clone, PartialEq)]
pub struct Deletion {
    /// The model as it was.
    pub model: Model,
    /// The children that lost their parent.
    pub orphans: Vec<ModelRef>,
}

/// Who held a tag at some time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holding {
    /// The tag.
    pub tag: TagName,
    /// Who held it; may be deleted since.
    pub holder: ModelRef,
    /// When it had got the tag.
    pub since: Timestamp,
    /// Who gave it.
    pub actor: Actor,
    /// The event by which it got the tag.
    #[serde(rename = "event_id")]
    pub event: EventId,
    /// The model as it is now; `None`: deleted since.
    pub model: Option<Model>,
}
