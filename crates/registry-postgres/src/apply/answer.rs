//! Answers under idempotency keys.

use registry_core::backend::KeptAnswer;
use sqlx::PgConnection;

pub(crate) async fn keep(connection: &mut PgConnection, kept: &KeptAnswer) -> sqlx::Result<()> {
    let (actor, key) = (kept.actor.as_str(), kept.key.as_str());
    sqlx::query_file!("queries/forget_answers.sql", kept.kept_since, actor, key)
        .execute(&mut *connection)
        .await?;
    sqlx::query_file!(
        "queries/keep_answer.sql",
        actor,
        key,
        kept.fingerprint,
        kept.answer,
        kept.at.as_micros()
    )
    .execute(connection)
    .await?;
    Ok(())
}
