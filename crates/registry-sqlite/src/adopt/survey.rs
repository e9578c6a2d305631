//! Who is who: the id, name, version, ordinal and parent that each model of the original gets.
//!
//! Decided over all models before the first is written, because they depend on each other: names and versions must stay
//! different, parents must exist and have no cycle. Valid values always keep their place; only the others give way.

use std::collections::{BTreeMap, HashMap, HashSet};

use registry_core::rules::cycle_cuts;
use registry_core::{ModelId, ModelName, Version};

use super::cell::{Cell, OriginalRow};
use super::text::menders;
use super::versions::free_version;

/// What a model of the original is called from now on, with the reason for each value that had to change.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) id: ModelId,
    pub(super) id_why: Option<String>,
    pub(super) name: ModelName,
    pub(super) name_why: Option<String>,
    pub(super) version: Version,
    pub(super) version_why: Option<String>,
    pub(super) ordinal: u64,
    pub(super) parent: Option<ModelId>,
    pub(super) parent_why: Option<String>,
}

/// The identities by the original's id.
pub(super) type Survey = BTreeMap<i64, Identity>;

/// What the survey needs of a row.
pub(super) struct Candidate {
    id: i64,
    name: ModelName,
    name_why: Option<String>,
    version: Cell,
    parent: Cell,
}

impl Candidate {
    pub(super) fn of(row: &OriginalRow) -> Option<Self> {
        let name = menders::NAME.mend(row.get("name"))?;
        Some(Self {
            id: row.number("model_id"),
            name: name.value,
            name_why: name.why,
            version: row.get("version").clone(),
            parent: row.get("parent_model_id").clone(),
        })
    }

    /// Its version, when name and version are valid as they are: such a pair is nobody else's.
    fn untouched(&self) -> Option<Version> {
        match &self.version {
            Cell::Text(text) if self.name_why.is_none() => Version::parse(text).ok(),
            _ => None,
        }
    }
}

/// Decides over all rows. `highest` is the highest id that was ever used.
pub(super) fn survey(mut candidates: Vec<Candidate>, highest: i64) -> Survey {
    candidates.sort_by_key(|candidate| candidate.id);
    let ids = new_ids(&candidates, highest);
    let mut parents = parents(&candidates, &ids);
    let mut taken: HashMap<ModelName, HashSet<Version>> = HashMap::new();
    for candidate in &candidates {
        if let Some(version) = candidate.untouched() {
            taken.entry(candidate.name.clone()).or_default().insert(version);
        }
    }
    // In the order of the new ids, so that ordinals rise with them.
    candidates.sort_by_key(|candidate| ids.get(&candidate.id).copied());
    let mut ordinals: HashMap<ModelName, u64> = HashMap::new();
    let mut survey = Survey::new();
    for candidate in candidates {
        let Some(&id) = ids.get(&candidate.id) else {
            continue;
        };
        let versions = taken.entry(candidate.name.clone()).or_default();
        let (version, version_why) = match candidate.untouched() {
            Some(version) => (version, None),
            None => mended_version(&candidate.version, versions),
        };
        versions.insert(version.clone());
        let ordinal = ordinals.entry(candidate.name.clone()).or_default();
        *ordinal += 1;
        let (parent, parent_why) = parents.remove(&candidate.id).unwrap_or_default();
        let moved = id.get() != candidate.id;
        survey.insert(
            candidate.id,
            Identity {
                id,
                id_why: moved.then(|| "an id is a whole number from 1".to_owned()),
                name: candidate.name,
                name_why: candidate.name_why,
                version,
                version_why,
                ordinal: *ordinal,
                parent,
                parent_why,
            },
        );
    }
    survey
}

/// Ids stay; those below 1 get new ones above all others, or where there is no room, the lowest that are free.
fn new_ids(candidates: &[Candidate], highest: i64) -> HashMap<i64, ModelId> {
    let used: HashSet<i64> = candidates.iter().map(|candidate| candidate.id).collect();
    let above = candidates
        .iter()
        .map(|candidate| candidate.id)
        .fold(highest.max(0), i64::max);
    let misfits = candidates.iter().filter(|candidate| candidate.id < 1).count();
    let room = i64::try_from(misfits).is_ok_and(|misfits| above.checked_add(misfits).is_some());
    let mut next = if room { above } else { 0 };
    let mut ids = HashMap::with_capacity(candidates.len());
    for candidate in candidates {
        let id = ModelId::try_from(candidate.id).ok().or_else(|| {
            loop {
                next = next.checked_add(1)?;
                if !used.contains(&next) {
                    break ModelId::try_from(next).ok();
                }
            }
        });
        ids.extend(id.map(|id| (candidate.id, id)));
    }
    ids
}

