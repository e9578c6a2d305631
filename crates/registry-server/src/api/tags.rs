//! `/models/{id}/tags/{tag}`: labels.

use axum::Extension;
use axum::extract::State;
use registry_core::TagName;
use registry_core::document::{LabellingDocument, holder};

use super::{By, Shared, WriteParameters, check_model, id};
use crate::http::answer::{Answer, changed, written};
use crate::http::extract::{Parameters, Segments};
use crate::schema;

/// Adds a tag to a model and takes it from nobody
#[utoipa::path(put, path = "/api/v1/models/{id}/tags/{tag}", tag = "tags", operation_id = "add_label",
    params(("id" = i64, Path, minimum = 1), ("tag" = inline(schema::Tag), Path), WriteParameters),
    responses((status = 200, body = schema::Labelling)))]
pub(crate) async fn label(
    State(app): Shared,
    Extension(caller): By,
    Segments((model, tag)): Segments<(String, String)>,
    Parameters(write): Parameters<WriteParameters>,
) -> Answer {
    let (model, tag) = (id(&model)?, TagName::parse(tag)?);
    let context = caller.context(write.reason, write.dry_run)?;
    caller.check_tag(&tag)?;
    check_model(&app, &caller, model).await?;
    let labelling = app.store.label(&context, model, &tag).await?;
    // A label that was there already is not the last one given.
    let labelled = labelling.changed.then_some(&labelling.model);
    let holder = holder(app.store.as_ref(), labelled.into_iter(), &tag).await?;
    let document = LabellingDocument::new(&labelling, holder.as_ref());
    Ok(written(document, write.dry_run))
}

/// Removes a tag from a model
#[utoipa::path(delete, path = "/api/v1/models/{id}/tags/{tag}", tag = "tags", operation_id = "remove_tag",
    params(("id" = i64, Path, minimum = 1), ("tag" = inline(schema::Tag), Path), WriteParameters),
    responses((status = 200, body = schema::Model)))]
pub(crate) async fn untag(
    State(app): Shared,
    Extension(caller): By,
    Segments((model, tag)): Segments<(String, String)>,
    Parameters(write): Parameters<WriteParameters>,
) -> Answer {
    let (model, tag) = (id(&model)?, TagName::parse(tag)?);
    let context = caller.context(write.reason, write.dry_run)?;
    caller.check_tag(&tag)?;
    check_model(&app, &caller, model).await?;
    let model = app.store.untag(&context, model, &tag).await?;
    Ok(changed(&model, model.revision()?, &context))
}
