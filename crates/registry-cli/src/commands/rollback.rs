//! `rollback`: a tag goes back to the model that held it before.

use registry_core::RegistryStore;

use super::Answer;
use super::promote::{as_json, losers};
use super::written::written;
use crate::args::Rollback;
use crate::session::Session;

pub(super) async fn run(args: Rollback, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let promotion = store
        .rollback(&args.write.context()?, &args.tag, args.name.as_ref())
        .await?;
    let text = || {
        let (tag, model) = (&args.tag, promotion.model.reference());
        format!("gave `{tag}` back to {model}\n{}", losers(&promotion))
    };
    Ok(written(session, &args.write, || as_json(&promotion), text))
}
