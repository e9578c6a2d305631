//! The tags and exports of one model.

use registry_core::{Export, TagName, Timestamp};
use serde_json::{Value, json};

use super::cell::OriginalRow;
use super::mending::{Changed, Originals};
use super::text::menders;
use super::values;

const TAG_COLUMNS: &[&str] = &["tag_id", "model_id", "tag_name", "created_at"];
const EXPORT_COLUMNS: &[&str] = &[
    "export_id",
    "model_id",
    "export_format",
    "export_path",
    "created_at",
    "metadata",
];

/// A tag of a model, in the order in which tags were given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GivenTag {
    pub(super) since: Timestamp,
    /// Settles the order within a second.
    pub(super) row: i64,
    pub(super) name: TagName,
}

/// The model's tags, each name once. `model_time` stands in for times that are none.
pub(super) fn tags(rows: &[&OriginalRow], model_time: Timestamp, originals: &mut Originals) -> Vec<GivenTag> {
    let mut found: Vec<(Option<GivenTag>, &OriginalRow, Vec<Changed>)> = rows
        .iter()
        .map(|row| {
            let mut changes = extras(row, TAG_COLUMNS);
            let tag = tag(row, model_time, &mut changes);
            (tag, *row, changes)
        })
        .collect();
    // The one given last stands, so that the tag's holder is the same as before.
    found.sort_by(|a, b| b.0.cmp(&a.0));
    let mut tags: Vec<GivenTag> = Vec::new();
    for (tag, row, mut changes) in found {
        if let Some(tag) = tag {
            if tags.iter().any(|other| other.name == tag.name) {
                changes.push(Changed::new(
                    "tag_name",
                    row.get("tag_name"),
                    Value::Null,
                    "the model has this tag already",
                ));
            } else {
                tags.push(tag);
            }
        }
        originals.tag(row.number("tag_id"), row.to_json(), changes);
    }
    tags
}

fn tag(row: &OriginalRow, model_time: Timestamp, changes: &mut Vec<Changed>) -> Option<GivenTag> {
    let cell = row.get("tag_name");
    let Some(name) = menders::TAG.mend(cell) else {
        changes.push(Changed::new(
            "tag_name",
            cell,
            Value::Null,
            "there is no tag in it",
        ));
        return None;
    };
    if let Some(why) = name.why {
        changes.push(Changed::new("tag_name", cell, json!(name.value), why));
    }
    Some(GivenTag {
        since: time(row, model_time, changes),
        row: row.number("tag_id"),
        name: name.value,
    })
}

/// The model's exports, each format and path once.
pub(super) fn exports(
    rows: &[&OriginalRow],
    model_time: Timestamp,
    originals: &mut Originals,
) -> Vec<Export> {
    let mut found: Vec<(Export, &OriginalRow, Vec<Changed>)> = rows
        .iter()
        .filter_map(|row| {
            let mut changes = extras(row, EXPORT_COLUMNS);
            let export = export(row, model_time, &mut changes)?;
            Some((export, *row, changes))
        })
        .collect();
    // The one added last stands.
    found.sort_by_key(|(export, row, _)| std::cmp::Reverse((export.created_at, row.number("export_id"))));
    let mut exports: Vec<Export> = Vec::new();
    for (export, row, mut changes) in found {
        let twice = exports
            .iter()
            .any(|other| other.format == export.format && other.path == export.path);
        if twice {
            changes.push(Changed::new(
                "export_path",
                row.get("export_path"),
                Value::Null,
                "a later export of the model has this format and path",
            ));
        } else {
            exports.push(export);
        }
        originals.export(row.number("export_id"), row.to_json(), changes);
    }
    exports.sort_by(|a, b| (&a.format, &a.path).cmp(&(&b.format, &b.path)));
    exports
}

fn export(row: &OriginalRow, model_time: Timestamp, changes: &mut Vec<Changed>) -> Option<Export> {
    let format = menders::FORMAT.mend(row.get("export_format"))?;
    if let Some(why) = format.why {
        let cell = row.get("export_format");
        changes.push(Changed::new("export_format", cell, json!(format.value), why));
    }
    let path = menders::PATH.mend(row.get("export_path"))?;
    if let Some(why) = path.why {
        let cell = row.get("export_path");
        changes.push(Changed::new("export_path", cell, json!(path.value), why));
    }
    let metadata = values::metadata(row.get("metadata"));
    if let Some(why) = metadata.why {
        let cell = row.get("metadata");
        changes.push(Changed::new("metadata", cell, json!(metadata.value), why));
    }
    Some(Export {
        format: format.value,
        path: path.value,
        created_at: time(row, model_time, changes),
        metadata: metadata.value,
    })
}

fn time(row: &OriginalRow, nearest: Timestamp, changes: &mut Vec<Changed>) -> Timestamp {
    let cell = row.get("created_at");
    let time = values::time(cell, nearest);
    if let Some(why) = time.why {
        changes.push(Changed::new("created_at", cell, json!(time.value), why));
    }
    time.value
}

fn extras(row: &OriginalRow, known: &[&str]) -> Vec<Changed> {
    row.extras(known)
        .map(|(name, cell)| Changed::new(name, cell, Value::Null, NO_SUCH_COLUMN))
        .collect()
}

pub(super) const NO_SUCH_COLUMN: &str = "this registry has no such column";
