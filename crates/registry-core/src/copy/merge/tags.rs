//! Which tags the models that come along keep.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::numbering::Numbering;
use super::survey::Survey;
use crate::backend::RecordReader;
use crate::backend::sequence::settings;
use crate::error::Result;
use crate::identifier::ModelRef;
use crate::record::convert;
use crate::rules::{Holder, TagSide, contest};
use crate::text::TagName;

/// Who loses a tag by the merge, and to whom, under the ids that they have there.
#[derive(Default)]
pub(super) struct Contests {
    /// Of the models that come along, by line and tag.
    pub(super) left: BTreeMap<(i64, String), (ModelRef, ModelRef)>,
    /// Of those that were there.
    pub(super) taken: Vec<(TagName, ModelRef, ModelRef)>,
}

/// Decides every tag of these lines.
pub(super) async fn contests(
    survey: &Survey,
    numbering: &Numbering,
    lines: &HashSet<i64>,
    target: &mut dyn RecordReader,
    side: TagSide,
) -> Result<Contests> {
    let scope = settings(target.settings().await?)?.promotion_scope;
    let mut contests = Contests::default();
    for (tag, holders) in &survey.arriving {
        let mut arriving = Vec::new();
        let mut origins = HashMap::new();
        for holder in holders {
            let id = holder.model.id.get();
            if lines.contains(&id) {
                let mut holder = holder.clone();
                holder.model.id = numbering.id(survey, id)?;
                origins.insert(holder.model.id, id);
                arriving.push(holder);
            }
        }
        if arriving.is_empty() {
            continue;
        }
        let here: Vec<Holder> = convert(target.holders(tag).await?)?;
        let decided = contest(scope, side, &arriving, &here);
        for (loser, holder) in decided.left {
            if let Some(line) = origins.get(&loser.id) {
                contests.left.insert((*line, tag.to_string()), (loser, holder));
            }
        }
        let taken = decided.taken.into_iter();
        contests
            .taken
            .extend(taken.map(|(loser, holder)| (tag.clone(), loser, holder)));
    }
    Ok(contests)
}
