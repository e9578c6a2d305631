//! The fields of one value each, read from whatever carries them: a whole model or its summary.

use super::field::{IntegerField, NumberField, TextField, TimeField};
use crate::identifier::ModelId;
use crate::metrics::Metrics;
use crate::model::Model;
use crate::search::summary::ModelSummary;
use crate::status::Status;
use crate::timestamp::Timestamp;
use crate::version::Version;

/// What a search can sort by.
pub trait Fields {
    /// The id.
    fn id(&self) -> ModelId;
    /// The version.
    fn version(&self) -> &Version;
    /// The status.
    fn status(&self) -> Status;
    /// A whole number, if it is set. Wide enough for every ordinal and every literal.
    fn integer(&self, field: IntegerField) -> Option<i128>;
    /// A number, if it is set.
    fn number(&self, field: &NumberField) -> Option<f64>;
    /// A text.
    fn text(&self, field: TextField) -> &str;
    /// A time.
    fn time(&self, field: TimeField) -> Timestamp;
}

/// Both carry these fields under the same names.
macro_rules! fields_of {
    ($($carrier:ident)*) => {$(
        impl Fields for $carrier {
            fn id(&self) -> ModelId {
                self.id
            }

            fn version(&self) -> &Version {
                &self.version
            }

            fn status(&self) -> Status {
                self.status
            }

            fn integer(&self, field: IntegerField) -> Option<i128> {
                match field {
                    IntegerField::Id => Some(self.id.get().into()),
                    IntegerField::Ordinal => Some(self.ordinal.into()),
                    IntegerField::Parent => self.parent.map(|id| id.get().into()),
                    IntegerField::TrainingRunId => self.training_run_id.map(|run| run.get().into()),
                }
            }

            fn number(&self, field: &NumberField) -> Option<f64> {
                match field {
                    NumberField::Size => self.model_size_mb.map(crate::SizeMb::get),
                    NumberField::Memory => self.memory_req_gb.map(crate::MemoryGb::get),
                    NumberField::Metric(name) => Metrics::get(&self.metrics, name.as_str()),
                }
            }

            fn text(&self, field: TextField) -> &str {
                match field {
                    TextField::Name => self.name.as_str(),
                    TextField::TaskType => self.task_type.as_str(),
                    TextField::ConfigHash => self.config_hash.as_str(),
                    TextField::Path => self.checkpoint_path.as_str(),
                    TextField::Actor => self.created_by.as_str(),
                }
            }

            fn time(&self, field: TimeField) -> Timestamp {
                match field {
                    TimeField::CreatedAt => self.created_at,
                    TimeField::UpdatedAt => self.updated_at,
                }
            }
        }
    )*};
}

fields_of!(Model ModelSummary);

impl<T: Fields + ?Sized> Fields for &T {
    fn id(&self) -> ModelId {
        (**self).id()
    }

    fn version(&self) -> &Version {
        (**self).version()
    }

    fn status(&self) -> Status {
        (**self).status()
    }

    fn integer(&self, field: IntegerField) -> Option<i128> {
        (**self).integer(field)
    }

    fn number(&self, field: &NumberField) -> Option<f64> {
        (**self).number(field)
    }

    fn text(&self, field: TextField) -> &str {
        (**self).text(field)
    }

    fn time(&self, field: TimeField) -> Timestamp {
        (**self).time(field)
    }
}
