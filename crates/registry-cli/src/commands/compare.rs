//! `compare`: models side by side.

use registry_core::document::ComparisonDocument;
use registry_core::{Error, ModelId, RegistryStore, RegistryStoreExt, Selector};
use serde_json::json;

use super::Answer;
use super::written::joined;
use crate::args::{Compare, CompareFormat};
use crate::failure::Failure;
use crate::output::Output;
use crate::render;
use crate::session::Session;

pub(super) async fn run(args: Compare, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let selectors = args.models();
    let (ids, unknown) = resolve_all(store, &selectors).await?;
    let mut comparison = store.compare(&ids, args.metrics(), args.direction()).await?;
    if comparison.models.is_empty() {
        let wanted = joined(&selectors);
        return Err(Error::ModelNotFound { wanted }.into());
    }
    let format = args.format.unwrap_or(if session.json {
        CompareFormat::Json
    } else {
        CompareFormat::Table
    });
    if format == CompareFormat::Json {
        let unknown = unknown.iter().map(ToString::to_string);
        return Ok(Output::json(&json!(ComparisonDocument::new(
            &comparison,
            unknown
        ))));
    }
    // Said once, as warnings.
    let missing = std::mem::take(&mut comparison.missing);
    let output = match format {
        CompareFormat::Csv => Output::text(render::comparison_csv(&comparison)),
        CompareFormat::Table | CompareFormat::Json => {
            Output::text(render::comparison(&comparison, &session.screen))
        }
    };
    let missing = missing.iter().map(ToString::to_string);
    let missing = missing.chain(unknown.iter().map(ToString::to_string));
    Ok(missing.fold(output, |output, model| {
        output.warning(format!("no model fits `{model}`; it is left out"))
    }))
}

/// The ids in the order asked, and the selectors that name nothing.
async fn resolve_all(
    store: &dyn RegistryStore,
    selectors: &[Selector],
) -> Result<(Vec<ModelId>, Vec<Selector>), Failure> {
    let (mut ids, mut unknown) = (Vec::new(), Vec::new());
    for selector in selectors {
        match selector {
            Selector::Id(id) => ids.push(*id),
            _ => match store.find(selector).await? {
                Some(model) => ids.push(model.id),
                None => unknown.push(selector.clone()),
            },
        }
    }
    Ok((ids, unknown))
}
