//! Settings.

use sqlx::SqliteConnection;

pub(crate) async fn save(connection: &mut SqliteConnection, key: &str, value: &str) -> sqlx::Result<()> {
    sqlx::query_file!("queries/save_setting.sql", key, value)
        .execute(connection)
        .await?;
    Ok(())
}
