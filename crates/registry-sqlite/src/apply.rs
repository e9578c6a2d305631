//! Writing changes. Those that come in numbers are collected and written together; the others have a statement each.

mod answer;
mod batch;
mod export;
pub(crate) mod leaves;
mod model;
mod rows;
mod setting;
mod webhook;

pub(crate) use setting::save as setting;

use registry_core::backend::Change;
use sqlx::{Executor as _, SqliteConnection};

use crate::writer::MORE_ROOM;
use batch::Batch;

/// More changes than these are a large transaction.
const MANY: usize = 1_000;

/// Writes one change.
pub(crate) async fn change(connection: &mut SqliteConnection, change: &Change) -> sqlx::Result<()> {
    changes(connection, std::slice::from_ref(change)).await
}

/// Writes changes as if one after another.
pub(crate) async fn changes(connection: &mut SqliteConnection, changes: &[Change]) -> sqlx::Result<()> {
    if changes.len() > MANY {
        connection.execute(MORE_ROOM).await?;
    }
    let mut batch = Batch::default();
    for change in changes {
        if batch.must_precede(change) {
            std::mem::take(&mut batch).write(connection).await?;
        }
        match change {
            Change::AppendEvent(event) => batch.append_event(event)?,
            Change::InsertModel(model) => {
                if model::travels_as_json(model) {
                    batch.insert_model(model)?;
                } else {
                    model::insert(connection, model).await?;
                }
                batch.insert_belongings(model)?;
            }
            Change::PutTag { model, tag, event } => batch.put_tag(model, tag, *event)?,
            Change::RemoveTag { model, tag } => batch.remove_tag(*model, tag)?,
            Change::PutExport { model, export } => batch.put_export(*model, export)?,
            Change::UpdateModel(model) => model::update(connection, model).await?,
            Change::DeleteModel(model) => model::delete(connection, *model).await?,
            Change::ClearParent { model, at } => model::clear_parent(connection, *model, *at).await?,
            Change::RemoveExport { model, format, path } => {
                export::remove(connection, *model, format, path).await?;
            }
            Change::SaveSetting { key, value } => setting::save(connection, key, value).await?,
            Change::KeepAnswer(kept) => answer::keep(connection, kept).await?,
            Change::Webhook(change) => webhook::change(connection, change).await?,
        }
    }
    batch.write(connection).await
}
