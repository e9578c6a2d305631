//! `retire` and `restore`.

use registry_core::{Model, RegistryStore, Status};
use serde_json::json;

use super::Answer;
use super::written::{joined, written};
use crate::args::StatusChange;
use crate::database::resolve;
use crate::session::Session;

pub(super) async fn run(
    args: StatusChange,
    status: Status,
    store: &dyn RegistryStore,
    session: &Session<'_, '_>,
) -> Answer {
    let model = resolve(store, &args.model.selector()?).await?;
    let context = args.write.context()?;
    let model = store.set_status(&context, model, status).await?;
    let changed = model.updated_at == context.at;
    Ok(written(
        session,
        &args.write,
        || json!(model),
        || text(&model, changed),
    ))
}

fn text(model: &Model, changed: bool) -> String {
    let reference = model.reference();
    let status = model.status;
    if !changed {
        return format!("{reference} is {status} already; nothing was changed\n");
    }
    let tags = joined(model.tags.iter().map(|tag| &tag.name));
    match (status, tags.is_empty()) {
        (Status::Retired, true) => format!("retired {reference}\n"),
        (Status::Retired, false) => {
            format!("retired {reference}\n  it keeps its tags but is not found by them: {tags}\n")
        }
        (Status::Active, true) => format!("restored {reference}\n"),
        (Status::Active, false) => format!("restored {reference}\n  Tags: {tags}\n"),
    }
}
