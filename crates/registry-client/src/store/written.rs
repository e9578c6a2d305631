//! What writes answer: the model, and what happened besides.

use registry_core::{Deletion, Labelling, Model, ModelRef, Promotion, PromotionScope};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// What happened besides, one form for each verb. All fields stand beside those of the model.
pub(super) trait Also: DeserializeOwned {}

/// A model with what happened besides.
pub(super) struct Written<A> {
    pub(super) model: Model,
    pub(super) also: A,
}

/// Reads the text twice, each time for half of its fields, so that every number keeps its digits.
impl<'de, A: Also> Deserialize<'de> for Written<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self {
            model: serde_json::from_str(text.get()).map_err(D::Error::custom)?,
            also: serde_json::from_str(text.get()).map_err(D::Error::custom)?,
        })
    }
}

/// Of a promotion or rollback.
#[derive(Deserialize)]
pub(super) struct Moved {
    lost: Vec<ModelRef>,
    scope: PromotionScope,
    changed: bool,
}

/// Of a label.
#[derive(Deserialize)]
pub(super) struct Labelled {
    promoted_holder: Option<ModelRef>,
    changed: bool,
}

/// Of a delete.
#[derive(Deserialize)]
pub(super) struct Deleted {
    orphans: Vec<ModelRef>,
}

impl Also for Moved {}
impl Also for Labelled {}
impl Also for Deleted {}

impl From<Written<Moved>> for Promotion {
    fn from(Written { model, also }: Written<Moved>) -> Self {
        Self {
            model,
            scope: also.scope,
            lost: also.lost,
            changed: also.changed,
        }
    }
}

impl From<Written<Labelled>> for Labelling {
    fn from(Written { model, also }: Written<Labelled>) -> Self {
        Self {
            model,
            promoted_holder: also.promoted_holder,
            changed: also.changed,
        }
    }
}

impl From<Written<Deleted>> for Deletion {
    fn from(Written { model, also }: Written<Deleted>) -> Self {
        Self {
            model,
            orphans: also.orphans,
        }
    }
}
