//! `/tags/{tag}/promote` and `/rollback`: a tag moves.

use axum::Extension;
use axum::extract::State;
use registry_core::document::PromotionDocument;
use registry_core::{
    Expectation, ModelId, ModelName, ModelRef, PromoteRequest, Promotion, PromotionScope,
    RegistryStoreExt as _, Selector, TagName, WriteContext,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{By, Shared, WriteParameters, model};
use crate::access::Caller;
use crate::app::App;
use crate::http::answer::{Answer, written};
use crate::http::extract::{JsonBody, Parameters, Segments};
use crate::http::problem::Problem;
use crate::schema;

/// What to promote.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Promote {
    /// The model that gets the tag
    model_id: i64,
    /// From whom it is taken: `registry`, `name` or `none` [default: the registry's setting]
    #[schema(value_type = Option<schema::Scope>)]
    scope: Option<String>,
    /// Only if this is who holds the tag now
    expect: Option<Expect>,
}

/// Who is expected to hold a tag: an id, `none`, a selector, or a reference.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Expect {
    /// The model of this id
    Id(i64),
    /// `none`, or a selector such as `gpt-small@1.2.0`
    Text(String),
    /// This model
    #[schema(value_type = schema::ModelRef)]
    Model(ModelRef),
}

/// Gives a tag to a model and takes it from the others
///
/// `expect` makes it a compare-and-set: 409 `unexpected_holder` when another model holds the tag.
#[utoipa::path(post, path = "/api/v1/tags/{tag}/promote", tag = "tags", operation_id = "promote",
    params(("tag" = inline(schema::Tag), Path), WriteParameters),
    request_body = Promote, responses((status = 200, body = schema::Promotion)))]
pub(crate) async fn promote(
    State(app): Shared,
    Extension(caller): By,
    Segments(tag): Segments<String>,
    Parameters(write): Parameters<WriteParameters>,
    JsonBody(body): JsonBody<Promote>,
) -> Answer {
    let tag = TagName::parse(tag)?;
    let id = ModelId::try_from(body.model_id)?;
    let scope = body.scope.map(|scope| scope.parse()).transpose()?;
    let why = (write.reason, write.dry_run);
    let promotion = promote_as(&app, &caller, (id, tag), scope, body.expect, why).await?;
    Ok(written(PromotionDocument::from(&promotion), write.dry_run))
}

/// A promotion within what the caller's token allows. `why`: the reason, and whether it is a rehearsal.
pub(crate) async fn promote_as(
    app: &App,
    caller: &Caller,
    (id, tag): (ModelId, TagName),
    mut scope: Option<PromotionScope>,
    expect: Option<Expect>,
    (reason, dry_run): (Option<String>, bool),
) -> Result<Promotion, Problem> {
    let context = caller.context(reason, dry_run)?;
    caller.check_tag(&tag)?;
    if caller.is_limited_to_names() {
        caller.check_name(&model(app, id).await?.name)?;
        scope = Some(narrow(app, scope).await?);
    }
    let expect = match expect {
        None => None,
        Some(Expect::Model(model)) => Some(Expectation::Holder(model)),
        Some(Expect::Id(id)) => Some(Expectation::Holder(
            model(app, ModelId::try_from(id)?).await?.reference(),
        )),
        Some(Expect::Text(text)) if text == "none" => Some(Expectation::Nobody),
        Some(Expect::Text(text)) => {
            let holder = app.store.get(&Selector::parse(&text)?).await?;
            Some(Expectation::Holder(holder.reference()))
        }
    };
    let request = PromoteRequest {
        model: id,
        tag,
        scope,
        expect,
    };
    Ok(app.store.promote(&context, request).await?)
}

/// The scope for a token that is limited to some names: one that takes the tag from no other name. It is named in the
/// request to the store, so that a change of the setting in between changes nothing.
async fn narrow(app: &App, scope: Option<PromotionScope>) -> Result<PromotionScope, Problem> {
    let scope = match scope {
        Some(scope) => scope,
        None => app.store.settings().await?.promotion_scope,
    };
    if scope == PromotionScope::Registry {
        return Err(Problem::forbidden(
            "the token is limited to some names, and scope `registry` would take the tag from others: promote with \
             scope `name`",
        ));
    }
    Ok(scope)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RollbackParameters {
    /// Only among the versions of this name
    #[param(inline, value_type = Option<schema::Name>)]
    name: Option<String>,
    /// Why; kept in the history
    #[param(inline, value_type = Option<schema::Reason>)]
    reason: Option<String>,
    /// Answer as usual and change nothing
    #[serde(default)]
    dry_run: bool,
}

/// Gives a tag back to the model that held it before
///
/// Again: to the one before that. `If-Match` is about the model that holds the tag and loses it.
#[utoipa::path(post, path = "/api/v1/tags/{tag}/rollback", tag = "tags", operation_id = "roll_back",
    params(("tag" = inline(schema::Tag), Path), RollbackParameters), responses((status = 200, body = schema::Promotion)))]
pub(crate) async fn rollback(
    State(app): Shared,
    Extension(caller): By,
    Segments(tag): Segments<String>,
    Parameters(write): Parameters<RollbackParameters>,
) -> Answer {
    let tag = TagName::parse(tag)?;
    let name = write.name.map(ModelName::parse).transpose()?;
    let why = (write.reason, write.dry_run);
    let promotion = roll_back_as(&app, &caller, &tag, name.as_ref(), why).await?;
    Ok(written(PromotionDocument::from(&promotion), write.dry_run))
}

/// A rollback within what the caller's token allows. `why`: the reason, and whether it is a rehearsal.
pub(crate) async fn roll_back_as(
    app: &App,
    caller: &Caller,
    tag: &TagName,
    name: Option<&ModelName>,
    (reason, dry_run): (Option<String>, bool),
) -> Result<Promotion, Problem> {
    let context = caller.context(reason, dry_run)?;
    caller.check_tag(tag)?;
    if caller.is_limited_to_names() {
        check_rollback(app, caller, &context, tag, name).await?;
    }
    Ok(app.store.rollback(&context, tag, name).await?)
}

/// A rehearsal tells whose tag moves where: both must be models that the token is for.
async fn check_rollback(
    app: &App,
    caller: &Caller,
    context: &WriteContext,
    tag: &TagName,
    name: Option<&ModelName>,
) -> Result<(), Problem> {
    let rehearsal = context.clone().dry_run(true);
    let moved = app.store.rollback(&rehearsal, tag, name).await?;
    caller.check_name(&moved.model.name)?;
    moved
        .lost
        .iter()
        .try_for_each(|loser| caller.check_name(&loser.name))
}
