//! Settings.

use sqlx::PgConnection;

pub(crate) async fn save(connection: &mut PgConnection, key: &str, value: &str) -> sqlx::Result<()> {
    sqlx::query_file!("queries/save_setting.sql", key, value)
        .execute(connection)
        .await?;
    Ok(())
}