fn mended_version(cell: &Cell, taken: &HashSet<Version>) -> (Version, Option<String>) {
    let text = cell.to_text().unwrap_or_default();
    let why = match cell {
        Cell::Text(text) => match Version::parse(text) {
            // Valid alone, but its name had to change and there it is taken, or free after all.
            Ok(version) if !taken.contains(&version) => return (version, None),
            Ok(_) => "the mended name has this version already".to_owned(),
            Err(problem) => problem.to_string(),
        },
        other => super::text::not_text(other).to_owned(),
    };
    (free_version(&text, |version| taken.contains(version)), Some(why))
}

/// The parent of each model and the reason where it had to go: unknown, itself, or on a cycle.
fn parents(
    candidates: &[Candidate],
    ids: &HashMap<i64, ModelId>,
) -> HashMap<i64, (Option<ModelId>, Option<String>)> {
    let known: BTreeMap<i64, i64> = candidates
        .iter()
        .filter_map(|candidate| Some((candidate.id, parent_number(&candidate.parent)?)))
        .filter(|(child, parent)| child != parent && ids.contains_key(parent))
        .collect();
    let cut = cycle_cuts(&known);
    candidates
        .iter()
        .map(|candidate| {
            let kept = known.get(&candidate.id).filter(|_| !cut.contains(&candidate.id));
            let parent = kept.and_then(|parent| ids.get(parent)).copied();
            let why = match (&candidate.parent, parent) {
                (Cell::Null, _) => None,
                (Cell::Integer(number), Some(parent)) => {
                    (parent.get() != *number).then(|| "the parent has a new id".to_owned())
                }
                (_, Some(_)) => Some("an id is a whole number".to_owned()),
                _ if cut.contains(&candidate.id) => Some("it descends from the model itself".to_owned()),
                (cell, None) if parent_number(cell) == Some(candidate.id) => {
                    Some("a model is not its own parent".to_owned())
                }
                _ => Some("there is no such model".to_owned()),
            };
            (candidate.id, (parent, why))
        })
        .collect()
}

fn parent_number(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Null => None,
        cell => cell.to_integer(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, name: &str, version: &str, parent: Option<i64>) -> Candidate {
        let name = menders::NAME.mend(&Cell::Text(name.into())).unwrap();
        Candidate {
            id,
            name: name.value,
            name_why: name.why,
            version: Cell::Text(version.into()),
            parent: parent.map_or(Cell::Null, Cell::Integer),
        }
    }

    #[test]
    fn valid_values_stay_and_the_others_give_way() {
        let survey = survey(
            vec![
                row(1, "gpt", "v2", None),
                row(2, "gpt", "2.0.0", None),
                row(3, " gpt", "2.0.0", None),
                row(4, " gpt", "3.0.0", None),
            ],
            9,
        );
        let versions: Vec<String> = survey.values().map(|model| model.version.to_string()).collect();
        assert_eq!(versions, ["2.0.0-v2", "2.0.0", "2.0.0-2-0-0", "3.0.0"]);
        let ordinals: Vec<u64> = survey.values().map(|model| model.ordinal).collect();
        assert_eq!(ordinals, [1, 2, 3, 4]);
    }

    #[test]
    fn cycles_are_cut_at_the_youngest() {
        let survey = survey(
            vec![
                row(1, "a", "1.0.0", Some(3)),
                row(2, "b", "1.0.0", Some(1)),
                row(3, "c", "1.0.0", Some(2)),
                row(4, "d", "1.0.0", Some(4)),
                row(5, "e", "1.0.0", Some(3)),
                row(6, "f", "1.0.0", Some(77)),
            ],
            6,
        );
        let parents: Vec<Option<i64>> = survey
            .values()
            .map(|model| model.parent.map(ModelId::get))
            .collect();
        assert_eq!(parents, [Some(3), Some(1), None, None, Some(3), None]);
    }

    #[test]
    fn ids_below_one_move_above_the_highest() {
        let survey = survey(
            vec![row(-5, "a", "1.0.0", Some(0)), row(0, "a", "2.0.0", None)],
            40,
        );
        assert_eq!(survey[&-5].id.get(), 41);
        assert_eq!(survey[&0].id.get(), 42);
        assert_eq!(survey[&-5].parent.map(ModelId::get), Some(42));
        assert_eq!(survey[&-5].parent_why.as_deref(), Some("the parent has a new id"));
    }
}
