//! `migrate`: a registry comes to the current schema, also one that the original made.

use registry_connect::{MigrateOptions, MigrationReport};
use registry_core::Timestamp;
use serde_json::json;

use super::Answer;
use crate::actor::system_user;
use crate::args::Migrate;
use crate::progress;
use crate::render::text::plain_lines;
use crate::session::Session;

pub(super) async fn run(args: Migrate, session: &Session<'_, '_>) -> Answer {
    if args.status {
        return show_status(session).await;
    }
    let bar = progress::models();
    let move_bar = |done: u64, total: u64| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let mut options = MigrateOptions::new(args.actor.map_or_else(system_user, Ok)?, Timestamp::now());
    options.dry_run = args.dry_run;
    options.backup_to = args.backup_to;
    options.progress = Some(&move_bar);
    let report = session.database.migrate(&options).await;
    bar.finish_and_clear();
    let report = report?;
    let output = session.answer(
        || json!(report),
        |screen| plain_lines(&report.to_string(), screen),
    );
    Ok(output.committed(changed(&report)))
}

fn changed(report: &MigrationReport) -> bool {
    report.changed && !report.dry_run
}

async fn show_status(session: &Session<'_, '_>) -> Answer {
    let status = session.database.status().await?;
    let output = session.answer(
        || json!(status),
        |screen| plain_lines(&status.to_string(), screen),
    );
    Ok(if status.current {
        output
    } else {
        output.hint(
            "`registry-cli migrate --dry-run` shows what an upgrade would do, `registry-cli migrate` does it",
        )
    })
}
