//! Rows of models that are not there. Who turns foreign keys off can leave them.

use registry_core::doctor::{DoctorReport, OTHER_MEANS};
use sqlx::PgConnection;

/// Of models with ids above one, up to another.
pub(super) async fn examine(
    connection: &mut PgConnection,
    after: i64,
    up_to: i64,
    report: &mut DoctorReport,
) -> sqlx::Result<()> {
    let rows = sqlx::query_file!("queries/doctor/orphans.sql", after, up_to)
        .fetch_all(connection)
        .await?;
    for row in rows {
        report.problem(
            "reference",
            format!("{} of model {}", row.kept_in, row.model_id),
            "it refers to a row of `models` that does not exist",
            OTHER_MEANS,
        );
    }
    Ok(())
}
