//! Merging a registry into another that has models of its own.
//!
//! A version that only one side has comes along with its exports, tags and history; one that both have alike stays as
//! it is; one that both have with other contents is a conflict. So a merge can be run again: what came the first time
//! is passed over, and a merge that was stopped between two pieces goes on.

mod chunk;
mod compare;
mod numbering;
mod pieces;
mod report;
mod survey;
mod tags;

use std::collections::HashSet;
use std::num::NonZeroUsize;

pub use self::report::{Conflict, LeftSetting, LeftTag, MergeReport, Renumbered, TakenTag};

use self::chunk::Merging;
use self::numbering::Numbering;
use self::report::settings_left;
use self::survey::Survey;
use super::{Progress, amount};
use crate::backend::{RecordReader, Records};
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::rules::TagSide;

/// How a merge is done.
#[derive(Debug, Clone)]
pub struct MergeOptions {
    /// Who merges and when, as the events of tags say that are lost by it. A rehearsal writes nothing.
    pub context: WriteContext,
    /// Leave versions as they are that both have with other contents; otherwise they stop the merge.
    pub keep_existing: bool,
    /// Whose holder of a tag stays.
    pub tags: TagSide,
    /// Commit whenever about so many models are written, with whole names and whatever hangs together each time; `None`:
    /// everything at once.
    pub chunk: Option<NonZeroUsize>,
}

impl MergeOptions {
    /// A merge in one transaction, stopped by a conflict, that leaves tags with those who hold them.
    pub fn new(context: WriteContext) -> Self {
        Self {
            context,
            keep_existing: false,
            tags: TagSide::Target,
            chunk: None,
        }
    }
}

/// Merges `from` into `to`.
///
/// Ids stay where they are higher than all that `to` has given; the others become higher by one number for all. So do
/// ordinals within a name. Events come after those that are there, in their order, and name the new ids. Settings stay
/// as `to` has them.
///
/// # Errors
/// [`MergeConflict`](Error::MergeConflict), [`StoredValue`](Error::StoredValue) for a row that breaks a rule,
/// [`CopyDiffers`](Error::CopyDiffers), or a failure to read or write. On every error `to` is as it was, or as it was
/// after the last whole piece.
pub async fn merge(
    from: &dyn Records,
    to: &dyn Records,
    options: &MergeOptions,
    progress: Progress<'_>,
) -> Result<MergeReport> {
    let mut source = from.read_records().await?;
    let rows = source.count().await?;
    let read = amount(rows.models + rows.events);
    let tell = |done| progress(done, read);
    let mut target = to.read_records().await?;
    let survey = Survey::of(&mut *source, &mut *target, &tell).await?;
    let mut report = MergeReport::new(from.location(), to.location(), options);
    report.already_there = survey.alike;
    report.conflicts.clone_from(&survey.conflicts);
    report.settings_left = settings_left(source.settings().await?, &target.settings().await?);
    if !survey.conflicts.is_empty() && !options.keep_existing {
        return Err(Error::MergeConflict {
            location: report.to,
            conflicts: survey.conflicts,
        });
    }
    if options.context.dry_run {
        rehearse(&survey, &mut *target, options, &mut report).await?;
        return Ok(report);
    }
    drop(target);

    let chunks = pieces::pieces(&survey, options.chunk);
    let total = read + 2 * (survey.new_models + survey.new_events);
    let tell = |done| progress(done, total);
    let mut merging = Merging::new(&survey, options, report, read, &tell);
    let last = chunks.len() - 1;
    for (place, chunk) in chunks.iter().enumerate() {
        let mut writer = to.write_records().await?;
        merging
            .chunk(&mut *source, &mut *writer, chunk, place == last)
            .await?;
        writer.commit().await?;
    }
    let report = merging.finish();
    progress(total, total);
    Ok(report)
}

/// Fills in what a merge would do.
async fn rehearse(
    survey: &Survey,
    target: &mut dyn RecordReader,
    options: &MergeOptions,
    report: &mut MergeReport,
) -> Result<()> {
    let numbering = Numbering::after(target.last_ids().await?, survey)?;
    let everything: HashSet<i64> = survey.new_lines().collect();
    let contests = tags::contests(survey, &numbering, &everything, target, options.tags).await?;
    report.models = survey.new_models;
    report.exports = survey.new_exports;
    report.events = survey.new_events;
    report.tags = survey.new_tags - contests.left.len() as u64;
    report.add_contests(&contests);
    for (id, line) in survey
        .lines
        .iter()
        .filter(|(_, line)| line.is_new() && line.alive)
    {
        let name = &survey.names[line.name];
        report.add_renumbered(name, line.version.as_deref(), *id, numbering.image(survey, *id));
    }
    Ok(())
}
