//! What a backend keeps a second time so that searches find it, against the models.

use std::collections::{BTreeMap, BTreeSet};

use super::{DoctorReport, OTHER_MEANS};
use crate::model::Model;
use crate::search::{Leaf, leaves};
use crate::text::ExportFormat;

/// How a finding names a model.
pub fn subject(model: &Model) -> String {
    format!("model {} ({}@{})", model.id, model.name, model.version)
}

/// Whether a model sorts by its version.
pub fn compare_version_key(model: &Model, key: &[u8], report: &mut DoctorReport) {
    if model.version.sort_key().as_bytes() != key {
        report.problem(
            "version_key",
            subject(model),
            "its version's sort key is not that of its version, so it sorts wrongly",
            OTHER_MEANS,
        );
    }
}

/// Whether a model is found by its metrics.
pub fn compare_metrics(model: &Model, rows: &BTreeMap<String, f64>, report: &mut DoctorReport) {
    // Zero has two forms, of which some databases keep one.
    let bits = |number: f64| if number == 0.0 { 0 } else { number.to_bits() };
    let found = |name: &str, value: f64| rows.get(name).is_some_and(|row| bits(*row) == bits(value));
    let same = rows.len() == model.metrics.len()
        && model
            .metrics
            .iter()
            .all(|(name, value)| found(name.as_str(), value));
    if !same {
        report.problem(
            "metrics",
            subject(model),
            "its metrics and the rows by which it is found disagree",
            "write them again with `registry-cli update --metrics`",
        );
    }
}

/// Whether a model is found by its metadata.
pub fn compare_metadata(model: &Model, rows: &[Leaf], report: &mut DoctorReport) {
    let sorted = |mut leaves: Vec<Leaf>| {
        leaves.sort_by(|left, right| left.path.cmp(&right.path));
        leaves
    };
    if sorted(rows.to_vec()) != sorted(leaves(&model.metadata)) {
        report.problem(
            "metadata",
            subject(model),
            "its metadata and the rows by which it is found disagree",
            "write it again with `registry-cli update --metadata`",
        );
    }
}

/// Whether a model is found by the formats declared at its registration.
pub fn compare_formats(model: &Model, rows: &BTreeSet<String>, report: &mut DoctorReport) {
    let declared: BTreeSet<&str> = model.declared_formats.iter().map(ExportFormat::as_str).collect();
    if !rows.iter().map(String::as_str).eq(declared) {
        report.problem(
            "export_formats",
            subject(model),
            "its declared formats and the rows by which they are found disagree",
            OTHER_MEANS,
        );
    }
}

/// A tag has another name or time of its model.
pub fn wrong_tag_row(model: i64, tag: &str, report: &mut DoctorReport) {
    report.problem(
        "tag_row",
        format!("model {model}"),
        format!("its tag `{tag}` has another name or time of registration for it"),
        "take the tag away and give it again",
    );
}
