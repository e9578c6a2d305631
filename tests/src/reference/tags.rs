//! Tags: promotions, labels, removal.

use registry_core::{
    Error, EventId, EventKind, Expectation, Labelling, Model, ModelId, ModelRef, PromoteRequest, Promotion,
    PromotionScope, Result, Status, Tag, TagName,
};
use serde_json::json;

use super::state::{State, Write};

impl Write<'_> {
    pub(super) fn promote(&mut self, request: PromoteRequest) -> Result<Promotion> {
        let tag = &request.tag;
        let scope = request.scope.unwrap_or(self.settings.promotion_scope);
        let model = self.model(request.model)?.clone();
        if model.status == Status::Retired {
            return Err(Error::ModelRetired {
                model: model.reference(),
                tag: tag.clone(),
            });
        }
        let name = (scope == PromotionScope::Name).then_some(&model.name);
        let holder = self.holder(tag, name).cloned();
        if let Some(expectation) = request.expect {
            check(tag, expectation, holder.as_ref())?;
        }
        let others = self.tagged(tag, name).into_iter().filter(|m| m.id != model.id);
        let others: Vec<Model> = others.cloned().collect();
        let lost: Vec<ModelRef> = match scope {
            PromotionScope::None => Vec::new(),
            PromotionScope::Name | PromotionScope::Registry => {
                others.iter().rev().map(Model::reference).collect()
            }
        };
        let is_holder =
            holder.is_some_and(|m| m.id == model.id) && model.tag(tag).is_some_and(|t| t.promoted);
        if is_holder && lost.is_empty() {
            return Ok(Promotion {
                model,
                scope,
                lost,
                changed: false,
            });
        }
        let active = others.iter().rfind(|other| other.status == Status::Active);
        // A retired model can be restored first.
        let before = active.or(others.last());
        let previous = before.map(|other| self.grants[&(other.id, tag.clone())]);
        self.give(EventKind::Promoted, model.id, tag, scope, lost, previous)
    }

    /// Takes the tag from some and gives it to one.
    pub(super) fn give(
        &mut self,
        kind: EventKind,
        id: ModelId,
        tag: &TagName,
        scope: PromotionScope,
        lost: Vec<ModelRef>,
        previous: Option<EventId>,
    ) -> Result<Promotion> {
        let reference = self.model(id)?.reference();
        for loser in &lost {
            self.take(loser.id, tag)?;
            let after = json!({ "lost_to": reference });
            self.log(EventKind::TagLost, Some(loser.clone()), Some(tag))
                .after(after);
        }
        let event = self
            .log(kind, Some(reference), Some(tag))
            .before(json!({ "lost_by": lost }))
            .after(json!({ "scope": scope }))
            .previous(previous)
            .id();
        let model = self.put(id, tag, true, event)?;
        Ok(Promotion {
            model,
            scope,
            lost,
            changed: true,
        })
    }

    pub(super) fn label(&mut self, id: ModelId, tag: &TagName) -> Result<Labelling> {
        let model = self.model(id)?.clone();
        let promoted_holder = self.promoted_other(Some(id), tag);
        if model.tag(tag).is_some() {
            return Ok(Labelling {
                model,
                promoted_holder,
                changed: false,
            });
        }
        let event = self
            .log(EventKind::Labelled, Some(model.reference()), Some(tag))
            .id();
        let model = self.put(id, tag, false, event)?;
        Ok(Labelling {
            model,
            promoted_holder,
            changed: true,
        })
    }

    pub(super) fn untag(&mut self, id: ModelId, tag: &TagName) -> Result<Model> {
        let model = self.model(id)?.reference();
        let Some(taken) = self.take(id, tag)? else {
            return Err(Error::TagNotHeld {
                model,
                tag: tag.clone(),
            });
        };
        let before = json!({ "promoted": taken.promoted });
        self.log(EventKind::Untagged, Some(model), Some(tag))
            .before(before);
        self.model(id).cloned()
    }

    fn put(&mut self, id: ModelId, tag: &TagName, promoted: bool, event: EventId) -> Result<Model> {
        let since = self.context.at;
        self.take(id, tag)?;
        self.grants.insert((id, tag.clone()), event);
        let model = self.model_mut(id)?;
        model.tags.push(Tag {
            name: tag.clone(),
            since,
            promoted,
        });
        model.tags.sort_by_key(|tag| tag.name.clone());
        Ok(model.clone())
    }
}

impl State {
    /// Removes the tag from the model and returns it, if the model had it.
    pub(super) fn take(&mut self, id: ModelId, tag: &TagName) -> Result<Option<Tag>> {
        let taken = self.model(id)?.tag(tag).cloned();
        self.grants.remove(&(id, tag.clone()));
        if let Some(model) = self.models.get_mut(&id) {
            model.tags.retain(|other| other.name != *tag);
        }
        Ok(taken)
    }
}

fn check(tag: &TagName, expectation: Expectation, holder: Option<&Model>) -> Result<()> {
    let expected = match expectation {
        Expectation::Nobody => None,
        Expectation::Holder(model) => Some(model),
    };
    if expected.as_ref().map(|m| m.id) == holder.map(|m| m.id) {
        return Ok(());
    }
    Err(Error::UnexpectedHolder {
        tag: tag.clone(),
        expected,
        holder: holder.map(Model::reference),
    })
}
