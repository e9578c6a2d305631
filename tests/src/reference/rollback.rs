//! Rollback: the tag goes back to the holder before.

use registry_core::{
    Error, EventKind, Model, ModelName, ModelRef, Promotion, PromotionScope, Result, RollbackObstacle,
    Status, TagName,
};

use super::state::Write;

impl Write<'_> {
    pub(super) fn rollback(&mut self, tag: &TagName, name: Option<&ModelName>) -> Result<Promotion> {
        let refuse = |obstacle| {
            Err(Error::Rollback {
                tag: tag.clone(),
                obstacle,
            })
        };
        let Some(holder) = self.holder(tag, name).map(Model::reference) else {
            return refuse(RollbackObstacle::NoHolder);
        };
        let promoted = self.promoted_holders(tag, name);
        if !promoted.contains(&holder) {
            return refuse(RollbackObstacle::Labelled(holder));
        }
        let others: Vec<ModelRef> = promoted.into_iter().filter(|m| m.name != holder.name).collect();
        if !others.is_empty() {
            let several = [vec![holder], others].concat();
            return refuse(RollbackObstacle::SeveralNames(several));
        }
        self.expected(holder.id)?;
        let grant = self.event(self.grants[&(holder.id, tag.clone())]).cloned();
        let before = grant
            .as_ref()
            .and_then(|grant| self.event(grant.previous?))
            .cloned();
        let Some(before) = before else {
            return refuse(RollbackObstacle::NoPrevious(holder));
        };
        let Some(target) = before.model else {
            return refuse(RollbackObstacle::NoPrevious(holder));
        };
        match self.models.get(&target.id).map(|model| model.status) {
            None => return refuse(RollbackObstacle::PreviousDeleted(target)),
            Some(Status::Retired) => return refuse(RollbackObstacle::PreviousRetired(target)),
            Some(Status::Active) => {}
        }
        let scope = match grant.as_ref().and_then(|grant| grant.after["scope"].as_str()) {
            Some("name") => PromotionScope::Name,
            Some("none") => PromotionScope::None,
            _ => PromotionScope::Registry,
        };
        let kind = EventKind::RolledBack;
        self.give(kind, target.id, tag, scope, vec![holder], before.previous)
    }

    /// The active models that hold the tag by promotion, the one that got it last first.
    fn promoted_holders(&self, tag: &TagName, name: Option<&ModelName>) -> Vec<ModelRef> {
        let tagged = self.tagged(tag, name).into_iter().rev();
        let active = tagged.filter(|model| model.status == Status::Active);
        active
            .filter(|model| model.tag(tag).is_some_and(|tag| tag.promoted))
            .map(Model::reference)
            .collect()
    }
}
