//! Events, and who held a tag at some time.

use registry_core::record::EventRecord;
use registry_core::{EventKind, HistoryQuery, ModelName, TagName, Timestamp};
use sqlx::PgConnection;

/// A page of events. The narrowest filter chooses the index: the model, else the tag, else the name.
pub(crate) async fn events(
    reader: &mut PgConnection,
    query: &HistoryQuery,
    take: i64,
) -> sqlx::Result<Vec<EventRecord>> {
    let before = query.before.map_or(i64::MAX, |event| event.0);
    let name = query.name.as_ref().map(ModelName::as_str);
    let tag = query.tag.as_ref().map(TagName::as_str);
    match (query.model, tag, name) {
        (Some(model), _, _) => {
            let model = model.get();
            sqlx::query_file_as!(
                EventRecord,
                "queries/list_events_of_model.sql",
                model,
                name,
                tag,
                before,
                take
            )
            .fetch_all(reader)
            .await
        }
        (None, Some(tag), _) => {
            sqlx::query_file_as!(
                EventRecord,
                "queries/list_events_with_tag.sql",
                tag,
                name,
                before,
                take
            )
            .fetch_all(reader)
            .await
        }
        (None, None, Some(name)) => {
            sqlx::query_file_as!(EventRecord, "queries/list_events_of_name.sql", name, before, take)
                .fetch_all(reader)
                .await
        }
        (None, None, None) => {
            sqlx::query_file_as!(EventRecord, "queries/list_events.sql", before, take)
                .fetch_all(reader)
                .await
        }
    }
}

/// The event that gave the tag to the one who held it at that time.
pub(crate) async fn holding(
    reader: &mut PgConnection,
    tag: &TagName,
    name: Option<&ModelName>,
    at: Timestamp,
) -> sqlx::Result<Option<EventRecord>> {
    let giving = EventKind::ALL.iter().filter(|kind| kind.gives_tag());
    let giving: Vec<String> = giving.map(|kind| kind.as_str().to_owned()).collect();
    sqlx::query_file_as!(
        EventRecord,
        "queries/find_holding.sql",
        tag.as_str(),
        name.map(ModelName::as_str),
        at.as_micros(),
        &giving,
        EventKind::Retired.as_str(),
        EventKind::Restored.as_str()
    )
    .fetch_optional(reader)
    .await
}
