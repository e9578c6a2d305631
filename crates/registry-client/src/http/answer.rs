//! What an answer means: a document, a problem (RFC 9457) that is the registry's own error again, or something that no
//! registry server says.

use std::error::Error as _;
use std::time::Duration;

use registry_core::{Category, Error, ErrorDocument, ErrorFields, LineDocument};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;

use super::Call;

/// The header of an answer to an earlier write.
const REPLAYED: &str = "idempotency-replayed";

/// Why there is no document.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: Error,
    /// What is known of what the server did.
    fate: Fate,
    /// How long the server asks to wait.
    pub(super) wait: Option<Duration>,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The server was not reached.
    Unsent,
    /// The line broke, or something in between had no answer.
    Unknown,
    /// The server was asked and could not do it now.
    Later,
    /// The server has said no.
    Refused,
}

impl Failed {
    /// A read may be tried as often as one likes, and so may a write that is made once however often it is sent; any
    /// other write only when the server never saw it.
    pub(super) fn may_be_tried_again(&self, call: &Call) -> bool {
        match self.fate {
            Fate::Unsent => true,
            Fate::Unknown | Fate::Later => !call.is_write || call.is_known,
            Fate::Refused => false,
        }
    }
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
    #[serde(default)]
    hint: String,
    #[serde(default)]
    error: Option<ErrorFields>,
    #[serde(default)]
    lines: Vec<LineDocument>,
}

/// A good answer.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(super) body: Vec<u8>,
    /// Whether it is the answer to an earlier write under the same key.
    pub(super) replayed: bool,
}

/// The good answer, or why it is none.
pub(super) async fn read(call: &Call, location: &str, response: Response) -> Result<Answered, Failed> {
    let status = response.status();
    let replayed = response.headers().contains_key(REPLAYED);
    let kind = response.headers().get(CONTENT_TYPE);
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let wait = response.headers().get(RETRY_AFTER);
    let wait = wait
        .and_then(|wait| wait.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    let body = response
        .bytes()
        .await
        .map_err(|error| lost(call, location, &error))?;
    if status.is_success() && kind.starts_with("application/json") {
        return Ok(Answered {
            body: body.into(),
            replayed,
        });
    }
    let problem = kind
        .starts_with("application/problem+json")
        .then(|| serde_json::from_slice::<Problem>(&body).ok())
        .flatten();
    Err(match problem {
        Some(problem) => refused(call, location, status, problem, wait),
        None => strange(call, location, status, &kind, wait),
    })
}

fn refused(
    call: &Call,
    location: &str,
    status: StatusCode,
    problem: Problem,
    wait: Option<Duration>,
) -> Failed {
    let fate = match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Fate::Later,
        StatusCode::GATEWAY_TIMEOUT if call.is_write => Fate::Unknown,
        _ => Fate::Refused,
    };
    let code = problem.code;
    let error = match code.as_str() {
        "request_timeout" if call.is_write => Error::OutcomeUnknown {
            location: location.to_owned(),
            problem: problem.detail,
        },
        "request_timeout" => Error::TimedOut {
            location: location.to_owned(),
            action: "read this".into(),
        },
        _ => {
            let hint = if status == StatusCode::UNAUTHORIZED {
                "`registry-cli login` keeps a token for this server; REGISTRY_TOKEN and REGISTRY_TOKEN_FILE give one for \
                 a while"
                    .to_owned()
            } else {
                problem.hint
            };
            let document = ErrorDocument {
                code,
                message: problem.detail,
                hint,
                error: problem.error,
                lines: problem.lines,
            };
            document.into_error(location, category(status))
        }
    };
    Failed { error, fate, wait }
}

/// The class of an error that has no variant here.
fn category(status: StatusCode) -> Category {
    match status {
        StatusCode::BAD_REQUEST
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::URI_TOO_LONG
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => Category::Usage,
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => Category::Conflict,
        _ => Category::Failure,
    }
}

/// An answer that no registry server gives: of a proxy, or of another program.
fn strange(call: &Call, location: &str, status: StatusCode, kind: &str, wait: Option<Duration>) -> Failed {
    let location = location.to_owned();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        let problem = format!("something in between answered {status}");
        let error = if call.is_write {
            Error::OutcomeUnknown { location, problem }
        } else {
            Error::Unreachable { location, problem }
        };
        let fate = Fate::Unknown;
        return Failed { error, fate, wait };
    }
    let kind = if kind.is_empty() { "no type" } else { kind };
    let kind: String = kind.chars().filter(|c| !c.is_control()).take(80).collect();
    let error = Error::NotARegistry {
        location,
        found: format!("it answers {status} and {kind}, as no registry server does"),
    };
    Failed {
        error,
        fate: Fate::Refused,
        wait: None,
    }
}

/// No answer, or not all of it.
pub(super) fn lost(call: &Call, location: &str, error: &reqwest::Error) -> Failed {
    let location = location.to_owned();
    // Once the request was on its way, what went wrong with TLS says nothing about what became of it.
    if error.is_connect()
        && let Some(error) = super::tls::distrust(error, &location)
    {
        return Failed {
            error,
            fate: Fate::Refused,
            wait: None,
        };
    }
    let problem = innermost(error);
    if error.is_connect() || error.is_builder() {
        return Failed {
            error: Error::Unreachable { location, problem },
            fate: Fate::Unsent,
            wait: None,
        };
    }
    let error = match (call.is_write, error.is_timeout()) {
        (true, _) => Error::OutcomeUnknown { location, problem },
        (false, true) => Error::TimedOut {
            location,
            action: "read this".into(),
        },
        (false, false) => Error::Unreachable { location, problem },
    };
    Failed {
        error,
        fate: Fate::Unknown,
        wait: None,
    }
}

/// The answer of a registry that this program does not understand.
pub(super) fn unreadable(call: &Call, location: &str, error: &serde_json::Error) -> Error {
    let location = location.to_owned();
    if call.is_write {
        return Error::OutcomeUnknown {
            location,
            problem: format!("its answer cannot be read: {error}"),
        };
    }
    Error::NotARegistry {
        location,
        found: format!("its answer cannot be read: {error}; it may be of another version"),
    }
}

/// What the system said. The sentences around it repeat the address with all its parameters.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(std::error::Error::source) {
        cause = Some(deeper);
    }
    match cause {
        Some(cause) => cause.to_string(),
        None if error.is_timeout() => "there was no answer in time".into(),
        None => "the request could not be sent".into(),
    }
}
