//! The one error of the registry: a stable code, a sentence for a person, and what to do next.

mod document;
mod invalid;
mod remote;
mod text;

pub use document::{ErrorDocument, ErrorFields, LineDocument};
pub use invalid::{InvalidValue, ValueKind};
pub use remote::RemoteError;

use crate::config_hash::ConfigHashError;
use crate::copy::merge::Conflict;
use crate::idempotency::IdempotencyKey;
use crate::identifier::{ModelRef, WebhookId};
use crate::revision::Revision;
use crate::search::SearchError;
use crate::text::{ExportFormat, ModelName, TagName, WebhookName};
use crate::timestamp::Timestamp;
use crate::version::Version;

/// The result of every registry operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The four classes of failure; the command line maps them to its exit status, a server to its status codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Something broke: disk, database, file. Exit 1.
    Failure,
    /// The request itself is wrong. Exit 2.
    Usage,
    /// What was asked for does not exist. Exit 3.
    NotFound,
    /// The request contradicts what the registry holds. Exit 4.
    Conflict,
}

/// Why a rollback cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollbackObstacle {
    /// Nobody holds the tag now.
    NoHolder,
    /// The holder got the tag as a label, not by promotion.
    Labelled(ModelRef),
    /// The holder is the first that was ever promoted.
    NoPrevious(ModelRef),
    /// The holder before was deleted.
    PreviousDeleted(ModelRef),
    /// The holder before is retired.
    PreviousRetired(ModelRef),
    /// Models of several names hold the tag by promotion, and the rollback doesn't say which name.
    SeveralNames(Vec<ModelRef>),
}

