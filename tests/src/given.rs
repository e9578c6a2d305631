//! What a case of the conformance suite finds.

use registry_core::backend::Records;
use registry_core::record::{LastIds, OrdinalRecord};

/// The name whose ordinals can be near their end.
const NAME: &str = "gpt";

/// A registry with nothing in it, which may count from far above, as a copy of another can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    pub(crate) last: LastIds,
    last_ordinal: i64,
}

impl Given {
    /// Nothing at all.
    pub const fn empty() -> Self {
        let last = LastIds { model: 0, event: 0 };
        Self {
            last,
            last_ordinal: 0,
        }
    }

    /// `gpt` can have one more version.
    #[must_use]
    pub const fn one_ordinal_left(mut self) -> Self {
        self.last_ordinal = i64::MAX - 1;
        self
    }

    /// There can be one more model.
    #[must_use]
    pub const fn one_id_left(mut self) -> Self {
        self.last.model = i64::MAX - 1;
        self
    }

    /// There can be two more events.
    #[must_use]
    pub const fn two_events_left(mut self) -> Self {
        self.last.event = i64::MAX - 2;
        self
    }

    /// The last ordinals that were given, by name.
    pub(crate) fn ordinals(self) -> impl Iterator<Item = OrdinalRecord> {
        (self.last_ordinal > 0)
            .then(|| OrdinalRecord {
                name: NAME.to_owned(),
                last_ordinal: self.last_ordinal,
            })
            .into_iter()
    }

    /// Makes it so in a registry with nothing in it.
    pub async fn settle(self, registry: &dyn Records) {
        if self == Self::empty() {
            return;
        }
        let mut writer = registry.write_records().await.unwrap();
        writer.put_last_ids(self.last).await.unwrap();
        for name in self.ordinals() {
            writer.put_name(&name).await.unwrap();
        }
        writer.commit().await.unwrap();
    }
}
