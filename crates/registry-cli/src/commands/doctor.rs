//! `doctor`: what is wrong with the registry, or worth a look.

use registry_core::doctor::DoctorReport;
use serde_json::json;

use super::Answer;
use crate::render::text::plain_lines;
use crate::session::Session;

/// The exit status when something is wrong. A notice alone is nothing wrong.
const UNHEALTHY: u8 = 1;

pub(super) async fn run(session: &Session<'_, '_>) -> Answer {
    let report = session.database.examine().await?;
    let status = if report.is_healthy() { 0 } else { UNHEALTHY };
    let json = || {
        let mut value = json!(report);
        value["healthy"] = report.is_healthy().into();
        value
    };
    let output = session.answer(json, |screen| plain_lines(&text(&report), screen));
    Ok(output.status(status))
}

fn text(report: &DoctorReport) -> String {
    let mut lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    let verdict = match (report.findings.len(), report.is_healthy()) {
        (0, _) => "nothing was found".to_owned(),
        (count, true) => format!("nothing is wrong; {count} notice(s)"),
        (count, false) => format!("{count} finding(s)"),
    };
    let (models, events, location) = (report.models, report.events, &report.location);
    lines.push(format!(
        "examined {models} model(s) and {events} event(s) of {location}: {verdict}"
    ));
    lines.join("\n")
}
