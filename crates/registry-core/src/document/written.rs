//! What writes answer: the model, and what happened besides.

use serde::Serialize;

use super::holders::Holders;
use crate::export::Export;
use crate::identifier::{ModelId, ModelRef};
use crate::model::Model;
use crate::outcome::{Deletion, Labelling, Promotion, Registered};
use crate::tag::PromotionScope;
use crate::text::{ExportFormat, TagName};

/// A registration.
#[derive(Debug, Serialize)]
pub struct RegisteredDocument<'a> {
    /// The new model.
    #[serde(flatten)]
    pub model: &'a Model,
    /// Of its labels, those that another model holds by promotion.
    pub promoted_holders: Vec<LabelHolder<'a>>,
}

/// A label that another model holds by promotion.
#[derive(Debug, Serialize)]
pub struct LabelHolder<'a> {
    /// The label.
    pub tag: &'a TagName,
    /// The model that keeps its promotion.
    pub model: &'a ModelRef,
    /// What the tag finds now.
    pub holder: Option<&'a ModelRef>,
}

impl<'a> RegisteredDocument<'a> {
    /// The document of a registration.
    pub fn new(registered: &'a Registered, holders: &'a Holders) -> Self {
        let promoted = registered.promoted_holders.iter();
        Self {
            model: &registered.model,
            promoted_holders: promoted
                .map(|held| LabelHolder {
                    tag: &held.tag,
                    model: &held.model,
                    holder: holders.get(&held.tag).and_then(Option::as_ref),
                })
                .collect(),
        }
    }
}

/// A promotion or rollback.
#[derive(Debug, Serialize)]
pub struct PromotionDocument<'a> {
    /// The model that holds the tag now.
    #[serde(flatten)]
    pub model: &'a Model,
    /// Who lost it.
    pub lost: &'a [ModelRef],
    /// The scope that was applied.
    pub scope: PromotionScope,
    /// False: nothing was written.
    pub changed: bool,
}

impl<'a> From<&'a Promotion> for PromotionDocument<'a> {
    fn from(promotion: &'a Promotion) -> Self {
        Self {
            model: &promotion.model,
            lost: &promotion.lost,
            scope: promotion.scope,
            changed: promotion.changed,
        }
    }
}

/// A label.
#[derive(Debug, Serialize)]
pub struct LabellingDocument<'a> {
    /// The model with the tag.
    #[serde(flatten)]
    pub model: &'a Model,
    /// Another model that holds the tag by promotion.
    pub promoted_holder: Option<&'a ModelRef>,
    /// What the tag finds now.
    pub holder: Option<&'a ModelRef>,
    /// False: it had the tag already.
    pub changed: bool,
}

impl<'a> LabellingDocument<'a> {
    /// The document of a label, with what the tag finds now.
    pub fn new(labelling: &'a Labelling, holder: Option<&'a ModelRef>) -> Self {
        Self {
            model: &labelling.model,
            promoted_holder: labelling.promoted_holder.as_ref(),
            holder,
            changed: labelling.changed,
        }
    }
}

/// A delete.
#[derive(Debug, Serialize)]
pub struct DeletionDocument<'a> {
    /// The model as it was.
    #[serde(flatten)]
    pub model: &'a Model,
    /// The children that lost their parent.
    pub orphans: &'a [ModelRef],
}

impl<'a> From<&'a Deletion> for DeletionDocument<'a> {
    fn from(deletion: &'a Deletion) -> Self {
        Self {
            model: &deletion.model,
            orphans: &deletion.orphans,
        }
    }
}

/// The exports of a model.
#[derive(Debug, Serialize)]
pub struct ExportsDocument<'a> {
    /// The model.
    pub model_id: ModelId,
    /// The formats it exists in.
    pub export_formats: Vec<&'a ExportFormat>,
    /// Its exports.
    pub exports: &'a [Export],
}

impl<'a> From<&'a Model> for ExportsDocument<'a> {
    fn from(model: &'a Model) -> Self {
        Self {
            model_id: model.id,
            export_formats: model.export_formats(),
            exports: &model.exports,
        }
    }
}
