//! `POST /models`: one registration. `POST /registrations`: many.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use registry_core::document::{RegisteredDocument, holders};
use registry_core::{
    Checkpoint, CheckpointPath, Error, FieldUpdate, InvalidValue, LineError, Registration, RegistrationLine,
    ValueKind,
};
use serde::Deserialize;

use super::update::named;
use super::{By, Shared, WriteParameters};
use crate::access::Caller;
use crate::http::answer::{Answer, put, written};
use crate::http::extract::{JsonText, Parameters};
use crate::http::problem::Problem;
use crate::schema;

/// Registers a model version
///
/// A model as this registry answers it, or as `registry-cli register --from` reads it. The server does not look at
/// the checkpoint: `model_size_mb` or `size_bytes` says how large it is.
#[utoipa::path(post, path = "/api/v1/models", tag = "models", operation_id = "register_model", params(WriteParameters),
    request_body = schema::NewModel,
    responses((status = 201, body = schema::Registered, headers(("Location" = String))),
        (status = 200, body = schema::Registered, description = "A rehearsal: nothing was changed")))]
pub(crate) async fn register(
    State(app): Shared,
    Extension(caller): By,
    Parameters(write): Parameters<WriteParameters>,
    JsonText(text): JsonText,
) -> Answer {
    let context = caller.context(write.reason, write.dry_run)?;
    let registrations = RegistrationLine::join(vec![read(&text)?]).map_err(only)?;
    let Some(registration) = registrations.into_iter().next() else {
        return Err(Problem::bad_request("the body holds no registration"));
    };
    check(&caller, &registration)?;
    let registered = app.store.register(&context, registration).await?;
    let registered = [registered];
    let holders = holders(app.store.as_ref(), &registered).await?;
    let [registered] = &registered;
    let mut response = written(RegisteredDocument::new(registered, &holders), write.dry_run);
    if !write.dry_run {
        *response.status_mut() = StatusCode::CREATED;
        let location = format!("/api/v1/models/{}", registered.model.id);
        put(&mut response, header::LOCATION, &location);
    }
    Ok(response)
}

/// What a line says about the checkpoint, which the server takes from whoever has seen it.
#[derive(Deserialize)]
struct Measured {
    #[serde(default, deserialize_with = "named")]
    size_bytes: FieldUpdate<u64>,
    model_size_mb: Option<f64>,
    checkpoint_absolute: Option<String>,
}

/// Reads a registration with its checkpoint.
pub(super) fn read(text: &str) -> Result<(RegistrationLine, Checkpoint), Error> {
    let line = RegistrationLine::parse(text)?;
    let refuse =
        |problem: &'static str| InvalidValue::new(ValueKind::Size, line.checkpoint_path().as_str(), problem);
    let measured: Measured = serde_json::from_str(text)
        .map_err(|_| refuse("`size_bytes` is not a whole number, or `checkpoint_absolute` not a text"))?;
    if measured.size_bytes.is_keep() && measured.model_size_mb.is_none() {
        return Err(refuse(
            "neither `size_bytes` nor `model_size_mb` was given, and a server does not look at checkpoints; \
             `\"size_bytes\": null` says that nobody did",
        )
        .into());
    }
    let checkpoint = checkpoint(
        line.checkpoint_path().clone(),
        measured.size_bytes.apply(None),
        measured.checkpoint_absolute,
    )?;
    Ok((line, checkpoint))
}

/// A checkpoint as a caller describes it. Nothing is looked at.
pub(super) fn checkpoint(
    path: CheckpointPath,
    size_bytes: Option<u64>,
    absolute: Option<String>,
) -> Result<Checkpoint, InvalidValue> {
    if size_bytes.is_some_and(|size| i64::try_from(size).is_err()) {
        return Err(InvalidValue::new(
            ValueKind::Size,
            path.as_str(),
            "`size_bytes` is too large",
        ));
    }
    Ok(Checkpoint {
        path,
        absolute: absolute.map(CheckpointPath::parse).transpose()?,
        size_bytes,
    })
}

/// The only line's own error, where there is only one line.
fn only(error: Error) -> Error {
    match error {
        Error::Bulk { mut failures, .. } if failures.len() == 1 => match failures.pop() {
            Some(LineError { error, .. }) => *error,
            None => Error::EmptyUpdate,
        },
        error => error,
    }
}

/// May the caller register this?
pub(super) fn check(caller: &Caller, registration: &Registration) -> Result<(), Problem> {
    caller.check_name(&registration.name)?;
    registration.tags.iter().try_for_each(|tag| caller.check_tag(tag))
}
