//! `copy`: a whole registry moves to another place, of whatever kind, or into another registry.

use registry_connect::Registry;
use registry_core::copy::copy;
use registry_core::copy::merge::{MergeOptions, merge};
use serde_json::json;

use super::Answer;
use crate::args::Copy;
use crate::progress;
use crate::render;
use crate::render::text::plain_lines;
use crate::session::Session;

/// The place to copy to is made only after the place to copy from was found, and never by a rehearsal.
pub(super) async fn run(args: Copy, session: &Session<'_, '_>) -> Answer {
    let options = args.merging.merge.then(|| args.merging.options()).transpose()?;
    let from = args.from.as_ref().unwrap_or(&session.database).open().await?;
    let to = if args.merging.dry_run {
        args.to.open().await
    } else {
        args.to.open_or_create().await
    };
    let answer = match to {
        Ok(to) => {
            let answer = between(&from, &to, options.as_ref(), session).await;
            to.close().await;
            answer
        }
        Err(error) => Err(error.into()),
    };
    from.close().await;
    answer
}

async fn between(
    from: &Registry,
    to: &Registry,
    options: Option<&MergeOptions>,
    session: &Session<'_, '_>,
) -> Answer {
    let bar = progress::rows();
    let move_bar = |done: u64, total: u64| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let (from, to) = (from.records()?, to.records()?);
    let output = match options {
        None => {
            let report = copy(from, to, &move_bar).await;
            bar.finish_and_clear();
            let report = report?;
            let text = render::copy::copied(&report);
            let output = session.answer(|| json!(report), |screen| plain_lines(&text, screen));
            output.committed(true)
        }
        Some(options) => {
            let report = merge(from, to, options, &move_bar).await;
            bar.finish_and_clear();
            let report = report?;
            let text = render::copy::merged(&report);
            let output = session.answer(|| json!(report), |screen| plain_lines(&text, screen));
            output.committed(!report.dry_run)
        }
    };
    Ok(output)
}
