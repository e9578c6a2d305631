//! A value that breaks its rule.

use std::borrow::Cow;

/// Which kind of value was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant is the kind of value it is called after")]
pub enum ValueKind {
    Name,
    Version,
    VersionRange,
    Bump,
    Tag,
    TaskType,
    ConfigHash,
    MetricName,
    Metrics,
    MetricBound,
    Metadata,
    Status,
    ExportFormat,
    Actor,
    Reason,
    Notes,
    Path,
    Size,
    Memory,
    ModelId,
    TrainingRunId,
    Timestamp,
    Selector,
    Limit,
    Cursor,
    Scope,
    LineageScope,
    Setting,
    Registration,
    Address,
    IdempotencyKey,
    WebhookName,
    WebhookUrl,
    WebhookFilter,
    WebhookSecret,
    WebhookId,
    DeliveryId,
    DeliveryStatus,
}

impl ValueKind {
    /// The kind in words, such as `task type`.
    pub fn label(self) -> &'static str {
        self.texts().0
    }

    /// The stable error code, such as `invalid_task_type`.
    pub fn code(self) -> &'static str {
        self.texts().1
    }

    /// What a valid value looks like.
    pub fn hint(self) -> &'static str {
        self.texts().2
    }

    #[expect(clippy::too_many_lines, reason = "a table: one entry for each kind")]
    fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Name => (
                "model name",
                "invalid_name",
                "a name has 1 to 255 bytes, no `@`, no leading `:`, no control characters, no blanks at its ends",
            ),
            Self::Version => (
                "version",
                "invalid_version",
                "write a semantic version such as `1.2.0` or `2.0.0-rc.1`, without `v` and without build metadata",
            ),
            Self::VersionRange => (
                "version range",
                "invalid_version_range",
                "write a range as cargo does: `^1.2`, `~1.2.3`, `>=1, <2`, `*`, or `latest`",
            ),
            Self::Bump => (
                "bump",
                "invalid_bump",
                "a bump raises one part of the version: `major`, `minor` or `patch`",
            ),
            Self::Tag => (
                "tag",
                "invalid_tag",
                "a tag has 1 to 128 bytes, no comma, no leading `:`, no control characters, no blanks at its ends",
            ),
            Self::TaskType => (
                "task type",
                "invalid_task_type",
                "a task type has 1 to 128 bytes, such as `language_modeling`",
            ),
            Self::ConfigHash => (
                "config hash",
                "invalid_config_hash",
                "a config hash has 1 to 256 bytes; `registry-cli hash --config` computes one",
            ),
            Self::MetricName => (
                "metric name",
                "invalid_metric_name",
                "a metric name has 1 to 128 bytes, such as `val_loss`",
            ),
            Self::Metrics => (
                "metrics",
                "invalid_metrics",
                "metrics are a JSON object of finite numbers, such as `{\"val_loss\": 0.38}`, at most 1,000 of them",
            ),
            Self::MetricBound => (
                "bound",
                "invalid_bound",
                "a bound is a finite number, such as `0.5`",
            ),
            Self::Metadata => (
                "metadata",
                "invalid_metadata",
                "metadata is a JSON object of at most 1 MiB, nested at most 64 deep",
            ),
            Self::Status => (
                "status",
                "invalid_status",
                "a status is `active` or `retired`; a list also takes `all`",
            ),
            Self::ExportFormat => (
                "export format",
                "invalid_export_format",
                "an export format has 1 to 64 bytes, such as `onnx`",
            ),
            Self::Actor => (
                "actor",
                "invalid_actor",
                "an actor has 1 to 255 bytes, such as a user name",
            ),
            Self::Reason => ("reason", "invalid_reason", "a reason has 1 to 4,096 bytes"),
            Self::Notes => ("notes", "invalid_notes", "notes have 1 to 65,536 bytes"),
            Self::Path => (
                "path",
                "invalid_path",
                "a path has 1 to 4,096 bytes of UTF-8 without control characters",
            ),
            Self::Size => (
                "model size",
                "invalid_size",
                "a size is a finite number of megabytes, zero or more",
            ),
            Self::Memory => (
                "memory requirement",
                "invalid_memory",
                "memory is a finite number of gigabytes, zero or more",
            ),
            Self::ModelId => (
                "model id",
                "invalid_model_id",
                "a model id is a whole number from 1; `registry-cli list` shows them",
            ),
            Self::TrainingRunId => (
                "training run id",
                "invalid_training_run_id",
                "the id of a training run is a whole number from 1",
            ),
            Self::Timestamp => (
                "time",
                "invalid_time",
                "write a time such as `2026-01-31T12:00:00Z`, `2026-01-31T13:00:00+01:00` or `2026-01-31 12:00:00`",
            ),
            Self::Selector => (
                "selector",
                "invalid_selector",
                "name a model as `5`, `gpt-small@1.2.0`, `gpt-small@^1`, `gpt-small`, `:production` or `gpt-small@:production`",
            ),
            Self::Limit => (
                "limit",
                "invalid_limit",
                "a limit is a whole number from 0, or -1 for no limit",
            ),
            Self::Cursor => (
                "cursor",
                "invalid_cursor",
                "pass the `next` of the page before, unchanged",
            ),
            Self::Scope => (
                "promotion scope",
                "invalid_scope",
                "a scope is `registry`, `name` or `none`",
            ),
            Self::LineageScope => (
                "lineage scope",
                "invalid_scope",
                "a lineage shows the `ancestors`, the `descendants` or the `family` of a model",
            ),
            Self::Setting => (
                "setting",
                "invalid_setting",
                "`registry-cli settings` lists the settings",
            ),
            Self::Registration => (
                "registration",
                "invalid_registration",
                "a line is a JSON object as `list --format jsonl` writes it",
            ),
            Self::Address => (
                "address",
                "invalid_address",
                "write `postgres://user@host/database`, with `?schema=name` for one registry of several; \
                 keep the password in PGPASSWORD or in the file that PGPASSFILE names",
            ),
            Self::IdempotencyKey => (
                "idempotency key",
                "invalid_idempotency_key",
                "a key has 1 to 255 visible ASCII characters and no blanks; a new UUID is a good one",
            ),
            Self::WebhookName => (
                "name of a webhook",
                "invalid_webhook_name",
                "the name of a webhook has 1 to 128 bytes, no control characters, no blanks at its ends",
            ),
            Self::WebhookUrl => (
                "address of a webhook",
                "invalid_webhook_url",
                "write `https://host/path`, with a port and a query if needed, no user and no fragment, \
                 at most 2,048 bytes of visible ASCII",
            ),
            Self::WebhookFilter => (
                "filter of a webhook",
                "invalid_webhook_filter",
                "a filter has kinds of events, and patterns of names and of tags such as `team-a/*`, at most 50 of each",
            ),
            Self::WebhookSecret => (
                "secret of a webhook",
                "invalid_webhook_secret",
                "a secret is `whsec_` and 24 to 64 random bytes as base64; leave it out and the registry makes one",
            ),
            Self::WebhookId => (
                "webhook id",
                "invalid_webhook_id",
                "a webhook id is a whole number from 1; the list of webhooks shows them",
            ),
            Self::DeliveryId => (
                "delivery id",
                "invalid_delivery_id",
                "a delivery id is a whole number from 1; the deliveries of a webhook show them",
            ),
            Self::DeliveryStatus => (
                "status of a delivery",
                "invalid_delivery_status",
                "a delivery is `pending`, `delivered` or `dead`",
            ),
        }
    }
}

