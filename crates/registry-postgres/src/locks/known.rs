//! What was read along with the locks. It stays true until the transaction ends, since the locks are held, or until the
//! transaction itself writes.

use registry_core::record::{HolderRecord, SettingRecord};
use registry_core::{ModelName, Status, TagName};

/// What is known; each load takes what it asks for, once.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// All settings.
    pub(super) settings: Option<Vec<SettingRecord>>,
    /// The tag that is locked.
    pub(super) tag: Option<TagName>,
    /// Who holds it.
    pub(super) holders: Option<Holders>,
    /// Who got it last.
    pub(super) latest: Vec<LatestHolders>,
}

/// All who hold a tag, the last to get it first.
#[derive(Debug)]
pub(super) struct Holders {
    /// Of this name only.
    pub(super) name: Option<String>,
    pub(super) holders: Vec<HolderRecord>,
}

/// Those of a status who got a tag last, at most `take`.
#[derive(Debug)]
pub(super) struct LatestHolders {
    pub(super) status: Status,
    pub(super) take: usize,
    pub(super) holders: Vec<HolderRecord>,
}

impl Known {
    pub(crate) fn settings(&mut self) -> Option<Vec<SettingRecord>> {
        self.settings.take()
    }

    /// The holders of a tag, within a name or not.
    pub(crate) fn holders(&mut self, tag: &TagName, name: Option<&ModelName>) -> Option<Vec<HolderRecord>> {
        if self.tag.as_ref() != Some(tag) {
            return None;
        }
        let of_these = |known: &mut Holders| known.name.as_deref() == name.map(ModelName::as_str);
        Some(self.holders.take_if(of_these)?.holders)
    }

    /// The holders of this status who got a tag last.
    pub(crate) fn latest_holders(
        &mut self,
        tag: &TagName,
        status: Status,
        take: i64,
    ) -> Option<Vec<HolderRecord>> {
        if self.tag.as_ref() != Some(tag) {
            return None;
        }
        let take = usize::try_from(take).ok()?;
        let place = self
            .latest
            .iter()
            .position(|known| known.status == status && take <= known.take)?;
        let mut holders = self.latest.swap_remove(place).holders;
        holders.truncate(take);
        Some(holders)
    }
}
