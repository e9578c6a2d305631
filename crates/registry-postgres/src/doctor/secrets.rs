//! Who can read the secrets of webhooks and has no business with them.

use registry_core::doctor::DoctorReport;
use sqlx::PgConnection;

pub(super) async fn examine(connection: &mut PgConnection, report: &mut DoctorReport) -> sqlx::Result<()> {
    let readers = sqlx::query_file!("queries/doctor/secret_readers.sql")
        .fetch_all(connection)
        .await?;
    for reader in readers {
        report.notice(
            "secret_readers",
            reader
                .role
                .map_or_else(|| "every role".to_owned(), |role| format!("role {role}")),
            "it may read the secrets of webhooks, and whoever knows one can sign messages as this registry",
            &format!(
                "run `{}` in the database as the owner, then give webhooks other secrets (`registry-cli webhook rotate`)",
                reader.statement
            ),
        );
    }
    Ok(())
}
