//! One model of the original as a model of this registry.

use std::path::Path;

use registry_core::{Actor, CheckpointPath, Metadata, Model, Status, Tag, Timestamp};
use serde_json::{Map, Value, json};

use super::belongings::{self, GivenTag, NO_SUCH_COLUMN};
use super::cell::OriginalRow;
use super::mending::{Mending, Originals};
use super::survey::Identity;
use super::text::{Mended, TextMender, menders};
use super::values;
use crate::migrate::schema;

/// A model with what becomes of its row.
pub(super) struct Adopted {
    pub(super) model: Model,
    /// Its tags in the order in which they were given.
    pub(super) tags: Vec<GivenTag>,
    pub(super) mendings: Vec<Mending>,
    /// The values that had to change; `null` when none had to.
    pub(super) originals: Value,
}

/// Rows that speak of one model.
pub(super) struct ModelRows<'a> {
    pub(super) model: &'a OriginalRow,
    pub(super) tags: Vec<&'a OriginalRow>,
    pub(super) exports: Vec<&'a OriginalRow>,
}

/// Takes a model over. `nearest_time` stands in for a time that is none. `None` only if a fallback of ours were invalid.
pub(super) fn adopt(rows: &ModelRows<'_>, identity: Identity, nearest_time: Timestamp) -> Option<Adopted> {
    let row = rows.model;
    let mut originals = Originals::new(row.number("model_id"), identity.id.get());
    note_identity(row, &identity, &mut originals);
    let created_at = note(
        row,
        "created_at",
        values::time(row.get("created_at"), nearest_time),
        &mut originals,
    );
    let (status, label) = values::status(row.get("status"));
    let status = note(row, "status", status, &mut originals);
    let checkpoint_path = text(row, "checkpoint_path", &menders::PATH, &mut originals)?;
    let mut model = Model {
        id: identity.id,
        name: identity.name,
        version: identity.version,
        ordinal: identity.ordinal,
        checkpoint_absolute: absolute(row, &checkpoint_path),
        checkpoint_path,
        size_bytes: None,
        task_type: text(row, "task_type", &menders::TASK_TYPE, &mut originals)?,
        config_hash: text(row, "config_hash", &menders::CONFIG_HASH, &mut originals)?,
        training_run_id: noted(row, "training_run_id", values::training_run, &mut originals),
        parent: identity.parent,
        created_at,
        updated_at: created_at,
        // The original did not know who registered a model.
        created_by: Actor::parse("unknown").ok()?,
        metrics: noted(row, "metrics", values::metrics, &mut originals),
        declared_formats: noted(row, "export_formats", values::formats, &mut originals),
        exports: belongings::exports(&rows.exports, created_at, &mut originals),
        model_size_mb: noted(row, "model_size_mb", values::size_mb, &mut originals),
        memory_req_gb: noted(row, "memory_req_gb", values::memory_gb, &mut originals),
        metadata: noted(row, "metadata", values::metadata, &mut originals),
        notes: None,
        status,
        tags: Vec::new(),
    };
    let mut tags = belongings::tags(&rows.tags, created_at, &mut originals);
    if let Some(name) = label.filter(|label| tags.iter().all(|tag| tag.name != *label)) {
        tags.push(GivenTag {
            since: created_at,
            row: i64::MIN,
            name,
        });
    }
    for (name, cell) in row.extras(schema::ORIGINAL[0].1) {
        originals.column(name, cell, Value::Null, NO_SUCH_COLUMN);
    }
    model.tags = tags.iter().map(label_of).collect();
    model.tags.sort_by(|a, b| a.name.cmp(&b.name));
    let kept = originals.to_json();
    if let Some(kept) = &kept {
        model.metadata = with_originals(model.metadata, kept);
    }
    Some(Adopted {
        model,
        tags,
        mendings: originals.mendings,
        originals: kept.map_or(Value::Null, Value::Object),
    })
}

/// Tags of the original are labels: it kept no word of promotions.
pub(super) fn label_of(tag: &GivenTag) -> Tag {
    Tag {
        name: tag.name.clone(),
        since: tag.since,
        promoted: false,
    }
}

/// What the `adopted` event says of the model, in the words of a registration.
pub(super) fn as_registered(model: &Model) -> Value {
    let mut after = json!({
        "checkpoint_path": model.checkpoint_path,
        "task_type": model.task_type,
        "config_hash": model.config_hash,
        "parent_model_id": model.parent,
        "metrics": model.metrics,
    });
    if model.status == Status::Retired {
        after["status"] = json!(model.status);
    }
    after
}

fn note_identity(row: &OriginalRow, identity: &Identity, originals: &mut Originals) {
    let mut changed = |field, now, why: &Option<String>| {
        if let Some(why) = why {
            originals.column(field, row.get(field), now, why.as_str());
        }
    };
    changed("model_id", json!(identity.id), &identity.id_why);
    changed("name", json!(identity.name), &identity.name_why);
    changed("version", json!(identity.version), &identity.version_why);
    changed("parent_model_id", json!(identity.parent), &identity.parent_why);
}

fn note<T: serde::Serialize>(
    row: &OriginalRow,
    field: &str,
    mended: Mended<T>,
    originals: &mut Originals,
) -> T {
    if let Some(why) = mended.why {
        originals.column(field, row.get(field), json!(mended.value), why);
    }
    mended.value
}

fn noted<T: serde::Serialize>(
    row: &OriginalRow,
    field: &str,
    read: impl FnOnce(&super::cell::Cell) -> Mended<T>,
    originals: &mut Originals,
) -> T {
    note(row, field, read(row.get(field)), originals)
}

fn text<T: serde::Serialize>(
    row: &OriginalRow,
    field: &str,
    mender: &TextMender<T>,
    originals: &mut Originals,
) -> Option<T> {
    Some(note(row, field, mender.mend(row.get(field))?, originals))
}

/// The absolute path is known only where it was typed so. A mended path is none that anybody typed.
fn absolute(row: &OriginalRow, path: &CheckpointPath) -> Option<CheckpointPath> {
    let typed = row.get("checkpoint_path") == &super::cell::Cell::Text(path.as_str().to_owned());
    (typed && Path::new(path.as_str()).is_absolute()).then(|| path.clone())
}

/// The metadata with the originals under a key of their own. What is too large for metadata stays in the history alone.
fn with_originals(metadata: Metadata, originals: &Map<String, Value>) -> Metadata {
    let short = json!({ "kept_in_history": originals.keys().collect::<Vec<_>>() });
    for kept in [Value::Object(originals.clone()), short] {
        let mut map = metadata.as_map().clone();
        let key = (1..=u32::MAX)
            .map(|number| match number {
                1 => "adopted".to_owned(),
                number => format!("adopted_{number}"),
            })
            .find(|key| !map.contains_key(key));
        map.extend(key.map(|key| (key, kept)));
        if let Ok(metadata) = Metadata::from_map(map) {
            return metadata;
        }
    }
    metadata
}
