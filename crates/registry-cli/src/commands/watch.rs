//! `watch`: what happens, as it happens.

use std::io::{ErrorKind, Write};
use std::process::{Command, ExitStatus, Stdio};

use futures::{StreamExt, pin_mut};
use registry_core::{Error, Event, EventId, HistoryQuery, Limit, RegistryStore, Result};

use super::Answer;
use crate::args::Watch;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;
use crate::render::grid::LongTable;
use crate::session::Session;

pub(super) async fn run(args: Watch, store: &dyn RegistryStore, session: &mut Session<'_, '_>) -> Answer {
    let stopped = interrupted();
    pin_mut!(stopped);
    let mut last = args.after();
    let end = if args.no_wait {
        Some(newest(store).await?)
    } else {
        None
    };
    let mut left = args.limit;
    let mut events = store.watch(last).await?;
    let mut table = LongTable::default();
    while left != Limit::AtMost(0) && end.is_none_or(|end| last < Some(end)) {
        let event = tokio::select! {
            biased;
            () = &mut stopped => break,
            event = events.next() => event,
        };
        let Some(event) = event.transpose()? else {
            break;
        };
        let line = serde_json::to_string(&event).map_err(|error| Error::Storage {
            action: "write an event as JSON".into(),
            source: error.into(),
        })? + "\n";
        if let Some(command) = &args.exec {
            execute(command, &event, line.clone()).await?;
        }
        let text = if session.json {
            line
        } else {
            render::history(&mut table, std::slice::from_ref(&event), &session.screen)
        };
        if let Err(error) = session.print_now(&text) {
            return Ok(Output::stopped(error));
        }
        last = Some(event.id);
        if let Limit::AtMost(events) = &mut left {
            *events -= 1;
        }
    }
    Ok(Output::text(""))
}

/// The id of the newest event that is there.
async fn newest(store: &dyn RegistryStore) -> Result<EventId> {
    let query = HistoryQuery {
        limit: Limit::AtMost(1),
        ..HistoryQuery::default()
    };
    let page = store.history(&query).await?;
    Ok(page.items.first().map_or(EventId(0), |event| event.id))
}

/// Until somebody presses Ctrl-C.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Then the system ends the program as it always does.
        std::future::pending::<()>().await;
    }
}

/// Runs what the user wants run for an event.
async fn execute(command: &str, event: &Event, line: String) -> Result<(), Failure> {
    let mut shell = shell(command);
    let ended = tokio::task::spawn_blocking(move || feed(&mut shell, &line)).await;
    let problem = match ended {
        Ok(Ok(status)) if status.success() => return Ok(()),
        Ok(Ok(status)) => status.to_string(),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    let id = event.id;
    Err(Failure::Exec {
        message: format!("`{command}` failed for event {id}: {problem}"),
        hint: format!(
            "mend it, and go on with this event by `registry-cli watch --after {}`",
            id.0.saturating_sub(1)
        ),
    })
}

/// Runs it to its end with this on its standard input.
fn feed(command: &mut Command, input: &str) -> std::io::Result<ExitStatus> {
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take()
        && let Err(error) = stdin.write_all(input.as_bytes())
        // It need not read what it gets.
        && error.kind() != ErrorKind::BrokenPipe
    {
        drop(stdin);
        child.wait()?;
        return Err(error);
    }
    child.wait()
}

fn shell(command: &str) -> Command {
    let (shell, option) = if cfg!(windows) {
        ("cmd", "/C")
    } else {
        ("sh", "-c")
    };
    let mut process = Command::new(shell);
    process.args([option, command]);
    process
}