/// A value that breaks the rule of its kind: what it is, its text (cut to 80 characters), and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidValue {
    kind: ValueKind,
    value: String,
    problem: Cow<'static, str>,
}

impl InvalidValue {
    /// Describes a refused value. `problem` completes the sentence "invalid name `x`: ...".
    pub fn new(kind: ValueKind, value: impl AsRef<str>, problem: impl Into<Cow<'static, str>>) -> Self {
        const SHOWN: usize = 80;
        let value = value.as_ref();
        let mut shown: String = value.chars().take(SHOWN).collect();
        if value.chars().nth(SHOWN).is_some() {
            shown.push('…');
        }
        Self {
            kind,
            value: shown,
            problem: problem.into(),
        }
    }

    /// Which kind of value it is.
    pub fn kind(&self) -> ValueKind {
        self.kind
    }

    /// Its text, cut.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What is wrong with it.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl std::fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "invalid {} `", self.kind.label())?;
        // Quotes harm nobody between backticks, and JSON is full of them.
        for piece in self.value.split_inclusive(['"', '\'']) {
            let (text, quote) = match piece.strip_suffix(['"', '\'']) {
                Some(text) => (text, &piece[text.len()..]),
                None => (piece, ""),
            };
            write!(f, "{}{quote}", text.escape_debug())?;
        }
        write!(f, "`: {}", self.problem)
    }
}

impl std::error::Error for InvalidValue {}
