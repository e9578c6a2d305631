//! PostgreSQL's failures by what they mean. The only place that knows SQLSTATE codes.
//!
//! Nothing here repeats an address as it was given: it may hold a password.

use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;

use registry_core::Error;

use crate::{pooler, tls};

/// The constraints that guard what locks guard as well. One that is broken means that others were faster, by a way
/// around the locks or by a delete of what a foreign key names: the operation decides again.
const RACED: &[&str] = &[
    "models_pkey",
    "models_name_version_key",
    "models_name_ordinal_key",
    "models_parent_model_id_fkey",
    "model_tags_model_id_fkey",
    "model_exports_model_id_fkey",
    "events_pkey",
    "idempotency_keys_pkey",
];

/// An error that several are told.
pub(crate) type SharedError = Arc<sqlx::Error>;

/// The error of a registry at `location` while it did `action`.
pub(crate) fn meaning(location: &str, action: &str, error: impl Into<SharedError>) -> Error {
    let error = error.into();
    let location = location.to_owned();
    let code = code(&error);
    let Some(code) = code.as_deref() else {
        return without_code(location, action, error);
    };
    let problem = || message(&error);
    match code {
        // serialization_failure, deadlock_detected
        "40001" | "40P01" => conflict(action, error),
        // unique_violation, foreign_key_violation
        "23505" | "23503" if is_raced(&error) => conflict(action, error),
        // lock_not_available
        "55P03" => Error::Busy { location },
        // query_canceled, idle_in_transaction_session_timeout, idle_session_timeout
        "57014" | "25P03" | "57P05" => Error::TimedOut {
            location,
            action: action.to_owned(),
        },
        // too_many_connections, cannot_connect_now; the server goes down or went down
        "53300" | "57P03" | "57P01" | "57P02" => Error::Unreachable {
            problem: problem(),
            location,
        },
        // insufficient_privilege
        "42501" => Error::AccessDenied {
            problem: problem(),
            location,
        },
        // invalid_catalog_name, invalid_schema_name
        "3D000" | "3F000" => Error::RegistryMissing { location },
        // sequence_generator_limit_exceeded
        "2200H" => Error::NumbersExhausted {
            of: if problem().contains("model_ids") {
                "models"
            } else {
                "events"
            }
            .into(),
        },
        // read_only_sql_transaction
        "25006" => Error::ReadOnly { location },
        // disk_full
        "53100" => Error::StorageFull { location },
        // data_corrupted, index_corrupted; undefined_table, undefined_column: they were there when the registry was opened
        "XX001" | "XX002" | "42P01" | "42703" => Error::Damaged {
            problem: problem(),
            location,
        },
        // duplicate_prepared_statement, invalid_sql_statement_name: somebody else is in the same session
        "42P05" | "26000" => Error::Unreachable {
            problem: format!("{}; {}", problem(), pooler::ADVICE),
            location,
        },
        _ => match &code[..2] {
            "08" => Error::Unreachable {
                problem: match problem() {
                    problem if problem.starts_with("unsupported startup parameter") => {
                        format!("{problem}; {}", pooler::ADVICE)
                    }
                    problem => problem,
                },
                location,
            },
            "28" => Error::AccessDenied {
                problem: problem(),
                location,
            },
            _ => other(action, error),
        },
    }
}

/// The error of a commit. When the connection was lost after the commit was sent, nobody knows whether it happened; nor
/// when what came back could not be read.
pub(crate) fn of_commit(location: &str, error: sqlx::Error) -> Error {
    let answered = error.as_database_error().is_some();
    match meaning(location, "commit", error) {
        Error::Unreachable { location, problem } => Error::OutcomeUnknown { location, problem },
        Error::Untrusted { location, problem } | Error::AccessDenied { location, problem } if !answered => {
            Error::OutcomeUnknown { location, problem }
        }
        other => other,
    }
}

/// Whether the operation failed for no fault of its own and may succeed when it is done again.
pub(crate) fn is_conflict(error: &Error) -> bool {
    matches!(error, Error::Storage { source, .. } if source.is::<Conflict>())
}

/// Whether others kept a lock for longer than it was waited for.
pub(crate) fn is_locked(error: &sqlx::Error) -> bool {
    // lock_not_available
    code(error).is_some_and(|code| code == "55P03")
}

/// Whether the connection turned out to be dead, as after the server was started anew: another may do.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::BrokenPipe
                | ErrorKind::ConnectionAborted
                | ErrorKind::ConnectionReset
                | ErrorKind::NotConnected
                | ErrorKind::UnexpectedEof
        ),
        // admin_shutdown, crash_shutdown
        error => code(error).is_some_and(|code| matches!(code.as_str(), "57P01" | "57P02")),
    }
}

/// Others were in the way.
#[derive(Debug)]
struct Conflict(SharedError);

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "others changed the same: {}", message(&self.0))
    }
}

impl std::error::Error for Conflict {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

fn conflict(action: &str, error: SharedError) -> Error {
    Error::Storage {
        action: action.to_owned(),
        source: Conflict(error).into(),
    }
}

fn is_raced(error: &sqlx::Error) -> bool {
    let constraint = error.as_database_error().and_then(|error| error.constraint());
    constraint.is_some_and(|constraint| RACED.contains(&constraint))
}

fn without_code(location: String, action: &str, error: SharedError) -> Error {
    if let Some(error) = tls::meaning(&location, &error) {
        return error;
    }
    match &*error {
        sqlx::Error::PoolTimedOut => Error::Busy { location },
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolClosed => Error::Unreachable {
            problem: error.to_string(),
            location,
        },
        _ => other(action, error),
    }
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

fn message(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

fn other(action: &str, error: SharedError) -> Error {
    Error::Storage {
        action: action.to_owned(),
        source: error.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use rustls::{AlertDescription, Error as TlsError};

    use super::*;

    #[test]
    fn of_a_commit_that_is_not_answered_nobody_knows() {
        let broken = |error: TlsError| sqlx::Error::Io(io::Error::new(ErrorKind::InvalidData, error));
        for (error, code) in [
            (broken(TlsError::DecryptError), "untrusted"),
            (
                broken(TlsError::AlertReceived(AlertDescription::AccessDenied)),
                "access_denied",
            ),
            (
                broken(TlsError::AlertReceived(AlertDescription::BadRecordMac)),
                "unreachable",
            ),
            (sqlx::Error::Io(ErrorKind::TimedOut.into()), "unreachable"),
            (sqlx::Error::Protocol("?".into()), "unreachable"),
        ] {
            let text = error.to_string();
            let again = match &error {
                sqlx::Error::Io(error) => match error.get_ref().and_then(|error| error.downcast_ref()) {
                    Some(error) => broken(TlsError::clone(error)),
                    None => sqlx::Error::Io(error.kind().into()),
                },
                _ => sqlx::Error::Protocol("?".into()),
            };
            assert_eq!(meaning("db", "read", error).code(), code, "{text}");
            assert_eq!(of_commit("db", again).code(), "outcome_unknown", "{text}");
        }
    }
}
