//! The handlers: one file for each kind of resource. A handler reads the request into domain types, checks what the
//! caller's token allows beyond its roles, asks the store, and answers with a document.

#![expect(
    unused_qualifications,
    reason = "`utoipa::path` qualifies the parameters that it is given"
)]

pub(crate) mod bulk;
pub(crate) mod catalog;
pub(crate) mod compare;
pub(crate) mod deliveries;
pub(crate) mod events;
pub(crate) mod exports;
pub(crate) mod lineage;
pub(crate) mod lines;
pub(crate) mod models;
pub(crate) mod promotion;
pub(crate) mod query;
pub(crate) mod register;
pub(crate) mod search;
pub(crate) mod selected;
pub(crate) mod service;
pub(crate) mod settings;
pub(crate) mod stream;
pub(crate) mod tags;
pub(crate) mod tokens;
pub(crate) mod update;
pub(crate) mod webhooks;

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use registry_core::{Model, ModelId, RegistryStoreExt as _, Selector};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::Caller;
use crate::app::App;
use crate::http::problem::Problem;
use crate::schema;

/// The server, as handlers get it.
pub(crate) type Shared = State<Arc<App>>;
/// Who calls, as handlers get it.
pub(crate) type By = Extension<Caller>;

/// What every write can be told.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WriteParameters {
    /// Why; kept in the history
    #[param(inline, value_type = Option<schema::Reason>)]
    reason: Option<String>,
    /// Answer as usual and change nothing
    #[serde(default)]
    dry_run: bool,
}

/// The model of an id, for checks that need its name or its tags.
pub(crate) async fn model(app: &App, id: ModelId) -> Result<Model, Problem> {
    Ok(app.store.get(&Selector::Id(id)).await?)
}

/// May the caller change this model? Names never change and ids are not used again, so the answer stays true.
async fn check_model(app: &App, caller: &Caller, id: ModelId) -> Result<(), Problem> {
    if caller.is_limited_to_names() {
        caller.check_name(&model(app, id).await?.name)?;
    }
    Ok(())
}

/// May the caller take this model out of use or bring it back? Not when it holds a tag that they may not give.
async fn check_holder(app: &App, caller: &Caller, id: ModelId) -> Result<(), Problem> {
    if !caller.minds_held_tags() {
        return check_model(app, caller, id).await;
    }
    let model = model(app, id).await?;
    caller.check_name(&model.name)?;
    let mut protected = model.tags.iter().filter(|tag| caller.is_protected(&tag.name));
    protected.try_for_each(|tag| caller.check_tag(&tag.name))
}

/// A model's id, as it stands in a path.
fn id(text: &str) -> Result<ModelId, Problem> {
    Ok(text.parse()?)
}
