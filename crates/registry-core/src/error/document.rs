//! Errors as one program tells them to another: code, sentence and hint, and what else the error holds, so that the
//! other has the same [`Error`]. What broke (a disk, a file) is told without its details.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Category, Error, InvalidValue, RemoteError, RollbackObstacle, ValueKind};
use crate::bulk::LineError;
use crate::idempotency::IdempotencyKey;
use crate::identifier::{ModelRef, WebhookId};
use crate::revision::Revision;
use crate::search::{Place, SearchError};
use crate::text::{ExportFormat, ModelName, TagName, WebhookName};
use crate::timestamp::Timestamp;
use crate::version::Version;

/// An error as it travels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorDocument {
    /// The stable code.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// What the error holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorFields>,
    /// Of a bulk registration: every refused line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineDocument>,
}

/// A refused line of a bulk registration, as it travels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineDocument {
    /// Which line, counted from 1.
    pub line: usize,
    /// The stable code.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// What the error holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorFields>,
}

/// What an error holds, under the names of its fields. Opaque to everyone but [`ErrorDocument`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorFields(Box<Fields>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Fields {
    Invalid {
        value_kind: ValueKind,
        value: String,
        problem: String,
    },
    Search {
        problem: String,
        place: Option<Place>,
        expected: Option<String>,
        suggestion: Option<String>,
    },
    ModelExists {
        name: ModelName,
        version: Version,
        holder: Option<ModelRef>,
    },
    ModelNotFound {
        wanted: String,
    },
    ParentNotFound {
        wanted: String,
    },
    ParentCycle {
        model: ModelRef,
        parent: ModelRef,
    },
    ModelRetired {
        model: ModelRef,
        tag: TagName,
    },
    UnexpectedHolder {
        tag: TagName,
        expected: Option<ModelRef>,
        holder: Option<ModelRef>,
    },
    RevisionChanged {
        model: ModelRef,
        revision: Revision,
    },
    WebhookChanged {
        webhook: WebhookId,
        revision: Revision,
    },
    TagNotHeld {
        model: ModelRef,
        tag: TagName,
    },
    Rollback {
        tag: TagName,
        obstacle: RollbackObstacle,
    },
    ModelInUse {
        model: ModelRef,
        tags: Vec<TagName>,
        children: Vec<ModelRef>,
    },
    ExportNotFound {
        model: ModelRef,
        format: ExportFormat,
        path: Option<String>,
    },
    IdempotencyKeyReused {
        key: IdempotencyKey,
        at: Timestamp,
    },
    NumbersExhausted {
        of: String,
    },
    WebhookNotFound {
        wanted: String,
    },
    WebhookExists {
        name: WebhookName,
        holder: WebhookId,
    },
    TooManyWebhooks {
        limit: usize,
    },
    DeliveryNotFound {
        wanted: String,
    },
    LeaseLost,
    EmptyUpdate,
    /// Its failures are the lines of the document.
    Bulk {
        total: usize,
    },
    BulkStopped {
        registered: usize,
        total: usize,
        source: Box<ErrorDocument>,
    },
}

impl From<&Error> for ErrorDocument {
    fn from(error: &Error) -> Self {
        let lines = match error {
            Error::Bulk { failures, .. } => failures.iter().map(LineDocument::from).collect(),
            _ => Vec::new(),
        };
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            hint: error.hint(),
            error: Fields::of(error).map(|fields| ErrorFields(Box::new(fields))),
            lines,
        }
    }
}

impl From<&LineError> for LineDocument {
    fn from(line: &LineError) -> Self {
        let error = ErrorDocument::from(line.error.as_ref());
        Self {
            line: line.line,
            code: error.code,
            message: error.message,
            hint: error.hint,
            error: error.error,
        }
    }
}

impl ErrorDocument {
    /// The error that it tells of. `location`: where the program is that told it; `category`: that of an error which
    /// has no variant here.
    pub fn into_error(self, location: &str, category: Category) -> Error {
        let Self {
            code,
            message,
            hint,
            error,
            lines,
        } = self;
        let location = || location.to_owned();
        if let Some(ErrorFields(fields)) = error {
            return fields.into_error(lines, &location(), category);
        }
        match code.as_str() {
            "read_only" => Error::ReadOnly { location: location() },
            "storage_full" => Error::StorageFull { location: location() },
            "busy" => Error::Busy { location: location() },
            "unreachable" => Error::Unreachable {
                location: location(),
                problem: message,
            },
            "outcome_unknown" => Error::OutcomeUnknown {
                location: location(),
                problem: message,
            },
            "timed_out" => Error::TimedOut {
                location: location(),
                action: "do this".into(),
            },
            _ => Error::Remote(Box::new(RemoteError {
                code,
                message,
                hint,
                category,
            })),
        }
    }
}

impl LineDocument {
    fn into_error(self, location: &str) -> LineError {
        let document = ErrorDocument {
            code: self.code,
            message: self.message,
            hint: self.hint,
            error: self.error,
            lines: Vec::new(),
        };
        LineError::new(self.line, document.into_error(location, Category::Usage))
    }
}

