//! The words of each error: its code, its sentence and its hint, side by side for every variant.

use std::fmt::{Display as _, Formatter, Result};

use super::{Error, RollbackObstacle};
use crate::bulk::LineError;
use crate::identifier::ModelRef;

pub(super) fn code(error: &Error) -> &str {
    match error {
        Error::Invalid(value) => value.kind().code(),
        Error::Config(_) => "invalid_config",
        Error::Search(_) => "invalid_search",
        Error::CheckpointNotFound { .. } => "checkpoint_not_found",
        Error::CheckpointUnreadable { .. } => "checkpoint_unreadable",
        Error::ModelExists { .. } => "model_exists",
        Error::ModelNotFound { .. } => "model_not_found",
        Error::ParentNotFound { .. } => "parent_not_found",
        Error::ParentCycle { .. } => "parent_cycle",
        Error::ModelRetired { .. } => "model_retired",
        Error::UnexpectedHolder { .. } => "unexpected_holder",
        Error::RevisionChanged { .. } => "revision_changed",
        Error::WebhookChanged { .. } => "webhook_changed",
        Error::NumbersExhausted { .. } => "numbers_exhausted",
        Error::TagNotHeld { .. } => "tag_not_held",
        Error::Rollback { .. } => "rollback_impossible",
        Error::ModelInUse { .. } => "model_in_use",
        Error::ExportNotFound { .. } => "export_not_found",
        Error::IdempotencyKeyReused { .. } => "idempotency_key_reused",
        Error::WebhookNotFound { .. } => "webhook_not_found",
        Error::WebhookExists { .. } => "webhook_exists",
        Error::TooManyWebhooks { .. } => "too_many_webhooks",
        Error::DeliveryNotFound { .. } => "delivery_not_found",
        Error::LeaseLost => "lease_lost",
        Error::EmptyUpdate => "empty_update",
        Error::Bulk { .. } => "bulk_refused",
        Error::BulkStopped { .. } => "bulk_stopped",
        Error::RegistryMissing { .. } => "registry_missing",
        Error::RegistryOutdated { .. } => "registry_outdated",
        Error::OriginalRegistry { .. } => "original_registry",
        Error::RegistryNewer { .. } => "registry_newer",
        Error::NotARegistry { .. } => "not_a_registry",
        Error::RegistryNotEmpty { .. } => "registry_not_empty",
        Error::CopyDiffers { .. } => "copy_differs",
        Error::MergeConflict { .. } => "merge_conflict",
        Error::BackendMissing { .. } => "backend_missing",
        Error::Unsupported { .. } => "unsupported",
        Error::ReadOnly { .. } => "read_only",
        Error::StorageFull { .. } => "storage_full",
        Error::Busy { .. } => "busy",
        Error::Unreachable { .. } => "unreachable",
        Error::Untrusted { .. } | Error::NotEncrypted { .. } => "untrusted",
        Error::OutcomeUnknown { .. } => "outcome_unknown",
        Error::AccessDenied { .. } => "access_denied",
        Error::TimedOut { .. } => "timed_out",
        Error::Damaged { .. } => "damaged",
        Error::StoredValue { .. } => "stored_value",
        Error::FileExists { .. } => "file_exists",
        Error::File { .. } => "file",
        Error::Remote(error) => &error.code,
        Error::Storage { .. } => "storage",
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one sentence for each variant")]
pub(super) fn sentence(error: &Error, f: &mut Formatter<'_>) -> Result {
    match error {
        Error::Invalid(value) => value.fmt(f),
        Error::Config(error) => error.fmt(f),
        Error::Search(error) => error.fmt(f),
        // These two sentences are the original's; users search for them.
        Error::CheckpointNotFound { path } => write!(f, "Checkpoint not found: {path}"),
        Error::ModelExists { name, version, .. } => {
            write!(
                f,
                "Model '{name}' version '{version}' already exists. Use a different version number."
            )
        }
        Error::CheckpointUnreadable { path, source } => {
            write!(f, "checkpoint `{path}` cannot be read: {source}")
        }
        Error::ModelNotFound { wanted } => write!(f, "no model fits `{wanted}`"),
        Error::ParentNotFound { wanted } => write!(f, "the parent `{wanted}` does not exist"),
        Error::ParentCycle { model, parent } if model == parent => {
            write!(f, "{model} cannot be its own parent")
        }
        Error::ParentCycle { model, parent } => {
            write!(f, "{parent} cannot be the parent of {model}: it descends from it")
        }
        Error::ModelRetired { model, tag } => {
            write!(f, "{model} is retired and cannot be promoted to `{tag}`")
        }
        Error::UnexpectedHolder {
            tag,
            expected,
            holder,
        } => {
            write!(
                f,
                "`{tag}` was expected to be held by {}, but is held by {}",
                who(expected.as_ref()),
                who(holder.as_ref())
            )
        }
        Error::RevisionChanged { model, revision } => {
            write!(
                f,
                "{model} has changed: its revision is `{revision}`, which is not one that was expected"
            )
        }
        Error::WebhookChanged { webhook, revision } => {
            write!(
                f,
                "webhook {webhook} has changed: its revision is `{revision}`, which is not one that was expected"
            )
        }
        Error::TagNotHeld { model, tag } => write!(f, "{model} does not have the tag `{tag}`"),
        Error::Rollback { tag, obstacle } => {
            write!(f, "`{tag}` cannot be rolled back: ")?;
            match obstacle {
                RollbackObstacle::NoHolder => f.write_str("nobody holds it"),
                RollbackObstacle::Labelled(model) => {
                    write!(f, "{model} got it as a label, not by a promotion")
                }
                RollbackObstacle::NoPrevious(model) => write!(f, "nobody held it before {model}"),
                RollbackObstacle::PreviousDeleted(model) => {
                    write!(f, "{model}, which held it before, was deleted")
                }
                RollbackObstacle::PreviousRetired(model) => {
                    write!(f, "{model}, which held it before, is retired")
                }
                RollbackObstacle::SeveralNames(models) => {
                    write!(f, "several names hold it: {}", join(models))
                }
            }
        }
        Error::ModelInUse {
            model,
            tags,
            children,
        } => {
            write!(f, "{model} has ")?;
            if !tags.is_empty() {
                write!(f, "{} tag(s): {}", tags.len(), join(tags))?;
            }
            if !children.is_empty() {
                let and = if tags.is_empty() { "" } else { "; and " };
                write!(f, "{and}{} child(ren): {}", children.len(), join(children))?;
            }
            Ok(())
        }
        Error::ExportNotFound {
            model,
            format,
            path: None,
        } => write!(f, "{model} has no `{format}` export"),
        Error::ExportNotFound {
            model,
            format,
            path: Some(path),
        } => {
            write!(f, "{model} has no `{format}` export at `{path}`")
        }
        Error::IdempotencyKeyReused { key, at } => {
            write!(
                f,
                "the idempotency key `{key}` was used for another request at {at}"
            )
        }
        Error::NumbersExhausted { of } => {
            write!(f, "there is no number left for {of}: the highest was given")
        }
        Error::WebhookNotFound { wanted } => write!(f, "there is no webhook `{wanted}`"),
        Error::WebhookExists { name, holder } => {
            write!(f, "the webhook `{name}` exists already, with the id {holder}")
        }
        Error::TooManyWebhooks { limit } => write!(f, "there are {limit} webhooks, as many as there may be"),
        Error::DeliveryNotFound { wanted } => write!(f, "there is no delivery `{wanted}`"),
        Error::LeaseLost => f.write_str("another program has taken over the sending of webhooks"),
        Error::EmptyUpdate => f.write_str("the update names nothing to change"),
        Error::Bulk { failures, total } => {
            write!(
                f,
                "{} of {total} registrations were refused, so none was made",
                failures.len()
            )?;
            lines(failures, f)
        }
        Error::BulkStopped {
            registered,
            total,
            source,
        } => {
            write!(
                f,
                "the first {registered} of {total} registrations were made, and then "
            )?;
            match source.as_ref() {
                Error::Bulk { failures, .. } => {
                    write!(f, "{} were refused", failures.len())?;
                    lines(failures, f)
                }
                other => write!(f, "it stopped: {other}"),
            }
        }
        Error::RegistryMissing { location } => write!(f, "there is no registry at `{location}`"),
        Error::RegistryOutdated {
            location,
            found,
            needed,
        } => {
            write!(
                f,
                "`{location}` has schema version {found}; this program works with version {needed}"
            )
        }
        Error::OriginalRegistry { location } => {
            write!(
                f,
                "`{location}` was made by the original Python registry and is not upgraded yet"
            )
        }
        Error::RegistryNewer {
            location,
            found,
            needed,
        } => {
            write!(
                f,
                "`{location}` has schema version {found}, newer than the version {needed} that this program knows"
            )
        }
        Error::NotARegistry { location, found } => {
            write!(f, "`{location}` is not a model registry: {found}")
        }
        Error::RegistryNotEmpty { location } => write!(f, "the registry at `{location}` is not empty"),
        Error::MergeConflict { location, conflicts } => {
            write!(
                f,
                "{} version(s) at `{location}` have other contents:",
                conflicts.len()
            )?;
            let named = conflicts.iter().take(3);
            for (place, conflict) in named.enumerate() {
                let comma = if place == 0 { "" } else { ";" };
                write!(
                    f,
                    "{comma} `{}@{}` ({})",
                    conflict.name,
                    conflict.version,
                    conflict.fields.join(", ")
                )?;
            }
            f.write_str(if conflicts.len() > 3 { "; ..." } else { "" })
        }
        Error::CopyDiffers {
            location,
            expected,
            found,
        } => {
            write!(
                f,
                "the copy at `{location}` reads as {found} and should as {expected}"
            )
        }
        Error::BackendMissing { backend, .. } => {
            write!(f, "this program was built without {backend}")
        }
        Error::Unsupported {
            location, operation, ..
        } => write!(f, "{operation} is not made of `{location}` by this program"),
        Error::ReadOnly { location } => {
            write!(f, "`{location}` cannot be written: it is read-only")
        }
        Error::StorageFull { location } => write!(f, "`{location}` cannot grow: the disk is full"),
        Error::Busy { location } => write!(f, "`{location}` stayed locked by others for too long"),
        Error::Unreachable { location, problem } => write!(f, "`{location}` cannot be reached: {problem}"),
        Error::NotEncrypted { location } => {
            write!(
                f,
                "`{location}` cannot be trusted: it does not encrypt connections"
            )
        }
        Error::Untrusted { location, problem } => write!(f, "`{location}` cannot be trusted: {problem}"),
        Error::OutcomeUnknown { location, problem } => write!(
            f,
            "the connection to `{location}` was lost while a change was being committed, which may have happened: {problem}"
        ),
        Error::AccessDenied { location, problem } => write!(f, "`{location}` refuses this user: {problem}"),
        Error::TimedOut { location, action } => {
            write!(
                f,
                "could not {action} in the time that `{location}` allows for it"
            )
        }
        Error::Damaged { location, problem } => write!(f, "`{location}` is damaged: {problem}"),
        Error::StoredValue { row, field, problem } => {
            write!(f, "the stored `{field}` of {row} is bad: {problem}")
        }
        Error::FileExists { path } => write!(f, "`{path}` exists already"),
        Error::File { action, source } => write!(f, "could not {action}: {source}"),
        Error::Remote(error) => error.fmt(f),
        Error::Storage { action, source } => write!(f, "could not {action}: {source}"),
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one hint for each variant")]
pub(super) fn hint(error: &Error) -> String {
    match error {
        Error::Invalid(value) => value.kind().hint().into(),
        Error::Config(error) => error.hint().into(),
        Error::Search(_) => "`registry-cli help search` explains the language".into(),
        Error::CheckpointNotFound { .. } => {
            "check the path and the current folder, or pass --allow-missing for a checkpoint that lives elsewhere".into()
        }
        Error::CheckpointUnreadable { .. } => "check the permissions, or give the size with --model-size-mb".into(),
        Error::ModelExists { holder: Some(holder), .. } => {
            format!("it is id {}; let the registry choose the next version with --bump patch, or change it with update", holder.id)
        }
        Error::ModelExists { holder: None, .. } => "two lines of the request have this name and version".into(),
        // Neither a name nor a version has a colon there.
        Error::ModelNotFound { wanted } if wanted.starts_with(':') || wanted.contains("@:") => {
            "`registry-cli tags` shows who holds each tag now, `registry-cli history` who held it".into()
        }
        Error::ModelNotFound { .. } => "`registry-cli list --status all` shows every model".into(),
        Error::ParentNotFound { .. } => "register the parent first, or leave the parent out".into(),
        Error::ParentCycle { model, .. } => format!("`registry-cli lineage --model-id {}` shows the family", model.id),
        Error::ModelRetired { model, .. } => format!("bring it back first: registry-cli restore --model-id {}", model.id),
        Error::UnexpectedHolder { tag, .. } => {
            format!("someone else changed it; look with `registry-cli history --tag {}` and decide again", quoted(tag.as_str()))
        }
        Error::RevisionChanged { .. } | Error::WebhookChanged { .. } => "someone else changed it; read it again and decide again".into(),
        Error::TagNotHeld { model, .. } => format!("`registry-cli get --model-id {}` shows its tags", model.id),
        Error::Rollback { tag, obstacle } => match obstacle {
            RollbackObstacle::PreviousRetired(model) => {
                format!("restore it first: registry-cli restore --model-id {}; or promote another model", model.id)
            }
            RollbackObstacle::SeveralNames(_) => "say which with --name".into(),
            _ => format!("`registry-cli history --tag {}` shows who held it; promote one of them by name", quoted(tag.as_str())),
        },
        Error::ModelInUse { .. } => {
            "retire it instead, or delete it with --force: its tags go with it and its children lose their parent".into()
        }
        Error::ExportNotFound { model, .. } => format!("`registry-cli exports list --model-id {}` shows its exports", model.id),
        Error::IdempotencyKeyReused { .. } => {
            "nothing was changed; take a new key for each request, and the same one only to send the same request again".into()
        }
        Error::NumbersExhausted { .. } => {
            "nothing was changed; a number so high came with a copy: `registry-cli copy --merge` into a new registry brings the \
             rest along"
                .into()
        }
        Error::WebhookNotFound { .. } => "the list of webhooks shows every one with its id".into(),
        Error::WebhookExists { .. } => "take another name, or change the one that exists".into(),
        Error::TooManyWebhooks { .. } => "delete one that is not needed; one receiver can be told of many kinds of events".into(),
        Error::DeliveryNotFound { .. } => {
            "the deliveries of a webhook show their ids; those that are finished are forgotten after some time".into()
        }
        Error::LeaseLost => "nothing was changed; the other program goes on".into(),
        Error::EmptyUpdate => "name at least one field, such as --metrics or --notes".into(),
        Error::Bulk { .. } => "mend the lines named above and send the whole file again".into(),
        Error::BulkStopped { source, .. } => match source.as_ref() {
            Error::Bulk { .. } => "mend the lines named above and send the file without those that were registered".into(),
            other => format!("send the file again without those that were registered; {}", hint(other)),
        },
        Error::RegistryMissing { location } if location.starts_with("postgres:") => {
            "check --db and REGISTRY_DB, and that the database exists (`createdb` makes one); `registry-cli register` or \
             `registry-cli migrate` sets up a registry in it"
                .into()
        }
        Error::RegistryMissing { .. } => {
            "check --db and REGISTRY_DB; `registry-cli register` or `registry-cli migrate` creates a registry".into()
        }
        Error::RegistryOutdated { location, .. } if location.starts_with("postgres:") => {
            format!("make a backup with `pg_dump`, then upgrade it: registry-cli migrate --db {}", quoted(location))
        }
        Error::RegistryOutdated { location, .. } | Error::OriginalRegistry { location } => {
            format!("upgrade it (a backup is made first): registry-cli migrate --db {}", quoted(location))
        }
        Error::RegistryNewer { .. } => "install the newer release of this program".into(),
        Error::NotARegistry { location, .. } if location.starts_with("postgres:") => {
            "check --db and REGISTRY_DB; a registry needs a database or a schema (`?schema=NAME`) of its own; nothing was changed"
                .into()
        }
        Error::NotARegistry { .. } => "check --db and REGISTRY_DB; the file was not changed".into(),
        Error::RegistryNotEmpty { .. } => "name an empty one: a new file, a new database, or another schema (`?schema=NAME`); nothing was changed".into(),
        Error::CopyDiffers { .. } => "nothing was kept of it; run `registry-cli doctor` on the original, and try again".into(),
        Error::MergeConflict { .. } => "`--keep-existing` leaves them as they are and merges the rest; with `--dry-run` it lists them all".into(),
        Error::BackendMissing { feature, .. } => {
            format!("build it with the feature: cargo install --path crates/registry-cli --features {feature}")
        }
        Error::Unsupported { instead, .. } => (*instead).into(),
        Error::ReadOnly { .. } => "check the permissions of the file and of its folder; of a database, whether it is a replica or set to be read only".into(),
        Error::StorageFull { .. } => "free some space and try again; nothing was changed".into(),
        Error::Busy { .. } => "try again; if it stays so, look for a process that holds a transaction open".into(),
        Error::Unreachable { .. } => "check the address, and that the server runs and has connections left; nothing was changed".into(),
        Error::OutcomeUnknown { .. } => "look with `registry-cli history` whether it happened before you try again; a write with an --idempotency-key can be \
             sent again as it is".into(),
        Error::NotEncrypted { location } => {
            let host = location.trim_start_matches("https://");
            format!(
                "the server at {host} speaks plain HTTP; use `http://{host}` where nobody else is on the network, or have \
                 the server use TLS"
            )
        }
        Error::Untrusted { location, .. } if location.starts_with("https:") => {
            "name the host as its certificate does; an authority of your own is trusted when SSL_CERT_FILE names the file \
             with its certificate, or when it is in the system's store"
                .into()
        }
        Error::Untrusted { .. } => "name the host as its certificate does, and with `sslrootcert=FILE` the authority that signed it; where nobody else is on the network, `sslmode=disable` does without".into(),
        Error::AccessDenied { .. } => "check the user, the password (PGPASSWORD or PGPASSFILE) and what the user was granted".into(),
        Error::TimedOut { .. } => "try again; if it stays so, look for a transaction that others hold open".into(),
        Error::Damaged { location, .. } if location.starts_with("postgres:") => {
            "run `registry-cli doctor` and `registry-cli migrate --status`; restore the latest backup into another database and \
             compare"
                .into()
        }
        Error::Damaged { .. } => "keep the file, run `registry-cli doctor`, and restore the latest backup".into(),
        Error::StoredValue { .. } => "run `registry-cli doctor`; someone may have written to the registry by other means".into(),
        Error::FileExists { .. } => "choose another name; existing files are never overwritten".into(),
        Error::File { .. } => "check the path and its permissions".into(),
        Error::Remote(error) => error.hint.clone(),
        Error::Storage { .. } => "nothing was changed; try again, and run `registry-cli doctor` if it happens again".into(),
    }
}

fn lines(failures: &[LineError], f: &mut Formatter<'_>) -> Result {
    failures
        .iter()
        .try_for_each(|failure| write!(f, "\n  line {}: {}", failure.line, failure.error))
}

fn who(model: Option<&ModelRef>) -> String {
    model.map_or_else(|| "nobody".into(), ToString::to_string)
}

fn join<T: std::fmt::Display>(items: &[T]) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// A text as one shell word.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,%@".contains(c);
    if text.chars().all(plain) {
        text.into()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests;
