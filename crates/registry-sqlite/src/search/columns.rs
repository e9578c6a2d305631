//! What models are sorted and found by: columns of `models`, and metrics.

use registry_core::MetricName;
use registry_core::search::{IntegerField, NumberField, SortField, TextField, TimeField};

use super::statement::{Binds, Value};

/// A column of `models` that an index begins with or goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Name,
    Version,
    Ordinal,
    Path,
    TaskType,
    ConfigHash,
    TrainingRun,
    Parent,
    CreatedAt,
    UpdatedAt,
    Actor,
    Size,
    Memory,
    Status,
}

impl Column {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Id => "model_id",
            Self::Name => "name",
            Self::Version => "version_key",
            Self::Ordinal => "ordinal",
            Self::Path => "checkpoint_path",
            Self::TaskType => "task_type",
            Self::ConfigHash => "config_hash",
            Self::TrainingRun => "training_run_id",
            Self::Parent => "parent_model_id",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::Actor => "created_by",
            Self::Size => "model_size_mb",
            Self::Memory => "memory_req_gb",
            Self::Status => "status",
        }
    }

    pub(super) fn is_optional(self) -> bool {
        matches!(self, Self::TrainingRun | Self::Parent | Self::Size | Self::Memory)
    }

    /// Not above any value.
    pub(super) fn lowest(self) -> Value {
        match self {
            Self::Version => Value::Blob(Vec::new()),
            Self::Name | Self::Path | Self::TaskType | Self::ConfigHash | Self::Actor | Self::Status => {
                Value::from("")
            }
            Self::Size | Self::Memory => Value::Real(f64::NEG_INFINITY),
            _ => Value::Integer(i64::MIN),
        }
    }

    /// Not below any value.
    pub(super) fn highest(self) -> Value {
        match self {
            // 25 bytes are the key of the highest release; SQLite sorts every blob behind every text.
            Self::Version => Value::Blob(vec![0xFF; 26]),
            Self::Name | Self::Path | Self::TaskType | Self::ConfigHash | Self::Actor | Self::Status => {
                Value::Blob(Vec::new())
            }
            Self::Size | Self::Memory => Value::Real(f64::INFINITY),
            _ => Value::Integer(i64::MAX),
        }
    }
}

impl Column {
    /// Where reading in a direction begins.
    pub(super) fn end(self, descends: bool) -> Value {
        if descends { self.highest() } else { self.lowest() }
    }
}

impl From<IntegerField> for Column {
    fn from(field: IntegerField) -> Self {
        match field {
            IntegerField::Id => Self::Id,
            IntegerField::Ordinal => Self::Ordinal,
            IntegerField::Parent => Self::Parent,
            IntegerField::TrainingRunId => Self::TrainingRun,
        }
    }
}

impl From<TextField> for Column {
    fn from(field: TextField) -> Self {
        match field {
            TextField::Name => Self::Name,
            TextField::TaskType => Self::TaskType,
            TextField::ConfigHash => Self::ConfigHash,
            TextField::Path => Self::Path,
            TextField::Actor => Self::Actor,
        }
    }
}

impl From<TimeField> for Column {
    fn from(field: TimeField) -> Self {
        match field {
            TimeField::CreatedAt => Self::CreatedAt,
            TimeField::UpdatedAt => Self::UpdatedAt,
        }
    }
}

/// A field with one value at most, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Column(Column),
    Metric(MetricName),
}

impl Key {
    /// Its value for the row `models`, out of the planner's reach: which index is used is decided here, not there.
    pub(super) fn of_model(&self, binds: &mut Binds) -> String {
        match self {
            Self::Column(column) => format!("+models.{}", column.name()),
            Self::Metric(name) => {
                let name = binds.bind(name.as_str());
                format!(
                    "(SELECT value FROM model_metrics AS sorted WHERE sorted.model_id = models.model_id AND sorted.name = {name})"
                )
            }
        }
    }

    pub(super) fn is_optional(&self) -> bool {
        match self {
            Self::Column(column) => column.is_optional(),
            Self::Metric(_) => true,
        }
    }

    pub(super) fn lowest(&self) -> Value {
        match self {
            Self::Column(column) => column.lowest(),
            Self::Metric(_) => Value::Real(f64::NEG_INFINITY),
        }
    }

    pub(super) fn highest(&self) -> Value {
        match self {
            Self::Column(column) => column.highest(),
            Self::Metric(_) => Value::Real(f64::INFINITY),
        }
    }
}

impl From<Column> for Key {
    fn from(column: Column) -> Self {
        Self::Column(column)
    }
}

impl From<&NumberField> for Key {
    fn from(field: &NumberField) -> Self {
        match field {
            NumberField::Size => Column::Size.into(),
            NumberField::Memory => Column::Memory.into(),
            NumberField::Metric(name) => Self::Metric(name.clone()),
        }
    }
}

impl From<&SortField> for Key {
    fn from(field: &SortField) -> Self {
        match field {
            SortField::Integer(field) => Self::Column((*field).into()),
            SortField::Number(field) => field.into(),
            SortField::Text(field) => Self::Column((*field).into()),
            SortField::Version => Column::Version.into(),
            SortField::Time(field) => Self::Column((*field).into()),
            SortField::Status => Column::Status.into(),
        }
    }
}

/// An index of `models`. Each ends with the id.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) name: &'static str,
    pub(super) columns: &'static [Column],
}

const fn index(name: &'static str, columns: &'static [Column]) -> Index {
    Index { name, columns }
}

/// All of them.
pub(super) const INDEXES: &[Index] = &[
    index("models_by_time", &[Column::CreatedAt]),
    index("models_by_status", &[Column::Status, Column::CreatedAt]),
    index(
        "models_by_task_type",
        &[Column::TaskType, Column::Status, Column::CreatedAt],
    ),
    index("models_by_config_hash", &[Column::ConfigHash, Column::CreatedAt]),
    index("models_by_actor", &[Column::Actor, Column::CreatedAt]),
    index("models_by_name", &[Column::Name, Column::Version]),
    // What SQLite makes of the second UNIQUE of the table.
    index("sqlite_autoindex_models_2", &[Column::Name, Column::Ordinal]),
    index("models_by_parent", &[Column::Parent]),
    index("models_by_version", &[Column::Version]),
    index("models_by_ordinal", &[Column::Ordinal]),
    index("models_by_update", &[Column::UpdatedAt]),
    index("models_by_size", &[Column::Size]),
    index("models_by_memory", &[Column::Memory]),
    index("models_by_training_run", &[Column::TrainingRun]),
    index("models_by_path", &[Column::Path]),
];
