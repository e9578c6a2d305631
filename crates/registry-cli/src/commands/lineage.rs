//! `lineage`: where a model came from and what came from it.

use registry_core::RegistryStore;
use serde_json::json;

use super::Answer;
use crate::args::{Lineage, LineageFormat};
use crate::database::resolve;
use crate::output::Output;
use crate::render;
use crate::session::Session;

pub(super) async fn run(args: Lineage, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let model = resolve(store, &args.model.selector()?).await?;
    let lineage = store.lineage(model, args.scope).await?;
    let by_default = if session.json {
        LineageFormat::Json
    } else {
        LineageFormat::Tree
    };
    Ok(match args.format.unwrap_or(by_default) {
        LineageFormat::Tree => Output::text(render::lineage_tree(&lineage, &session.screen)),
        LineageFormat::Mermaid => Output::text(render::lineage_mermaid(&lineage)),
        LineageFormat::Dot => Output::text(render::lineage_dot(&lineage)),
        LineageFormat::Json => Output::json(&json!(lineage)),
    })
}
