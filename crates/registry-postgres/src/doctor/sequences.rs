//! The sequences that ids come from: whether they are past every id in use.

use registry_core::doctor::DoctorReport;
use registry_core::record::LastIds;
use sqlx::PgConnection;

pub(super) async fn examine(connection: &mut PgConnection, report: &mut DoctorReport) -> sqlx::Result<()> {
    // A sequence is read as it is now, which can only be further on than when the rows were.
    let used = sqlx::query_file_as!(LastIds, "queries/doctor/highest_ids.sql")
        .fetch_one(&mut *connection)
        .await?;
    let given = sqlx::query_file_as!(LastIds, "queries/read_last_ids.sql")
        .fetch_one(&mut *connection)
        .await?;
    for (sequence, given, used) in [
        ("model_ids", given.model, used.model),
        ("event_ids", given.event, used.event),
    ] {
        if given < used {
            report.problem(
                "sequence",
                format!("sequence {sequence}"),
                format!("it goes on after {given}, but {used} is in use, so ids are given again or refused"),
                &format!(
                    "stop who writes, and as the owner run `SELECT setval('{sequence}', {used})` in the database"
                ),
            );
        }
    }
    Ok(())
}
