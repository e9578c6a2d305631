//! The verbs that change something: what each loads, and which rule decides. The caller begins and ends the
//! transaction. Registration has a file of its own.

use super::Backend;
use super::sequence::{apply, load_children, load_holders, load_promoted_holder, load_target, settings};
use super::store::load_parent;
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::export::NewExport;
use crate::identifier::ModelId;
use crate::model::Model;
use crate::outcome::{Deletion, Labelling, Promotion};
use crate::record::convert;
use crate::rules::{self, Holder, PromoteState, RollbackState, UpdateState};
use crate::settings::Settings;
use crate::status::Status;
use crate::tag::{PromoteRequest, PromotionScope};
use crate::text::{ExportFormat, ModelName, TagName};
use crate::update::{FieldUpdate, ModelUpdate};

pub(super) async fn promote<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    request: PromoteRequest,
) -> Result<Promotion> {
    let PromoteRequest {
        model,
        tag,
        scope,
        expect,
    } = request;
    let model = load_target(backend, tx, context, model).await?;
    let scope = match scope {
        Some(scope) => scope,
        None => settings(backend.load_settings(tx).await?)?.promotion_scope,
    };
    let holders = match scope {
        PromotionScope::Registry => load_holders(backend, tx, &tag, None).await?,
        PromotionScope::Name => load_holders(backend, tx, &tag, Some(&model.name)).await?,
        PromotionScope::None => load_kept_holders(backend, tx, &tag, model.id).await?,
    };
    let decision = rules::promote(
        PromoteState {
            model,
            scope,
            holders,
        },
        &tag,
        expect,
        context,
    )?;
    apply(backend, tx, context, decision).await
}

/// The holders of a tag that nobody loses: the one whom it finds and the one before `model` are all that matters.
async fn load_kept_holders<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    tag: &TagName,
    model: ModelId,
) -> Result<Vec<Holder>> {
    let active = backend.load_latest_holders(tx, tag, Status::Active, 2).await?;
    let mut holders: Vec<Holder> = convert(active)?;
    if holders.iter().all(|holder| holder.model.id == model) {
        let retired = backend.load_latest_holders(tx, tag, Status::Retired, 1).await?;
        holders.extend(convert::<_, Holder>(retired)?);
    }
    Ok(holders)
}

pub(super) async fn label<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    model: ModelId,
    tag: &TagName,
) -> Result<Labelling> {
    let model = load_target(backend, tx, context, model).await?;
    let promoted = load_promoted_holder(backend, tx, tag, Some(model.id)).await?;
    apply(backend, tx, context, rules::label(model, tag, promoted, context)).await
}

pub(super) async fn untag<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    model: ModelId,
    tag: &TagName,
) -> Result<Model> {
    let model = load_target(backend, tx, context, model).await?;
    apply(backend, tx, context, rules::untag(model, tag)?).await
}

pub(super) async fn rollback<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    tag: &TagName,
    name: Option<&ModelName>,
) -> Result<Promotion> {
    let holders = load_holders(backend, tx, tag, name).await?;
    let holder = rules::rollback_holder(&holders, tag)?;
    if context.expected().is_some() {
        load_target(backend, tx, context, holder.model.id).await?;
    }
    let state = load_rollback(backend, tx, holder).await?;
    apply(backend, tx, context, rules::rollback(state, tag, context)?).await
}

pub(super) async fn set_status<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    model: ModelId,
    status: Status,
) -> Result<Model> {
    let model = load_target(backend, tx, context, model).await?;
    apply(backend, tx, context, rules::set_status(model, status, context)).await
}

pub(super) async fn update<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    model: ModelId,
    update: ModelUpdate,
) -> Result<Model> {
    let model = load_target(backend, tx, context, model).await?;
    let (parent, parent_descends) = match update.parent {
        FieldUpdate::Set(parent) => {
            let ancestors = backend.load_ancestors(tx, parent).await?;
            (
                Some(load_parent(backend, tx, parent).await?),
                ancestors.contains(&model.id.get()),
            )
        }
        FieldUpdate::Keep | FieldUpdate::Clear => (None, false),
    };
    let decision = rules::update(
        UpdateState {
            model,
            parent,
            parent_descends,
        },
        update,
        context,
    )?;
    apply(backend, tx, context, decision).await
}

pub(super) async fn delete<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    model: ModelId,
    force: bool,
) -> Result<Deletion> {
    let model = load_target(backend, tx, context, model).await?;
    let children = load_children(backend, tx, model.id).await?;
    apply(
        backend,
        tx,
        context,
        rules::delete(model, children, force, context)?,
    )
    .await
}

pub(super) async fn add_export<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    model: ModelId,
    export: NewExport,
) -> Result<Model> {
    let model = load_target(backend, tx, context, model).await?;
    apply(backend, tx, context, rules::add_export(model, export, context)).await
}

pub(super) async fn remove_export<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    model: ModelId,
    format: &ExportFormat,
    path: Option<&str>,
) -> Result<Model> {
    let model = load_target(backend, tx, context, model).await?;
    apply(backend, tx, context, rules::remove_export(model, format, path)?).await
}

pub(super) async fn set_promotion_scope<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    scope: PromotionScope,
) -> Result<Settings> {
    let settings = settings(backend.load_settings(tx).await?)?;
    apply(backend, tx, context, rules::set_promotion_scope(settings, scope)).await
}

async fn load_rollback<B: Backend>(backend: &B, tx: &mut B::Tx, holder: Holder) -> Result<RollbackState> {
    let Some(record) = backend.load_event(tx, holder.event).await? else {
        return Err(Error::StoredValue {
            row: format!("model_tags of model {}", holder.model.id),
            field: "event_id",
            problem: format!("there is no event {}", holder.event),
        });
    };
    let event = Event::try_from(record)?;
    let previous = match event.previous {
        Some(previous) => backend
            .load_event(tx, previous)
            .await?
            .map(Event::try_from)
            .transpose()?,
        None => None,
    };
    let model = match previous.as_ref().and_then(|previous| previous.model.as_ref()) {
        Some(model) => backend
            .load_model(tx, model.id)
            .await?
            .map(Model::try_from)
            .transpose()?,
        None => None,
    };
    Ok(RollbackState {
        holder,
        event,
        previous,
        model,
    })
}
