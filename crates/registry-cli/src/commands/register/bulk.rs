//! `register --from`: every line of a file, all or none, and every bad line named.

use std::collections::HashSet;
use std::num::NonZeroUsize;

use registry_core::{
    Checkpoint, Error, InvalidValue, LineError, Registered, Registration, RegistrationLine, RegistryStore,
    RegistryStoreExt, ValueKind, WriteContext,
};
use serde_json::{Value, json};

use super::{as_json, holders};
use crate::args::Register;
use crate::commands::Answer;
use crate::commands::checkpoint::checkpoint;
use crate::commands::written::written;
use crate::database;
use crate::failure::Failure;
use crate::json_argument::read_stdin;
use crate::progress;
use crate::session::Session;

/// More models than this are summed up.
const LISTED: usize = 20;

pub(super) async fn run(source: &str, args: &Register, session: &Session<'_, '_>) -> Answer {
    let bytes = if source == "-" {
        read_stdin(session)?
    } else {
        std::fs::read(source).map_err(|error| Error::File {
            action: format!("read `{source}`"),
            source: error,
        })?
    };
    let context = args.write.context()?;
    let request = Request::read(&bytes, args.allow_missing);
    let refused = !request.failures.is_empty();
    // With lines refused already, the rest is only rehearsed, to name what the registry would refuse of it.
    let dry_run = context.dry_run || refused;
    let (registry, _rehearsal) = database::open_or_create(&session.database, dry_run).await?;
    let working = progress::working(format!("registering {} models", request.registrations.len()));
    let answer = async {
        let store = registry.store();
        let registered = request
            .register(store, context.dry_run(dry_run), args.chunk_size)
            .await?;
        let holders = holders(store, &registered).await?;
        Ok((registered, holders))
    };
    let answer: Result<_, Failure> = answer.await;
    registry.close().await;
    working.finish_and_clear();
    let (registered, holders) = answer?;
    let models = || registered.iter().map(|one| as_json(one, &holders));
    let json = || json!({ "models": models().collect::<Vec<_>>() });
    Ok(written(session, &args.write, json, || summary(&registered)))
}

fn summary(registered: &[Registered]) -> String {
    let mut lines = vec![format!("registered {} model(s)", registered.len())];
    for Registered { model, .. } in registered.iter().take(LISTED) {
        lines.push(format!("  {}@{} as id {}", model.name, model.version, model.id));
    }
    if registered.len() > LISTED {
        lines.push(format!("  and {} more", registered.len() - LISTED));
    }
    lines.join("\n")
}

/// A line of the file, read.
struct Entry<'t> {
    /// Its place in the file, counted from 1.
    number: usize,
    text: &'t str,
    /// The id that the model had where the line was written.
    model_id: Option<i64>,
    checkpoint: Checkpoint,
}

/// What the file asks for, and what is wrong with it.
struct Request<'t> {
    entries: Vec<Entry<'t>>,
    registrations: Vec<Registration>,
    failures: Vec<LineError>,
    /// The models that refused lines would have registered, as their children may name them.
    refused: HashSet<String>,
    total: usize,
}

impl<'t> Request<'t> {
    fn read(bytes: &'t [u8], allow_missing: bool) -> Self {
        let lines: Vec<(usize, &[u8])> = bytes
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(bytes)
            .split(|byte| *byte == b'\n')
            .enumerate()
            .map(|(place, line)| (place + 1, line.trim_ascii()))
            .filter(|(_, line)| !line.is_empty())
            .collect();
        let mut request = Self {
            entries: Vec::with_capacity(lines.len()),
            registrations: Vec::new(),
            failures: Vec::new(),
            refused: HashSet::new(),
            total: lines.len(),
        };
        let progress = progress::lines(lines.len());
        for (number, line) in lines {
            match std::str::from_utf8(line) {
                Ok(text) => request.measure(number, text, allow_missing),
                Err(_) => request.refuse(number, "", not_utf8(line)),
            }
            progress.inc(1);
        }
        progress.finish_and_clear();
        // A list is newest first; what it registers again keeps the order of its ids, and so its ordinals.
        if request.entries.iter().all(|entry| entry.model_id.is_some()) {
            request.entries.sort_by_key(|entry| entry.model_id);
        }
        request.join();
        request
    }

    fn measure(&mut self, number: usize, text: &'t str, allow_missing: bool) {
        match measured(text, allow_missing) {
            Ok((checkpoint, model_id)) => self.entries.push(Entry {
                number,
                text,
                model_id,
                checkpoint,
            }),
            Err(error) => self.refuse(number, text, error),
        }
    }

    fn refuse(&mut self, number: usize, text: &str, error: Error) {
        self.failures.push(LineError::new(number, error));
        self.refused.extend(names_of(text));
    }

    /// Joins the entries to registrations; those that contradict themselves are refused and the rest is joined again.
    fn join(&mut self) {
        loop {
            let lines = self.entries.iter();
            let lines: Result<Vec<_>, Error> = lines
                .map(|entry| Ok((RegistrationLine::parse(entry.text)?, entry.checkpoint.clone())))
                .collect();
            let refused = match lines.and_then(RegistrationLine::join) {
                Ok(registrations) => {
                    self.registrations = registrations;
                    return;
                }
                Err(Error::Bulk { failures, .. }) if !failures.is_empty() => failures,
                // Every line was parsed before.
                Err(_) => return,
            };
            for failure in refused.into_iter().rev() {
                if failure.line <= self.entries.len() {
                    let entry = self.entries.remove(failure.line.saturating_sub(1));
                    self.refuse(entry.number, entry.text, *failure.error);
                }
            }
        }
    }

