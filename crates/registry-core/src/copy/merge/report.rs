//! What a merge did, or would do.

use serde::Serialize;

use super::MergeOptions;
use super::tags::Contests;
use crate::record::SettingRecord;

/// What a merge did, or in a rehearsal would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeReport {
    /// What was merged.
    pub from: String,
    /// Into what.
    pub to: String,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// How many models came.
    pub models: u64,
    /// How many tags they hold.
    pub tags: u64,
    /// How many exports they have.
    pub exports: u64,
    /// How many events came; those of tags that were lost by the merge are not among them.
    pub events: u64,
    /// How many versions were there already, with the same contents.
    pub already_there: u64,
    /// Versions that both have with other contents. They stay as they were.
    pub conflicts: Vec<Conflict>,
    /// Models whose id is another now.
    pub renumbered: Vec<Renumbered>,
    /// Tags that models came without, since others hold them.
    pub tags_left: Vec<LeftTag>,
    /// Tags that models lost which were there before.
    pub tags_taken: Vec<TakenTag>,
    /// Settings that both have differently. They stay as they were.
    pub settings_left: Vec<LeftSetting>,
    /// The SHA-256 of all rows that came, the same of what was to be written and of what is read; none of a rehearsal.
    pub digest: Option<String>,
}

/// A version that both registries have with other contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The fields that differ.
    pub fields: Vec<String>,
}

/// A model whose id is another now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Renumbered {
    /// As `name@version`.
    pub model: String,
    /// The id that it had.
    pub from_id: i64,
    /// The id that it has.
    pub to_id: i64,
}

/// A tag that a model came without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftTag {
    /// The tag.
    pub tag: String,
    /// The model, as `name@version`.
    pub model: String,
    /// Who holds it instead.
    pub holder: String,
}

/// A tag that a model lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenTag {
    /// The tag.
    pub tag: String,
    /// The model, as `name@version`.
    pub model: String,
    /// Who holds it instead.
    pub holder: String,
}

/// A setting that both have differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftSetting {
    /// The setting.
    pub key: String,
    /// What it is in the registry that was merged.
    pub from: String,
    /// What it is and stays; none: the default.
    pub to: Option<String>,
}

impl MergeReport {
    pub(super) fn new(from: &str, to: &str, options: &MergeOptions) -> Self {
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            dry_run: options.context.dry_run,
            models: 0,
            tags: 0,
            exports: 0,
            events: 0,
            already_there: 0,
            conflicts: Vec::new(),
            renumbered: Vec::new(),
            tags_left: Vec::new(),
            tags_taken: Vec::new(),
            settings_left: Vec::new(),
            digest: None,
        }
    }

    pub(super) fn add_renumbered(&mut self, name: &str, version: Option<&str>, from_id: i64, to_id: i64) {
        if from_id != to_id {
            self.renumbered.push(Renumbered {
                model: format!("{name}@{}", version.unwrap_or_default()),
                from_id,
                to_id,
            });
        }
    }

    pub(super) fn add_contests(&mut self, contests: &Contests) {
        for ((_, tag), (loser, holder)) in &contests.left {
            self.tags_left.push(LeftTag {
                tag: tag.clone(),
                model: format!("{}@{}", loser.name, loser.version),
                holder: format!("{}@{}", holder.name, holder.version),
            });
        }
        for (tag, loser, holder) in &contests.taken {
            self.tags_taken.push(TakenTag {
                tag: tag.to_string(),
                model: format!("{}@{}", loser.name, loser.version),
                holder: format!("{}@{}", holder.name, holder.version),
            });
        }
    }
}

/// The settings of the one side that the other has not, or differently.
pub(super) fn settings_left(from: Vec<SettingRecord>, to: &[SettingRecord]) -> Vec<LeftSetting> {
    let there = |key: &str| to.iter().find(|setting| setting.key == key);
    from.into_iter()
        .filter_map(|setting| {
            let to = there(&setting.key).map(|setting| setting.value.clone());
            (to.as_ref() != Some(&setting.value)).then_some(LeftSetting {
                key: setting.key,
                from: setting.value,
                to,
            })
        })
        .collect()
}
