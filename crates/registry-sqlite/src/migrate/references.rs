//! Whether the registry's rows refer to rows that exist.

use sqlx::{Executor, Row, SqliteConnection};

/// The first row of the registry's own tables that refers to nothing, in words. Tables of users' own are theirs.
pub(crate) async fn broken_reference(connection: &mut SqliteConnection) -> sqlx::Result<Option<String>> {
    for check in [
        "PRAGMA foreign_key_check(models)",
        "PRAGMA foreign_key_check(model_metrics)",
        "PRAGMA foreign_key_check(model_tags)",
        "PRAGMA foreign_key_check(model_exports)",
        "PRAGMA foreign_key_check(events)",
    ] {
        if let Some(row) = connection.fetch_optional(check).await? {
            let (table, parent): (String, String) = (row.try_get(0)?, row.try_get(2)?);
            return Ok(Some(format!(
                "a row of `{table}` refers to a row of `{parent}` that does not exist"
            )));
        }
    }
    Ok(None)
}