    /// Registers everything, at once or in chunks, or says which lines stand in the way.
    async fn register(
        self,
        store: &dyn RegistryStore,
        context: WriteContext,
        chunk_size: Option<NonZeroUsize>,
    ) -> Result<Vec<Registered>, Failure> {
        let Self {
            entries,
            registrations,
            mut failures,
            refused,
            total,
        } = self;
        let in_file = |failure: LineError| LineError {
            line: entries
                .get(failure.line.saturating_sub(1))
                .map_or(failure.line, |entry| entry.number),
            error: failure.error,
        };
        let answer = match chunk_size {
            None => store.register_many(&context, registrations).await,
            Some(size) => store.register_in_chunks(&context, registrations, size).await,
        };
        match answer {
            Ok(registered) if failures.is_empty() => return Ok(registered),
            Ok(_) => {}
            Err(Error::Bulk { failures: more, .. }) => {
                // A parent on a refused line is missing only because that line is.
                let more = more
                    .into_iter()
                    .filter(|failure| !names_a_refused_parent(failure, &refused));
                failures.extend(more.map(in_file));
            }
            Err(Error::BulkStopped {
                registered,
                total,
                source,
            }) => {
                let source = Box::new(match *source {
                    Error::Bulk { failures, total } => Error::Bulk {
                        failures: failures.into_iter().map(in_file).collect(),
                        total,
                    },
                    other => other,
                });
                return Err(Error::BulkStopped {
                    registered,
                    total,
                    source,
                }
                .into());
            }
            Err(error) => return Err(error.into()),
        }
        failures.sort_by_key(|failure| failure.line);
        Err(Error::Bulk { failures, total }.into())
    }
}

/// The checkpoint of a line that can be read.
fn measured(text: &str, allow_missing: bool) -> Result<(Checkpoint, Option<i64>), Error> {
    let line = RegistrationLine::parse(text)?;
    let checkpoint = checkpoint(line.checkpoint_path(), allow_missing, false)?;
    Ok((checkpoint, line.model_id()))
}

fn not_utf8(line: &[u8]) -> Error {
    let shown = String::from_utf8_lossy(line);
    InvalidValue::new(ValueKind::Registration, shown, "it is not UTF-8").into()
}

/// How other lines would name the model of a line that was refused.
fn names_of(text: &str) -> Vec<String> {
    let Ok(line) = serde_json::from_str::<Value>(text) else {
        return Vec::new();
    };
    let id = line.get("model_id").map(Value::to_string);
    let name = line.get("name").and_then(Value::as_str);
    let version = line.get("version").and_then(Value::as_str);
    let version = name
        .zip(version)
        .map(|(name, version)| format!("{name}@{version}"));
    id.into_iter().chain(version).collect()
}

fn names_a_refused_parent(failure: &LineError, refused: &HashSet<String>) -> bool {
    matches!(failure.error.as_ref(), Error::ParentNotFound { wanted } if refused.contains(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, extra: &str) -> String {
        format!(
            r#"{{"name": "{name}", "version": "1.0.0", "checkpoint_path": "s3://x", "task_type": "t", "config_hash": "c"{extra}}}"#
        )
    }

    #[test]
    fn failures_carry_the_line_of_the_file() {
        let contradictory = line("b", r#", "bump": "minor""#);
        let text = format!(
            "{}\n\nnot json\n{contradictory}\r\n\n{}\n",
            line("a", ""),
            line("c", "")
        );
        let request = Request::read(text.as_bytes(), true);
        let mut lines: Vec<usize> = request.failures.iter().map(|failure| failure.line).collect();
        lines.sort_unstable();
        assert_eq!(lines, [3, 4]);
        assert_eq!(request.total, 4);
        let kept: Vec<usize> = request.entries.iter().map(|entry| entry.number).collect();
        assert_eq!(kept, [1, 6]);
        assert_eq!(request.registrations.len(), 2);
    }

    #[test]
    fn a_list_is_registered_in_the_order_of_its_ids() {
        let newest_first = [line("b", r#", "model_id": 7"#), line("a", r#", "model_id": 3"#)].join("\n");
        let request = Request::read(newest_first.as_bytes(), true);
        let names: Vec<&str> = request
            .registrations
            .iter()
            .map(|entry| entry.name.as_str())
            .collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(
            request
                .entries
                .iter()
                .map(|entry| entry.number)
                .collect::<Vec<_>>(),
            [2, 1]
        );
    }

    #[test]
    fn a_line_that_is_no_text_is_refused_alone() {
        let bytes = [b"\xEF\xBB\xBF", line("a", "").as_bytes(), b"\n{\xFF}\n"].concat();
        let request = Request::read(&bytes, true);
        assert_eq!(request.entries.len(), 1);
        assert_eq!(request.failures[0].line, 2);
        assert!(request.failures[0].error.to_string().contains("not UTF-8"));
    }

    #[test]
    fn a_missing_checkpoint_is_refused_on_its_line() {
        let text = line("a", "");
        let request = Request::read(text.as_bytes(), false);
        assert!(matches!(
            *request.failures[0].error,
            Error::CheckpointNotFound { .. }
        ));
        assert!(request.refused.contains("a@1.0.0"));
    }
}
