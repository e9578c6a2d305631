//! Checkpoint files: whether they are where they were, and as large.

use registry_core::doctor::DoctorReport;
use registry_core::{Checkpoint, Error, Model, Result, Status};

use crate::SqliteStore;
use registry_core::doctor::kept::subject;

/// Looks at the model's checkpoint; counts it where this machine can't know where it lies.
pub(super) async fn examine(
    store: &SqliteStore,
    model: &Model,
    unknown: &mut u64,
    report: &mut DoctorReport,
) -> Result<()> {
    let Some(path) = &model.checkpoint_absolute else {
        if !model.checkpoint_path.is_url() {
            *unknown += 1;
        }
        return Ok(());
    };
    let text = path.as_str().to_owned();
    // The size of a folder takes a while.
    let Ok(found) = tokio::task::spawn_blocking(move || Checkpoint::measure(text)).await else {
        return Ok(());
    };
    match found {
        Ok(found) => size(model, found.size_bytes, report),
        Err(Error::CheckpointNotFound { path }) => {
            let message = format!("its checkpoint `{path}` is not there");
            let hint = "bring it back, or say where it lies with `registry-cli update --checkpoint`";
            // Who retires a model may well throw its files away; who registered it without its file never had it here.
            if model.status == Status::Retired || never_here(store, model).await? {
                report.notice("checkpoint_missing", subject(model), message, hint);
            } else {
                report.problem("checkpoint_missing", subject(model), message, hint);
            }
        }
        Err(error) => report.problem(
            "checkpoint_unreadable",
            subject(model),
            error.to_string(),
            "check its permissions",
        ),
    }
    Ok(())
}

/// Whether the checkpoint was not here when its path was noted. The original insisted on its file, but measured none.
async fn never_here(store: &SqliteStore, model: &Model) -> Result<bool> {
    if model.size_bytes.is_some() {
        return Ok(false);
    }
    let adopted = sqlx::query_file_scalar!("queries/doctor/adopted.sql", model.id.get())
        .fetch_one(&mut *store.reader().await?)
        .await
        .map_err(store.failed("read the history"))?;
    Ok(!adopted)
}

fn size(model: &Model, found: Option<u64>, report: &mut DoctorReport) {
    if let (Some(registered), Some(found)) = (model.size_bytes, found)
        && registered != found
    {
        report.problem(
            "checkpoint_changed",
            subject(model),
            format!("its checkpoint has {found} bytes, it had {registered} when it was registered"),
            "somebody may have replaced it; register what is there now as a version of its own",
        );
    }
}

pub(super) fn summarize(unknown: u64, report: &mut DoctorReport) {
    if unknown > 0 {
        report.notice(
            "checkpoint_unknown",
            "checkpoints",
            format!("where {unknown} of them lie is known only relative to a folder that nobody noted"),
            "name the full path with `registry-cli update --checkpoint`",
        );
    }
}
