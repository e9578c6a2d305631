//! What a copy or a merge did.

use std::fmt::Write as _;

use registry_core::copy::CopyReport;
use registry_core::copy::merge::MergeReport;

/// How many of a kind are named; `--json` names all.
const NAMED: usize = 10;

/// What was copied.
pub fn copied(report: &CopyReport) -> String {
    let CopyReport {
        from,
        to,
        models,
        tags,
        exports,
        events,
        digest,
    } = report;
    format!(
        "copied {models} model(s), {tags} tag(s), {exports} export(s) and {events} event(s) from {from} to {to}\n\
         both read the same: {digest}\n"
    )
}

/// What came, or would come, and what did not.
pub fn merged(report: &MergeReport) -> String {
    let MergeReport {
        from,
        to,
        dry_run,
        models,
        tags,
        exports,
        events,
        already_there,
        ..
    } = report;
    let verb = if *dry_run { "would merge" } else { "merged" };
    let mut text = format!(
        "{verb} {models} model(s), {tags} tag(s), {exports} export(s) and {events} event(s) from {from} into {to}\n\
         there already: {already_there} model(s)\n"
    );
    let conflicts = report.conflicts.iter();
    let conflicts = conflicts.map(|it| format!("{}@{} ({})", it.name, it.version, it.fields.join(", ")));
    list(&mut text, "different and left as they are", conflicts);
    let renumbered = report.renumbered.iter();
    let renumbered = renumbered.map(|it| format!("{}: {} is {} now", it.model, it.from_id, it.to_id));
    list(&mut text, "with another id", renumbered);
    let left = report.tags_left.iter();
    let left = left.map(|it| format!("{} of {}, which {} holds", it.tag, it.model, it.holder));
    list(&mut text, "tags left behind", left);
    let taken = report.tags_taken.iter();
    let taken = taken.map(|it| format!("{} from {} to {}", it.tag, it.model, it.holder));
    list(&mut text, "tags taken", taken);
    let settings = report.settings_left.iter();
    let settings = settings.map(|it| {
        let stays = it.to.as_deref().unwrap_or("the default");
        format!("{}: {} there, {stays} here", it.key, it.from)
    });
    list(&mut text, "settings left as they are", settings);
    if let Some(digest) = report
        .digest
        .as_ref()
        .filter(|_| report.events > 0 || report.models > 0)
    {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "what came reads the same: {digest}");
    }
    text
}

fn list(text: &mut String, title: &str, entries: impl ExactSizeIterator<Item = String>) {
    let count = entries.len();
    if count == 0 {
        return;
    }
    let _ = writeln!(text, "{title}: {count}");
    for entry in entries.take(NAMED) {
        let _ = writeln!(text, "  {entry}");
    }
    if count > NAMED {
        let _ = writeln!(text, "  ...");
    }
}
