//! `delete`: a model goes, its history stays.

use registry_core::document::DeletionDocument;
use registry_core::{Deletion, Export, RegistryStore};
use serde_json::json;

use super::Answer;
use super::exports::places;
use super::written::{joined, written};
use crate::args::Delete;
use crate::confirm::confirm;
use crate::database::resolve;
use crate::session::Session;

pub(super) async fn run(args: Delete, store: &dyn RegistryStore, session: &mut Session<'_, '_>) -> Answer {
    let model = resolve(store, &args.model.selector()?).await?;
    let context = args.write.context()?;
    if !(args.force || args.yes || args.write.dry_run) {
        // A rehearsal says what would go; a refusal comes before the question, not after it.
        let rehearsal = context.clone().dry_run(true);
        let deletion = store.delete(&rehearsal, model, false).await?;
        if !confirm(&question(&deletion), session.console)? {
            return Ok(session.cancelled());
        }
    }
    let deletion = store.delete(&context, model, args.force).await?;
    let json = || json!(DeletionDocument::from(&deletion));
    Ok(written(session, &args.write, json, || text(&deletion)))
}

fn question(deletion: &Deletion) -> String {
    let (model, exports) = (deletion.model.reference(), &deletion.model.exports);
    match exports.len() {
        0 => format!("delete {model} for good? Its files are not touched."),
        count => format!(
            "delete {model} and its {count} export(s) ({}) for good? Its files are not touched.",
            places(exports)
        ),
    }
}

/// The line of the exports that a model takes along, where it has some.
fn gone_with_it(exports: &[Export]) -> Option<String> {
    (!exports.is_empty()).then(|| format!("  its exports went with it: {}", places(exports)))
}

fn text(deletion: &Deletion) -> String {
    let model = &deletion.model;
    let mut lines = vec![format!("deleted {}", model.reference())];
    if !model.tags.is_empty() {
        let tags = joined(model.tags.iter().map(|tag| &tag.name));
        lines.push(format!("  its tags went with it: {tags}"));
    }
    lines.extend(gone_with_it(&model.exports));
    if !deletion.orphans.is_empty() {
        lines.push(format!("  lost their parent: {}", joined(&deletion.orphans)));
    }
    lines.push(format!("  not touched: {}", model.checkpoint_path));
    lines.join("\n")
}
