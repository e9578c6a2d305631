//! Answers as they are kept, whole: models may change or be deleted since. Of a registration only what the registry
//! added to it is kept; the request, which is the same, has the rest.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Kept, bad};
use crate::backend::sequence::broken;
use crate::checkpoint::CheckpointPath;
use crate::config_hash::ConfigHash;
use crate::context::WriteContext;
use crate::error::Result;
use crate::export::Export;
use crate::identifier::{ModelId, ModelRef, TrainingRunId};
use crate::metadata::Metadata;
use crate::metrics::Metrics;
use crate::model::Model;
use crate::outcome::{Deletion, Labelling, Promotion, Registered, TagHolder};
use crate::quantity::{MemoryGb, SizeMb};
use crate::registration::Registration;
use crate::rules::{self, RegisterState};
use crate::settings::Settings;
use crate::status::Status;
use crate::tag::{PromotionScope, Tag};
use crate::text::{Actor, ExportFormat, ModelName, Notes, TaskType};
use crate::timestamp::Timestamp;
use crate::version::Version;
use crate::webhook::{Delivery, Replayed, Webhook};

/// What a write answers.
pub(in crate::backend) trait Answer: Sized + Send {
    /// The text to keep.
    fn text(&self) -> Result<String>;
}

/// An answer whose text is all that it takes to give it again.
pub(in crate::backend) trait WholeAnswer: Answer {
    /// The answer from its text.
    fn read(text: &str) -> Result<Self>;
}

const NO_JSON: &str = "an answer that is no JSON";

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| broken(NO_JSON))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| bad("answer", error))
}

/// A model with everything, also what its own form for programs leaves out.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Model")]
struct Whole {
    id: ModelId,
    name: ModelName,
    version: Version,
    ordinal: u64,
    checkpoint_path: CheckpointPath,
    checkpoint_absolute: Option<CheckpointPath>,
    size_bytes: Option<u64>,
    task_type: TaskType,
    config_hash: ConfigHash,
    training_run_id: Option<TrainingRunId>,
    parent: Option<ModelId>,
    created_at: Timestamp,
    updated_at: Timestamp,
    created_by: Actor,
    metrics: Metrics,
    declared_formats: Vec<ExportFormat>,
    exports: Vec<Export>,
    model_size_mb: Option<SizeMb>,
    memory_req_gb: Option<MemoryGb>,
    metadata: Metadata,
    notes: Option<Notes>,
    status: Status,
    tags: Vec<Tag>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Promotion")]
struct WholePromotion {
    #[serde(with = "Whole")]
    model: Model,
    scope: PromotionScope,
    lost: Vec<ModelRef>,
    changed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Labelling")]
struct WholeLabelling {
    #[serde(with = "Whole")]
    model: Model,
    promoted_holder: Option<ModelRef>,
    changed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Deletion")]
struct WholeDeletion {
    #[serde(with = "Whole")]
    model: Model,
    orphans: Vec<ModelRef>,
}

macro_rules! kept_whole {
    ($($answer:ty as $whole:ty),+ $(,)?) => {$(
        impl Answer for $answer {
            fn text(&self) -> Result<String> {
                let mut text = Vec::new();
                let written = <$whole>::serialize(self, &mut serde_json::Serializer::new(&mut text));
                written.map_err(|_| broken(NO_JSON))?;
                String::from_utf8(text).map_err(|_| broken(NO_JSON))
            }
        }

        impl WholeAnswer for $answer {
            fn read(text: &str) -> Result<Self> {
                <$whole>::deserialize(&mut serde_json::Deserializer::from_str(text))
                    .map_err(|error| bad("answer", error))
            }
        }
    )+};
}

kept_whole! {
    Model as Whole,
    Promotion as WholePromotion,
    Labelling as WholeLabelling,
    Deletion as WholeDeletion,
    Settings as Settings,
    Webhook as Webhook,
    Delivery as Delivery,
    Replayed as Replayed,
}

/// What the registry added to a registration: id, ordinal, version, parent, and who holds its labels by promotion.
#[derive(Serialize, Deserialize)]
struct Added(ModelId, u64, Version, Option<ModelId>, Vec<TagHolder>);

impl From<&Registered> for Added {
    fn from(
        Registered {
            model,
            promoted_holders,
        }: &Registered,
    ) -> Self {
        let version = model.version.clone();
        Self(
            model.id,
            model.ordinal,
            version,
            model.parent,
            promoted_holders.clone(),
        )
    }
}

impl Answer for Registered {
    fn text(&self) -> Result<String> {
        text(&Added::from(self))
    }
}

impl Answer for Vec<Registered> {
    fn text(&self) -> Result<String> {
        text(&self.iter().map(Added::from).collect::<Vec<_>>())
    }
}

/// The answer to a registration that was made before.
pub(super) fn registered(kept: &Kept<'_>, registration: Registration) -> Result<Registered> {
    added(kept, read(kept.text)?, registration)
}

/// The answers to many.
pub(super) fn bulk(kept: &Kept<'_>, registrations: &[Registration]) -> Result<Vec<Registered>> {
    let all: Vec<Added> = read(kept.text)?;
    if all.len() != registrations.len() {
        return Err(bad("answer", "it is of another number of registrations"));
    }
    let entries = all.into_iter().zip(registrations);
    entries
        .map(|(one, registration)| added(kept, one, registration.clone()))
        .collect()
}

fn added(kept: &Kept<'_>, added: Added, registration: Registration) -> Result<Registered> {
    let Added(id, ordinal, version, parent, promoted_holders) = added;
    let state = RegisterState {
        id,
        last_ordinal: ordinal.saturating_sub(1),
        existing: None,
        parent: None,
        promoted_holders,
    };
    let context = WriteContext::new(kept.actor.clone(), kept.at);
    let mut registered = rules::register(state, registration, version, &context)?.outcome;
    registered.model.parent = parent;
    Ok(registered)
}
