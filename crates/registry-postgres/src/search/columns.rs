//! What models are sorted and found by: columns of `models`, and metrics.

use registry_core::MetricName;
use registry_core::search::{IntegerField, NumberField, SortField, TextField, TimeField};

use super::statement::Binds;

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

/// So many characters of a path are in its index: an entry of an index is shorter than a path can be.
const PATH_START: usize = 512;

/// The start of a path, as the index has it.
pub(super) fn path_start(path: &str) -> String {
    path.chars().take(PATH_START).collect()
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

    /// What an index has of it, where that is not the whole.
    pub(super) fn start(self, place: &str) -> Option<String> {
        (self == Self::Path).then(|| format!("left({place}, {PATH_START})"))
    }

    pub(super) fn is_optional(self) -> bool {
        matches!(self, Self::TrainingRun | Self::Parent | Self::Size | Self::Memory)
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
    /// Its value for the row `models`.
    pub(super) fn of_model(&self, binds: &mut Binds) -> String {
        match self {
            Self::Column(column) => format!("models.{}", column.name()),
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
    pub(super) columns: &'static [Column],
}

const fn index(columns: &'static [Column]) -> Index {
    Index { columns }
}

/// All of them.
pub(super) const INDEXES: &[Index] = &[
    index(&[Column::CreatedAt]),
    index(&[Column::Status, Column::CreatedAt]),
    index(&[Column::TaskType, Column::Status, Column::CreatedAt]),
    index(&[Column::ConfigHash, Column::CreatedAt]),
    index(&[Column::Actor, Column::CreatedAt]),
    index(&[Column::Name, Column::Version]),
    index(&[Column::Name, Column::Ordinal]),
    index(&[Column::Parent]),
    index(&[Column::Version]),
    index(&[Column::Ordinal]),
    index(&[Column::UpdatedAt]),
    index(&[Column::Size]),
    index(&[Column::Memory]),
    index(&[Column::TrainingRun]),
    index(&[Column::Path]),
];