impl Fields {
    fn of(error: &Error) -> Option<Self> {
        Some(match error {
            Error::Invalid(value) => Self::Invalid {
                value_kind: value.kind(),
                value: value.value().to_owned(),
                problem: value.problem().to_owned(),
            },
            Error::Search(error) => Self::Search {
                problem: error.problem().to_string(),
                place: error.place().cloned(),
                expected: error.expected().map(str::to_owned),
                suggestion: error.suggestion().map(str::to_owned),
            },
            Error::ModelExists {
                name,
                version,
                holder,
            } => Self::ModelExists {
                name: name.clone(),
                version: version.clone(),
                holder: holder.clone(),
            },
            Error::ModelNotFound { wanted } => Self::ModelNotFound {
                wanted: wanted.clone(),
            },
            Error::ParentNotFound { wanted } => Self::ParentNotFound {
                wanted: wanted.clone(),
            },
            Error::ParentCycle { model, parent } => Self::ParentCycle {
                model: model.clone(),
                parent: parent.clone(),
            },
            Error::ModelRetired { model, tag } => Self::ModelRetired {
                model: model.clone(),
                tag: tag.clone(),
            },
            Error::UnexpectedHolder {
                tag,
                expected,
                holder,
            } => Self::UnexpectedHolder {
                tag: tag.clone(),
                expected: expected.clone(),
                holder: holder.clone(),
            },
            Error::RevisionChanged { model, revision } => Self::RevisionChanged {
                model: model.clone(),
                revision: *revision,
            },
            Error::TagNotHeld { model, tag } => Self::TagNotHeld {
                model: model.clone(),
                tag: tag.clone(),
            },
            Error::Rollback { tag, obstacle } => Self::Rollback {
                tag: tag.clone(),
                obstacle: obstacle.clone(),
            },
            Error::ModelInUse {
                model,
                tags,
                children,
            } => Self::ModelInUse {
                model: model.clone(),
                tags: tags.clone(),
                children: children.clone(),
            },
            Error::ExportNotFound { model, format, path } => Self::ExportNotFound {
                model: model.clone(),
                format: format.clone(),
                path: path.clone(),
            },
            Error::IdempotencyKeyReused { key, at } => Self::IdempotencyKeyReused {
                key: key.clone(),
                at: *at,
            },
            Error::NumbersExhausted { of } => Self::NumbersExhausted { of: of.clone() },
            Error::EmptyUpdate => Self::EmptyUpdate,
            Error::Bulk { total, .. } => Self::Bulk { total: *total },
            Error::BulkStopped {
                registered,
                total,
                source,
            } => Self::BulkStopped {
                registered: *registered,
                total: *total,
                source: Box::new(ErrorDocument::from(source.as_ref())),
            },
            error => return Self::of_webhooks(error),
        })
    }

    /// Those about webhooks.
    fn of_webhooks(error: &Error) -> Option<Self> {
        Some(match error {
            Error::WebhookNotFound { wanted } => Self::WebhookNotFound {
                wanted: wanted.clone(),
            },
            Error::WebhookChanged { webhook, revision } => Self::WebhookChanged {
                webhook: *webhook,
                revision: *revision,
            },
            Error::WebhookExists { name, holder } => Self::WebhookExists {
                name: name.clone(),
                holder: *holder,
            },
            Error::TooManyWebhooks { limit } => Self::TooManyWebhooks { limit: *limit },
            Error::DeliveryNotFound { wanted } => Self::DeliveryNotFound {
                wanted: wanted.clone(),
            },
            Error::LeaseLost => Self::LeaseLost,
            _ => return None,
        })
    }

    fn into_error(self, lines: Vec<LineDocument>, location: &str, category: Category) -> Error {
        match self {
            Self::Invalid {
                value_kind,
                value,
                problem,
            } => InvalidValue::new(value_kind, value, Cow::Owned(problem)).into(),
            Self::Search {
                problem,
                place,
                expected,
                suggestion,
            } => SearchError::told(problem, place, expected, suggestion).into(),
            Self::ModelExists {
                name,
                version,
                holder,
            } => Error::ModelExists {
                name,
                version,
                holder,
            },
            Self::ModelNotFound { wanted } => Error::ModelNotFound { wanted },
            Self::ParentNotFound { wanted } => Error::ParentNotFound { wanted },
            Self::ParentCycle { model, parent } => Error::ParentCycle { model, parent },
            Self::ModelRetired { model, tag } => Error::ModelRetired { model, tag },
            Self::UnexpectedHolder {
                tag,
                expected,
                holder,
            } => Error::UnexpectedHolder {
                tag,
                expected,
                holder,
            },
            Self::RevisionChanged { model, revision } => Error::RevisionChanged { model, revision },
            Self::WebhookChanged { webhook, revision } => Error::WebhookChanged { webhook, revision },
            Self::TagNotHeld { model, tag } => Error::TagNotHeld { model, tag },
            Self::Rollback { tag, obstacle } => Error::Rollback { tag, obstacle },
            Self::ModelInUse {
                model,
                tags,
                children,
            } => Error::ModelInUse {
                model,
                tags,
                children,
            },
            Self::ExportNotFound { model, format, path } => Error::ExportNotFound { model, format, path },
            Self::IdempotencyKeyReused { key, at } => Error::IdempotencyKeyReused { key, at },
            Self::NumbersExhausted { of } => Error::NumbersExhausted { of },
            Self::WebhookNotFound { wanted } => Error::WebhookNotFound { wanted },
            Self::WebhookExists { name, holder } => Error::WebhookExists { name, holder },
            Self::TooManyWebhooks { limit } => Error::TooManyWebhooks { limit },
            Self::DeliveryNotFound { wanted } => Error::DeliveryNotFound { wanted },
            Self::LeaseLost => Error::LeaseLost,
            Self::EmptyUpdate => Error::EmptyUpdate,
            Self::Bulk { total } => Error::Bulk {
                failures: lines.into_iter().map(|line| line.into_error(location)).collect(),
                total,
            },
            Self::BulkStopped {
                registered,
                total,
                source,
            } => Error::BulkStopped {
                registered,
                total,
                source: Box::new(source.into_error(location, category)),
            },
        }
    }
}

#[cfg(test)]
mod tests;
