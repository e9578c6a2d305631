//! `backup`: a checked copy of the registry while others use it.

use registry_connect::Registry;
use serde_json::json;

use super::Answer;
use crate::args::Backup;
use crate::render::text::plain_lines;
use crate::session::Session;

pub(super) async fn run(args: Backup, registry: &Registry, session: &Session<'_, '_>) -> Answer {
    let report = registry.backup(&args.file).await?;
    let text = || {
        let (models, events, bytes) = (report.models, report.events, report.bytes);
        let file = report.path.display();
        format!("copied {models} model(s) and {events} event(s) to {file} ({bytes} bytes), checked\n")
    };
    let output = session.answer(|| json!(report), |screen| plain_lines(&text(), screen));
    Ok(output.committed(true))
}
