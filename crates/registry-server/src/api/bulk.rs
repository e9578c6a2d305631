//! `POST /registrations`: many registrations as lines of JSON, all or none.

use std::collections::HashMap;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use registry_core::document::{RegisteredDocument, holders};
use registry_core::{Checkpoint, Error, InvalidValue, LineError, RegistrationLine, ValueKind};

use super::register::{check, read};
use super::{By, Shared, WriteParameters};
use crate::http::answer::{Answer, written};
use crate::http::extract::{JsonLines, Parameters};
use crate::schema;

/// Registers many model versions, all or none
///
/// A model in each line, as `POST /api/v1/models` takes it. Every bad line is named in the problem's `lines`. A line
/// may name another as its parent.
#[utoipa::path(post, path = "/api/v1/registrations", tag = "models", operation_id = "register_models",
    params(WriteParameters),
    request_body(content = schema::Lines, content_type = "application/x-ndjson"),
    responses((status = 201, body = schema::ManyRegistered),
        (status = 200, body = schema::ManyRegistered, description = "A rehearsal, or no line: nothing was changed")))]
pub(crate) async fn register_many(
    State(app): Shared,
    Extension(caller): By,
    Parameters(write): Parameters<WriteParameters>,
    JsonLines(bytes): JsonLines,
) -> Answer {
    let context = caller.context(write.reason, write.dry_run)?;
    let Lines { numbers, entries } = Lines::read(&bytes)?;
    let total = entries.len();
    let registrations = RegistrationLine::join(entries).map_err(|error| renumbered(error, &numbers))?;
    for registration in &registrations {
        check(&caller, registration)?;
    }
    let registered = app.store.register_many(&context, registrations).await;
    let registered = registered.map_err(|error| renumbered(error, &numbers))?;
    let holders = holders(app.store.as_ref(), &registered).await?;
    let models: Vec<_> = registered
        .iter()
        .map(|one| RegisteredDocument::new(one, &holders))
        .collect();
    let mut response = written(serde_json::json!({ "models": models }), write.dry_run);
    if !write.dry_run && total > 0 {
        *response.status_mut() = StatusCode::CREATED;
    }
    Ok(response)
}

/// The lines that are not empty, with their numbers.
struct Lines {
    numbers: Vec<usize>,
    entries: Vec<(RegistrationLine, Checkpoint)>,
}

impl Lines {
    fn read(bytes: &[u8]) -> Result<Self, Error> {
        let mut lines = Self {
            numbers: Vec::new(),
            entries: Vec::new(),
        };
        let mut failures = Vec::new();
        let mut total = 0;
        for (place, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let (number, line) = (place + 1, line.trim_ascii());
            if line.is_empty() {
                continue;
            }
            total += 1;
            let entry = std::str::from_utf8(line)
                .map_err(|_| {
                    let shown = String::from_utf8_lossy(line);
                    InvalidValue::new(ValueKind::Registration, shown, "it is not UTF-8").into()
                })
                .and_then(read);
            match entry {
                Ok(entry) => {
                    lines.numbers.push(number);
                    lines.entries.push(entry);
                }
                Err(error) => failures.push(LineError::new(number, error)),
            }
        }
        if failures.is_empty() {
            lines.in_order_of_ids();
            Ok(lines)
        } else {
            Err(Error::Bulk { failures, total })
        }
    }

    /// A list is newest first; what it registers again keeps the order of its ids, and so its ordinals.
    fn in_order_of_ids(&mut self) {
        let stays = |line: &RegistrationLine| line.model_id().is_none() || line.counts_lines();
        if self.entries.iter().any(|(line, _)| stays(line)) {
            return;
        }
        let numbers = std::mem::take(&mut self.numbers);
        let mut both: Vec<_> = numbers
            .into_iter()
            .zip(std::mem::take(&mut self.entries))
            .collect();
        both.sort_by_key(|(_, (line, _))| line.model_id());
        (self.numbers, self.entries) = both.into_iter().unzip();
    }
}

/// The error with the numbers of the lines as they were sent.
fn renumbered(error: Error, numbers: &[usize]) -> Error {
    let Error::Bulk { mut failures, total } = error else {
        return error;
    };
    let places: HashMap<usize, usize> = numbers
        .iter()
        .enumerate()
        .map(|(place, number)| (place + 1, *number))
        .collect();
    for failure in &mut failures {
        failure.line = places.get(&failure.line).copied().unwrap_or(failure.line);
    }
    failures.sort_by_key(|failure| failure.line);
    Error::Bulk { failures, total }
}