/// Everything that can go wrong, one variant for each cause.
///
/// [`code`](Error::code) is stable and meant for programs; `Display` is the sentence for people;
/// [`hint`](Error::hint) says what to do next.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A value breaks its rule.
    Invalid(InvalidValue),
    /// A model configuration cannot be hashed.
    Config(ConfigHashError),
    /// A search cannot be understood.
    Search(SearchError),
    /// The checkpoint file or folder does not exist.
    CheckpointNotFound {
        /// The path as it was given.
        path: String,
    },
    /// The checkpoint exists but its size cannot be read.
    CheckpointUnreadable {
        /// The path as it was given.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// This name and version are registered already.
    ModelExists {
        /// The name.
        name: ModelName,
        /// The version.
        version: Version,
        /// The model that has them, unless it is in the same bulk request.
        holder: Option<ModelRef>,
    },
    /// No model fits.
    ModelNotFound {
        /// What was looked for, as a selector.
        wanted: String,
    },
    /// The parent named by a registration or update does not exist.
    ParentNotFound {
        /// What was named.
        wanted: String,
    },
    /// The new parent descends from the model itself.
    ParentCycle {
        /// The model that would get a parent.
        model: ModelRef,
        /// The parent that descends from it.
        parent: ModelRef,
    },
    /// A retired model cannot be promoted.
    ModelRetired {
        /// The model.
        model: ModelRef,
        /// The tag it should have got.
        tag: TagName,
    },
    /// Compare-and-set: the tag's holder is another than expected.
    UnexpectedHolder {
        /// The tag.
        tag: TagName,
        /// Who was expected; `None`: nobody.
        expected: Option<ModelRef>,
        /// Who holds it; `None`: nobody.
        holder: Option<ModelRef>,
    },
    /// Compare-and-set: the model has another revision than expected.
    RevisionChanged {
        /// The model.
        model: ModelRef,
        /// The revision that it has.
        revision: Revision,
    },
    /// Compare-and-set: the webhook has another revision than expected.
    WebhookChanged {
        /// The webhook.
        webhook: WebhookId,
        /// The revision that it has.
        revision: Revision,
    },
    /// The model does not have this tag.
    TagNotHeld {
        /// The model.
        model: ModelRef,
        /// The tag.
        tag: TagName,
    },
    /// A rollback cannot be done.
    Rollback {
        /// The tag.
        tag: TagName,
        /// What stands in the way.
        obstacle: RollbackObstacle,
    },
    /// A model with tags or children is deleted only by force.
    ModelInUse {
        /// The model.
        model: ModelRef,
        /// Its tags.
        tags: Vec<TagName>,
        /// Its children.
        children: Vec<ModelRef>,
    },
    /// The model has no such export.
    ExportNotFound {
        /// The model.
        model: ModelRef,
        /// The format.
        format: ExportFormat,
        /// The path, when one was named.
        path: Option<String>,
    },
    /// The idempotency key was used for another request.
    IdempotencyKeyReused {
        /// The key.
        key: IdempotencyKey,
        /// When it was used.
        at: Timestamp,
    },
    /// The highest number that there is was given already.
    NumbersExhausted {
        /// What would get the next, such as `models`.
        of: String,
    },
    /// There is no such webhook.
    WebhookNotFound {
        /// What was looked for.
        wanted: String,
    },
    /// Another webhook has this name.
    WebhookExists {
        /// The name.
        name: WebhookName,
        /// The webhook that has it.
        holder: WebhookId,
    },
    /// There are as many webhooks as there may be.
    TooManyWebhooks {
        /// How many there may be.
        limit: usize,
    },
    /// There is no such delivery.
    DeliveryNotFound {
        /// What was looked for.
        wanted: String,
    },
    /// Another program took over the sending of webhooks.
    LeaseLost,
    /// An update that names nothing to change.
    EmptyUpdate,
    /// A bulk registration with at least one bad line; nothing was registered.
    Bulk {
        /// Each refused entry: its line (counted from 1) and why.
        failures: Vec<crate::bulk::LineError>,
        /// How many entries there were.
        total: usize,
    },
    /// A bulk registration in chunks stopped at one of them; those before it are registered.
    BulkStopped {
        /// How many entries are registered: the first ones.
        registered: usize,
        /// How many entries there were.
        total: usize,
        /// Why; lines are counted over all entries.
        source: Box<Error>,
    },
    /// There is no registry at this place.
    RegistryMissing {
        /// The place.
        location: String,
    },
    /// The registry has an older schema and must be migrated first.
    RegistryOutdated {
        /// The place.
        location: String,
        /// Its schema version.
        found: i64,
        /// The version this program works with.
        needed: i64,
    },
    /// The file was made by the original Python registry and must be migrated first.
    OriginalRegistry {
        /// The place.
        location: String,
    },
    /// The registry has a newer schema than this program knows.
    RegistryNewer {
        /// The place.
        location: String,
        /// Its schema version.
        found: i64,
        /// The version this program works with.
        needed: i64,
    },
    /// The place holds something that is not a model registry.
    NotARegistry {
        /// The place.
        location: String,
        /// What was found instead.
        found: String,
    },
    /// What was asked for needs an empty registry, and this one is not.
    RegistryNotEmpty {
        /// The place.
        location: String,
    },
    /// A copy does not read as what it was made from; it was not kept.
    CopyDiffers {
        /// The place of the copy.
        location: String,
        /// The digest of the original.
        expected: String,
        /// The digest of the copy.
        found: String,
    },
    /// Versions of both registries have the same names and other contents.
    MergeConflict {
        /// The place that was to be merged into.
        location: String,
        /// Each of them.
        conflicts: Vec<Conflict>,
    },
    /// This program was built without the backend that the place needs.
    BackendMissing {
        /// The database, such as `PostgreSQL`.
        backend: &'static str,
        /// The Cargo feature that brings the backend.
        feature: &'static str,
    },
    /// Where the registry is, this is not done by this program.
    Unsupported {
        /// The place.
        location: String,
        /// What was asked for, such as `a backup`.
        operation: &'static str,
        /// What to do instead, as a sentence.
        instead: &'static str,
    },
    /// The registry cannot be written.
    ReadOnly {
        /// The place.
        location: String,
    },
    /// No space is left where the registry is.
    StorageFull {
        /// The place.
        location: String,
    },
    /// Others kept the registry locked for longer than the timeout.
    Busy {
        /// The place.
        location: String,
    },
    /// The registry's server cannot be reached, or the connection to it was lost; nothing was changed.
    Unreachable {
        /// The place.
        location: String,
        /// What the system or the server said.
        problem: String,
    },
    /// The registry's server does not prove who it is, or does not encrypt; nothing was sent to it.
    Untrusted {
        /// The place.
        location: String,
        /// What is wrong.
        problem: String,
    },
    /// The registry's server is asked for TLS and speaks plain HTTP; nothing was sent to it.
    NotEncrypted {
        /// The place.
        location: String,
    },
    /// The connection was lost while a change was being made durable: it may have happened.
    OutcomeUnknown {
        /// The place.
        location: String,
        /// What the system or the server said.
        problem: String,
    },
    /// The server refuses this user.
    AccessDenied {
        /// The place.
        location: String,
        /// What the server said.
        problem: String,
    },
    /// A statement took longer than it may, or a transaction rested for longer; nothing was changed.
    TimedOut {
        /// The place.
        location: String,
        /// What was tried.
        action: String,
    },
    /// The registry's file or tables are damaged.
    Damaged {
        /// The place.
        location: String,
        /// What is wrong.
        problem: String,
    },
    /// A stored value breaks a rule of the domain.
    StoredValue {
        /// The row, such as `models 5`.
        row: String,
        /// The column.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A file that an operation would create exists already.
    FileExists {
        /// The path.
        path: String,
    },
    /// The file system refused an operation.
    File {
        /// What was tried, such as ``write `a.db` ``.
        action: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server of the registry refused or broke, for a reason that has no variant here.
    Remote(Box<RemoteError>),
    /// The storage engine failed in a way that has no variant of its own.
    Storage {
        /// What was tried.
        action: String,
        /// What the engine said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        text::sentence(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::CheckpointUnreadable { source, .. } | Self::File { source, .. } => Some(source),
            Self::Storage { source, .. } => Some(source.as_ref()),
            Self::BulkStopped { source, .. } => Some(source.as_ref()),
            Self::Remote(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}

impl Error {
    /// A stable identifier of the cause, such as `model_not_found`. Never changes its meaning.
    pub fn code(&self) -> &str {
        text::code(self)
    }

    /// What to do next, as a sentence.
    pub fn hint(&self) -> String {
        text::hint(self)
    }

    /// The class of this failure.
    pub fn category(&self) -> Category {
        match self {
            Self::Remote(error) => error.category,
            Self::Invalid(_)
            | Self::Config(_)
            | Self::Search(_)
            | Self::EmptyUpdate
            | Self::Bulk { .. }
            | Self::BackendMissing { .. }
            | Self::Unsupported { .. } => Category::Usage,
            Self::CheckpointNotFound { .. }
            | Self::ModelNotFound { .. }
            | Self::ParentNotFound { .. }
            | Self::TagNotHeld { .. }
            | Self::ExportNotFound { .. }
            | Self::WebhookNotFound { .. }
            | Self::DeliveryNotFound { .. }
            | Self::RegistryMissing { .. } => Category::NotFound,
            Self::ModelExists { .. }
            | Self::ParentCycle { .. }
            | Self::ModelRetired { .. }
            | Self::UnexpectedHolder { .. }
            | Self::RevisionChanged { .. }
            | Self::WebhookChanged { .. }
            | Self::Rollback { .. }
            | Self::ModelInUse { .. }
            | Self::IdempotencyKeyReused { .. }
            | Self::NumbersExhausted { .. }
            | Self::WebhookExists { .. }
            | Self::TooManyWebhooks { .. }
            | Self::LeaseLost
            | Self::RegistryNotEmpty { .. }
            | Self::MergeConflict { .. }
            | Self::FileExists { .. } => Category::Conflict,
            Self::BulkStopped { .. }
            | Self::CheckpointUnreadable { .. }
            | Self::RegistryOutdated { .. }
            | Self::OriginalRegistry { .. }
            | Self::RegistryNewer { .. }
            | Self::NotARegistry { .. }
            | Self::CopyDiffers { .. }
            | Self::ReadOnly { .. }
            | Self::StorageFull { .. }
            | Self::Busy { .. }
            | Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::NotEncrypted { .. }
            | Self::OutcomeUnknown { .. }
            | Self::AccessDenied { .. }
            | Self::TimedOut { .. }
            | Self::Damaged { .. }
            | Self::StoredValue { .. }
            | Self::File { .. }
            | Self::Storage { .. } => Category::Failure,
        }
    }
}

impl From<InvalidValue> for Error {
    fn from(error: InvalidValue) -> Self {
        Self::Invalid(error)
    }
}

impl From<ConfigHashError> for Error {
    fn from(error: ConfigHashError) -> Self {
        Self::Config(error)
    }
}

impl From<SearchError> for Error {
    fn from(error: SearchError) -> Self {
        Self::Search(error)
    }
}
