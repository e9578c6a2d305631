//! What models have to agree on with each other: ordinals within their names, and parents.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{DoctorReport, OTHER_MEANS};
use crate::backend::RecordReader;
use crate::error::Result;
use crate::record::ModelRecord;
use crate::rules::cycle_cuts;

/// How many names are read at a time.
const PIECE: i64 = 500;

/// The last ordinals of names, and the parents of the models seen so far.
#[derive(Debug, Default)]
pub struct Relations {
    last_ordinals: HashMap<String, i64>,
    parents: BTreeMap<i64, i64>,
}

impl Relations {
    /// Reads the names.
    ///
    /// # Errors
    /// A failure to read.
    pub async fn of(reader: &mut dyn RecordReader) -> Result<Self> {
        let mut relations = Self::default();
        let mut after = String::new();
        loop {
            let page = reader.names(&after, PIECE).await?;
            let Some(last) = page.last() else {
                return Ok(relations);
            };
            after.clone_from(&last.name);
            let ordinals = page.into_iter().map(|row| (row.name, row.last_ordinal));
            relations.last_ordinals.extend(ordinals);
        }
    }

    /// Examines the ordinal of a model, and takes note of its parent.
    pub fn add(&mut self, record: &ModelRecord, report: &mut DoctorReport) {
        let (id, ordinal, name) = (record.model_id, record.ordinal, &record.name);
        self.parents
            .extend(record.parent_model_id.map(|parent| (id, parent)));
        let last = self.last_ordinals.get(name);
        if ordinal < 1 || last.is_none_or(|last| ordinal > *last) {
            let message = format!("its ordinal {ordinal} could be given again for `{name}`");
            report.problem("ordinal", format!("model {id}"), message, OTHER_MEANS);
        }
    }

    /// Models with their parents.
    pub(super) fn parents(&self) -> &BTreeMap<i64, i64> {
        &self.parents
    }

    /// Says who is among his own ancestors.
    pub fn tell(&self, report: &mut DoctorReport) {
        for id in cycle_cuts(&self.parents).into_iter().collect::<BTreeSet<i64>>() {
            report.problem(
                "parent_cycle",
                format!("model {id}"),
                "it is its own ancestor",
                "take its parent away with `registry-cli update --clear parent`",
            );
        }
    }
}
