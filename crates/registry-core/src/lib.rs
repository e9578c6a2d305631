//! The heart of the model registry: what a model version is, which values are valid, what each operation means,
//! and the [`RegistryStore`] trait through which every backend is used.
//!
//! This crate knows no SQL, no HTTP and no terminal. Values are parsed once ([`ModelName`], [`Version`],
//! [`Metrics`]...) and cannot be bad afterwards; decisions are pure functions in [`rules`]; a storage backend
//! implements [`backend::Backend`] and becomes a [`RegistryStore`] by one generic implementation.
//!
//! ```
//! use registry_core::{ModelName, Selector, Version};
//!
//! let name: ModelName = "org/gpt-small".parse()?;
//! let version: Version = "1.2.0-rc.1".parse()?;
//! assert!(version < "1.2.0".parse()?);
//! assert!(matches!("org/gpt-small@^1".parse()?, Selector::Range { .. }));
//! assert!("gpt small ".parse::<ModelName>().is_err()); // trailing blank
//! # let _ = name;
//! # Ok::<(), registry_core::Error>(())
//! ```

pub mod backend;
mod base64;
mod bulk;
mod catalog;
mod checkpoint;
mod compare;
pub mod config_hash;
mod context;
pub mod copy;
mod data_version;
mod direction;
pub mod doctor;
pub mod document;
mod error;
mod event;
mod export;
mod idempotency;
mod identifier;
mod leaderboard;
mod lineage;
mod metadata;
mod metrics;
mod model;
mod outcome;
mod pool;
mod quantity;
mod query;
pub mod record;
mod registration;
mod revision;
pub mod rules;
pub mod search;
mod selector;
mod settings;
mod status;
mod store;
mod store_ext;
mod tag;
mod text;
mod timestamp;
mod update;
mod version;
pub mod watch;
pub mod webhook;

pub use bulk::{LineError, RegistrationLine};
pub use catalog::{COUNTED, CatalogQuery, NameSummary, TagSummary};
pub use checkpoint::{Checkpoint, CheckpointPath};
pub use compare::{Comparison, MetricColumn};
pub use config_hash::{ConfigHash, ConfigHashError};
pub use context::WriteContext;
pub use data_version::DataVersion;
pub use direction::Direction;
pub use error::{
    Category, Error, ErrorDocument, ErrorFields, InvalidValue, LineDocument, RemoteError, Result,
    RollbackObstacle, ValueKind,
};
pub use event::{Event, EventId, EventKind};
pub use export::{Export, NewExport};
pub use idempotency::IdempotencyKey;
pub use identifier::{DeliveryId, ModelId, ModelRef, TrainingRunId, WebhookId};
pub use leaderboard::{Leader, Leaderboard, LeaderboardQuery, MAX_LEADERS, TrendPoint};
pub use lineage::{Lineage, LineageNode, LineageScope};
pub use metadata::Metadata;
pub use metrics::{Metrics, MetricsPatch};
pub use model::Model;
pub use outcome::{Deletion, Holding, Labelling, Promotion, Registered, TagHolder};
pub use pool::Pool;
pub use quantity::{MemoryGb, SizeMb};
pub use query::{HistoryQuery, Limit, Page};
pub use registration::{Parent, Registration, VersionChoice};
pub use revision::Revision;
pub use selector::Selector;
pub use settings::Settings;
pub use status::Status;
pub use store::RegistryStore;
pub use store_ext::RegistryStoreExt;
pub use tag::{Expectation, PromoteRequest, PromotionScope, Tag};
pub use text::{Actor, ExportFormat, MetricName, ModelName, Notes, Reason, TagName, TaskType, WebhookName};
pub use timestamp::Timestamp;
pub use update::{FieldUpdate, MetadataUpdate, MetricsUpdate, ModelUpdate};
pub use version::{Bump, SortKey, Version, VersionInterval, VersionRange};
pub use watch::EventStream;
