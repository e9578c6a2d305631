//! `copy`: a whole registry moves to another place, of whatever kind.

use registry_connect::Registry;
use registry_core::copy::{CopyReport, copy};
use serde_json::json;

use super::Answer;
use crate::args::Copy;
use crate::progress;
use crate::render::text::plain_lines;
use crate::session::Session;

/// The place to copy to is made only after the place to copy from was found.
pub(super) async fn run(args: Copy, session: &Session<'_, '_>) -> Answer {
    let from = args.from.as_ref().unwrap_or(&session.database).open().await?;
    let answer = match args.to.open_or_create().await {
        Ok(to) => {
            let answer = between(&from, &to, session).await;
            to.close().await;
            answer
        }
        Err(error) => Err(error.into()),
    };
    from.close().await;
    answer
}

async fn between(from: &Registry, to: &Registry, session: &Session<'_, '_>) -> Answer {
    let bar = progress::rows();
    let move_bar = |done: u64, total: u64| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let report = async { copy(from.records()?, to.records()?, &move_bar).await };
    let report = report.await;
    bar.finish_and_clear();
    let report = report?;
    let output = session.answer(|| json!(report), |screen| plain_lines(&text(&report), screen));
    Ok(output.committed(true))
}

fn text(report: &CopyReport) -> String {
    let CopyReport {
        from,
        to,
        models,
        tags,
        exports,
        events,
        digest,
    } = report;
    format!(
        "copied {models} model(s), {tags} tag(s), {exports} export(s) and {events} event(s) from {from} to {to}\n\
         both read the same: {digest}\n"
    )
}
