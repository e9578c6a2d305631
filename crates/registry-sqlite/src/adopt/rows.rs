//! Reading the original's rows with every column they have, also those that its users added.

use registry_core::ModelName;
use sqlx::SqliteConnection;

use super::cell::OriginalRow;
use super::survey::Candidate;

/// At most 500 models from one id on, up to another.
pub(super) async fn models(
    connection: &mut SqliteConnection,
    from: i64,
    to: i64,
) -> sqlx::Result<Vec<OriginalRow>> {
    read(
        connection,
        include_str!("../../queries/adopt/models.sql"),
        Some((from, to)),
    )
    .await
}

/// The tags of the models between two ids.
pub(super) async fn tags(
    connection: &mut SqliteConnection,
    from: i64,
    to: i64,
) -> sqlx::Result<Vec<OriginalRow>> {
    read(
        connection,
        include_str!("../../queries/adopt/tags.sql"),
        Some((from, to)),
    )
    .await
}

/// The exports of the models between two ids.
pub(super) async fn exports(
    connection: &mut SqliteConnection,
    from: i64,
    to: i64,
) -> sqlx::Result<Vec<OriginalRow>> {
    read(
        connection,
        include_str!("../../queries/adopt/exports.sql"),
        Some((from, to)),
    )
    .await
}

pub(super) async fn orphan_tags(connection: &mut SqliteConnection) -> sqlx::Result<Vec<OriginalRow>> {
    read(
        connection,
        include_str!("../../queries/adopt/orphan_tags.sql"),
        None,
    )
    .await
}

pub(super) async fn orphan_exports(connection: &mut SqliteConnection) -> sqlx::Result<Vec<OriginalRow>> {
    read(
        connection,
        include_str!("../../queries/adopt/orphan_exports.sql"),
        None,
    )
    .await
}

/// What the survey needs of every model.
pub(super) async fn candidates(connection: &mut SqliteConnection) -> sqlx::Result<Vec<Candidate>> {
    let rows = read(
        connection,
        include_str!("../../queries/adopt/identities.sql"),
        None,
    )
    .await?;
    Ok(rows.iter().filter_map(Candidate::of).collect())
}

async fn read(
    connection: &mut SqliteConnection,
    statement: &'static str,
    range: Option<(i64, i64)>,
) -> sqlx::Result<Vec<OriginalRow>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "columns that users added and values of any type are known only at run time"
    )]
    let mut query = sqlx::query(statement);
    if let Some((from, to)) = range {
        query = query.bind(from).bind(to);
    }
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(OriginalRow::read).collect()
}

/// The highest id that was ever used.
pub(super) async fn highest_id(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    let row = sqlx::query_file!("queries/adopt/highest_id.sql")
        .fetch_one(connection)
        .await?;
    Ok(row.highest)
}

/// Lets ids go on above the highest that was ever used.
pub(super) async fn continue_sequence(connection: &mut SqliteConnection, highest: i64) -> sqlx::Result<()> {
    sqlx::query_file!("queries/adopt/forget_sequence.sql")
        .execute(&mut *connection)
        .await?;
    sqlx::query_file!("queries/adopt/continue_sequence.sql", highest)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn save_last_ordinal(
    connection: &mut SqliteConnection,
    name: &ModelName,
    ordinal: u64,
) -> sqlx::Result<()> {
    let ordinal = i64::try_from(ordinal).unwrap_or(i64::MAX);
    sqlx::query_file!("queries/save_last_ordinal.sql", name.as_str(), ordinal)
        .execute(connection)
        .await?;
    Ok(())
}
