//! Errors as RFC 9457 problems, with the registry's codes.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use registry_core::{Category, Error, ErrorDocument, ErrorFields, InvalidValue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What went wrong, before it is told.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    message: String,
    hint: String,
    error: Option<ErrorFields>,
    lines: Vec<ProblemLine>,
    /// What only the log is told.
    private: Option<String>,
    retry_after: Option<u64>,
}

/// A problem that a page tells by itself, such as a form that is shown again: the outermost layer counts and logs it, and
/// leaves the page as it is.
#[derive(Debug, Clone)]
pub(crate) struct Told(pub(crate) Problem);

/// A problem as it is told (RFC 9457, `application/problem+json`).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProblemDocument {
    /// A URN that ends in the code.
    pub r#type: String,
    /// The code in words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What is wrong, for people.
    pub detail: String,
    /// The stable code, for programs.
    pub code: String,
    /// What to do next.
    pub hint: String,
    /// The id of the request, as in the server's log.
    pub request_id: String,
    /// What else the error holds, under the names that it has in the library; `kind` says which error it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub error: Option<ErrorFields>,
    /// Of a bulk registration: every refused line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ProblemLine>,
}

/// A refused line of a bulk registration.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProblemLine {
    /// Which line, counted from 1.
    pub line: usize,
    /// The stable code.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// What else the error holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub error: Option<ErrorFields>,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            hint: hint.into(),
            error: None,
            lines: Vec::new(),
            private: None,
            retry_after: None,
        }
    }

    /// A request that cannot be read.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad_request",
            message,
            "`/api/v1/openapi.json` describes every request",
        )
    }

    /// A body that is not read to its end, or not at all.
    pub(crate) fn body_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "the body is larger than this server takes",
            "send less at a time",
        )
    }

    /// A caller who may not do this.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            message,
            "ask an admin of the registry for a token that may do this",
        )
    }

    /// With the seconds after which to try again.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// With what only the log is told.
    pub(crate) fn private(mut self, cause: impl Into<String>) -> Self {
        self.private = Some(cause.into());
        self
    }

    /// With another advice.
    pub(crate) fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.private.as_deref()
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong, for people.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What to do next.
    pub(crate) fn hint(&self) -> &str {
        &self.hint
    }

    /// The problem as an answer.
    pub(crate) fn render(self, request_id: &str) -> Response {
        let document = ProblemDocument {
            r#type: format!("urn:model-registry:problem:{}", self.code),
            title: self.code.replace('_', " "),
            status: self.status.as_u16(),
            detail: self.message,
            code: self.code.into_owned(),
            hint: self.hint,
            request_id: request_id.to_owned(),
            error: self.error,
            lines: self.lines,
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"model registry\""),
            );
        }
        let unavailable = (self.status == StatusCode::SERVICE_UNAVAILABLE).then_some(1);
        if let Some(seconds) = self.retry_after.or(unavailable) {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Leaves the rendering to the outermost layer, which knows the id of the request.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = status(&error);
        if error.category() == Category::Failure {
            return Self::failure(&error, status);
        }
        let told = ErrorDocument::from(&error);
        let mut problem = Self::new(status, told.code, told.message, told.hint);
        problem.error = told.error;
        let lines = told.lines.into_iter().map(|line| ProblemLine {
            line: line.line,
            code: line.code,
            message: line.message,
            hint: line.hint,
            error: line.error,
        });
        problem.lines = lines.collect();
        problem
    }
}

impl Problem {
    /// What broke on the server is no concern of its callers: they get the code, the log gets the rest.
    fn failure(error: &Error, status: StatusCode) -> Self {
        let (message, hint) = match error {
            Error::OutcomeUnknown { .. } => (
                "the connection to the database was lost while a change was being committed, which may have happened",
                "send it again as it is if it had an `Idempotency-Key`, or look at the history whether it happened",
            ),
            Error::Busy { .. } | Error::TimedOut { .. } | Error::Unreachable { .. } => (
                "the database did not answer in time; nothing was changed",
                "try again in a moment",
            ),
            Error::StorageFull { .. } => (
                "the disk of the server is full; nothing was changed",
                "tell who runs the server",
            ),
            _ => (
                "the server could not do this",
                "tell who runs the server the id of this request: its log says more",
            ),
        };
        Self::new(status, error.code().to_owned(), message, hint).private(error.to_string())
    }
}

impl From<InvalidValue> for Problem {
    fn from(error: InvalidValue) -> Self {
        Error::from(error).into()
    }
}

impl From<registry_core::search::SearchError> for Problem {
    fn from(error: registry_core::search::SearchError) -> Self {
        Error::from(error).into()
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        // A parent is named in the body of a request whose own resource is there; a key as the draft of its header has it.
        Error::ParentNotFound { .. } | Error::IdempotencyKeyReused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Error::RevisionChanged { .. } | Error::WebhookChanged { .. } => StatusCode::PRECONDITION_FAILED,
        Error::Busy { .. } | Error::TimedOut { .. } | Error::Unreachable { .. } => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::OutcomeUnknown { .. } => StatusCode::GATEWAY_TIMEOUT,
        Error::StorageFull { .. } => StatusCode::INSUFFICIENT_STORAGE,
        error => match error.category() {
            Category::Failure => StatusCode::INTERNAL_SERVER_ERROR,
            Category::Usage => StatusCode::BAD_REQUEST,
            Category::NotFound => StatusCode::NOT_FOUND,
            Category::Conflict => StatusCode::CONFLICT,
        },
    }
}
