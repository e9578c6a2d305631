//! The history: whether each event can be read, and tags are as their last events say.

use registry_core::doctor::{DoctorReport, OTHER_MEANS};
use registry_core::{Event, HistoryQuery, Result};

use crate::SqliteStore;

const EVENTS_AT_ONCE: i64 = 500;

pub(super) async fn examine(store: &SqliteStore, report: &mut DoctorReport) -> Result<()> {
    events(store, report).await?;
    let rows = sqlx::query_file!("queries/doctor/tags_without_event.sql")
        .fetch_all(&mut *store.reader().await?)
        .await
        .map_err(store.failed("compare tags with the history"))?;
    for row in rows {
        report.problem(
            "tag_event",
            format!("model {}", row.model_id),
            format!("no event gave it the tag `{}` in this way", row.tag),
            "remove the tag with `registry-cli untag` and give it again",
        );
    }
    let rows = sqlx::query_file!("queries/doctor/tags_against_history.sql")
        .fetch_all(&mut *store.reader().await?)
        .await
        .map_err(store.failed("compare the history with tags"))?;
    for row in rows {
        let message = if row.given {
            format!(
                "the history's last word gives it the tag `{}`, which it holds not or by another event",
                row.tag
            )
        } else {
            format!(
                "the history's last word takes the tag `{}` from it, which it holds",
                row.tag
            )
        };
        report.problem(
            "tag_history",
            format!("model {}", row.model_id),
            message,
            OTHER_MEANS,
        );
    }
    let rows = sqlx::query_file!("queries/doctor/lost_tags.sql")
        .fetch_all(&mut *store.reader().await?)
        .await
        .map_err(store.failed("look for tags without a holder"))?;
    for row in rows {
        report.notice(
            "tag_without_holder",
            format!("tag `{}`", row.tag),
            format!(
                "its last holder {}@{} was deleted, and nobody holds it since",
                row.name.unwrap_or_default(),
                row.version.unwrap_or_default()
            ),
            "promote another model if the tag is still in use",
        );
    }
    Ok(())
}

async fn events(store: &SqliteStore, report: &mut DoctorReport) -> Result<()> {
    let mut query = HistoryQuery::default();
    loop {
        let page = crate::history::events(store.readers(), &query, EVENTS_AT_ONCE)
            .await
            .map_err(store.failed("read the history"))?;
        let Some(last) = page.last().map(|event| event.event_id) else {
            return Ok(());
        };
        query.before = Some(registry_core::EventId(last));
        for record in page {
            report.events += 1;
            let id = record.event_id;
            if let Err(error) = Event::try_from(record) {
                report.problem(
                    "stored_value",
                    format!("event {id}"),
                    error.to_string(),
                    OTHER_MEANS,
                );
            }
        }
    }
}
