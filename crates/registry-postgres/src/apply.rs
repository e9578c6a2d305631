//! Writing changes: one arm for each kind, one statement (or few) in each.

mod event;
mod export;
mod leaves;
mod model;
mod setting;
mod tag;

pub(crate) use setting::save as setting;

use registry_core::backend::Change;
use sqlx::PgConnection;

pub(crate) async fn change(connection: &mut PgConnection, change: &Change) -> sqlx::Result<()> {
    match change {
        Change::AppendEvent(event) => event::append(connection, event).await,
        Change::InsertModel(model) => model::insert(connection, model).await,
        Change::UpdateModel(model) => model::update(connection, model).await,
        Change::DeleteModel(model) => model::delete(connection, *model).await,
        Change::ClearParent { model, at } => model::clear_parent(connection, *model, *at).await,
        Change::PutTag { model, tag, event } => tag::put(connection, model, tag, *event).await,
        Change::RemoveTag { model, tag } => tag::remove(connection, *model, tag).await,
        Change::PutExport { model, export } => export::put(connection, *model, export).await,
        Change::RemoveExport { model, format, path } => {
            export::remove(connection, *model, format, path).await
        }
        Change::SaveSetting { key, value } => setting::save(connection, key, value).await,
    }
}
