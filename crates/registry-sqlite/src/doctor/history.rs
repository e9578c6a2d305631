//! The history: whether each event can be read, and what it says of tags and checkpoints.

use registry_core::doctor::files::Files;
use registry_core::doctor::{DoctorReport, OTHER_MEANS, TagStory};
use registry_core::{Event, Result};

use crate::SqliteStore;
use crate::records;

const EVENTS_AT_ONCE: i64 = 500;

pub(super) async fn examine(
    store: &SqliteStore,
    tags: &mut TagStory,
    files: &mut Files,
    report: &mut DoctorReport,
) -> Result<()> {
    let mut after = i64::MIN;
    loop {
        let page = records::events(&mut *store.reader().await?, after, EVENTS_AT_ONCE)
            .await
            .map_err(store.failed("read the history"))?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.event_id;
        for record in page {
            report.events += 1;
            let id = record.event_id;
            match Event::try_from(record) {
                Ok(event) => {
                    files.learn(&event);
                    tags.add(&event, report);
                }
                Err(error) => report.problem(
                    "stored_value",
                    format!("event {id}"),
                    error.to_string(),
                    OTHER_MEANS,
                ),
            }
        }
    }
}
