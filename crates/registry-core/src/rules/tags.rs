//! Who gets a tag and who loses it.

use serde_json::json;

use super::{Decision, Draft, Holder, NewEvent, current};
use crate::backend::Change;
use crate::context::WriteContext;
use crate::error::{Error, Result, RollbackObstacle};
use crate::event::{Event, EventId, EventKind};
use crate::identifier::ModelRef;
use crate::model::Model;
use crate::outcome::{Labelling, Promotion};
use crate::status::Status;
use crate::tag::{Expectation, PromotionScope, Tag};
use crate::text::TagName;

/// The state that a promotion is decided on.
#[derive(Debug, Clone, PartialEq)]
pub struct PromoteState {
    /// The model to promote.
    pub model: Model,
    /// The scope that applies.
    pub scope: PromotionScope,
    /// Who has the tag: within the model's name under scope [`PromotionScope::Name`], else in the registry. Under
    /// [`PromotionScope::None`] the latest two active ones are enough, and without another active one the last retired one.
    pub holders: Vec<Holder>,
}

/// Decides a promotion. Repeating one changes nothing, so that a retry is harmless.
///
/// # Errors
/// [`Error::ModelRetired`], or [`Error::UnexpectedHolder`] when `expect` isn't met.
pub fn promote(
    state: PromoteState,
    tag: &TagName,
    expect: Option<Expectation>,
    context: &WriteContext,
) -> Result<Decision<Promotion>> {
    let PromoteState {
        model,
        scope,
        holders,
    } = state;
    if model.status == Status::Retired {
        return Err(Error::ModelRetired {
            model: model.reference(),
            tag: tag.clone(),
        });
    }
    let holder = current(&holders);
    if let Some(expect) = expect {
        check_expectation(expect, holder, tag)?;
    }
    let losers: Vec<&Holder> = match scope {
        PromotionScope::None => Vec::new(),
        PromotionScope::Registry | PromotionScope::Name => holders
            .iter()
            .filter(|other| other.model.id != model.id)
            .collect(),
    };
    let holds_it = holder.is_some_and(|holder| holder.model.id == model.id && holder.promoted);
    if holds_it && losers.is_empty() {
        return Ok(Draft::new().answer(Promotion {
            model,
            scope,
            lost: Vec::new(),
            changed: false,
        }));
    }
    let previous = holder_before(&holders, &model).map(|holder| holder.event);
    Ok(give(
        model,
        tag,
        scope,
        EventKind::Promoted,
        &losers,
        previous,
        context,
    ))
}

/// The other model that a rollback would give the tag back to: the last active one to get it, else the last retired
/// one, which can be restored first. The model's own label is no holder to go back to.
fn holder_before<'a>(holders: &'a [Holder], model: &Model) -> Option<&'a Holder> {
    let others = holders.iter().filter(|holder| holder.model.id != model.id);
    others.max_by_key(|holder| (holder.status == Status::Active, holder.event))
}

fn check_expectation(expect: Expectation, holder: Option<&Holder>, tag: &TagName) -> Result<()> {
    let expected = match expect {
        Expectation::Nobody => None,
        Expectation::Holder(model) => Some(model),
    };
    let holder = holder.map(|holder| holder.model.clone());
    if expected.as_ref().map(|model| model.id) == holder.as_ref().map(|model| model.id) {
        Ok(())
    } else {
        Err(Error::UnexpectedHolder {
            tag: tag.clone(),
            expected,
            holder,
        })
    }
}

/// Gives the tag to the model and takes it from the losers.
fn give(
    mut model: Model,
    tag: &TagName,
    scope: PromotionScope,
    kind: EventKind,
    losers: &[&Holder],
    previous: Option<EventId>,
    context: &WriteContext,
) -> Decision<Promotion> {
    let reference = model.reference();
    let lost: Vec<ModelRef> = losers.iter().map(|holder| holder.model.clone()).collect();
    let mut draft = Draft::new();
    for loser in &lost {
        draft.event(
            NewEvent::of(EventKind::TagLost, loser)
                .tag(tag)
                .after(json!({ "lost_to": reference })),
        );
        draft.change(Change::RemoveTag {
            model: loser.id,
            tag: tag.clone(),
        });
    }
    let mut event = NewEvent::of(kind, &reference).tag(tag);
    event = event
        .before(json!({ "lost_by": lost }))
        .after(json!({ "scope": scope }));
    event.previous = previous;
    let event = draft.event(event);
    let new = Tag {
        name: tag.clone(),
        since: context.at,
        promoted: true,
    };
    put(&mut model, new.clone());
    draft.change(Change::PutTag {
        model: reference,
        tag: new,
        event,
    });
    draft.answer(Promotion {
        model,
        scope,
        lost,
        changed: true,
    })
}

fn put(model: &mut Model, tag: Tag) {
    model.tags.retain(|other| other.name != tag.name);
    model.tags.push(tag);
    model.tags.sort_by(|a, b| a.name.cmp(&b.name));
}

/// Decides a label: the tag is added and taken from nobody. A label on a model that was promoted changes nothing.
pub fn label(
    mut model: Model,
    tag: &TagName,
    promoted: Option<Holder>,
    context: &WriteContext,
) -> Decision<Labelling> {
    let promoted_holder = promoted.map(|holder| holder.model);
    if model.tag(tag).is_some() {
        return Draft::new().answer(Labelling {
            model,
            promoted_holder,
            changed: false,
        });
    }
    let mut draft = Draft::new();
    let reference = model.reference();
    let event = draft.event(NewEvent::of(EventKind::Labelled, &reference).tag(tag));
    let new = Tag {
        name: tag.clone(),
        since: context.at,
        promoted: false,
    };
    put(&mut model, new.clone());
    draft.change(Change::PutTag {
        model: reference,
        tag: new,
        event,
    });
    draft.answer(Labelling {
        model,
        promoted_holder,
        changed: true,
    })
}

/// Decides the removal of a tag.
///
/// # Errors
/// [`Error::TagNotHeld`].
pub fn untag(mut model: Model, tag: &TagName) -> Result<Decision<Model>> {
    let reference = model.reference();
    let Some(held) = model.tag(tag).cloned() else {
        return Err(Error::TagNotHeld {
            model: reference,
            tag: tag.clone(),
        });
    };
    let mut draft = Draft::new();
    draft.event(
        NewEvent::of(EventKind::Untagged, &reference)
            .tag(tag)
            .before(json!({ "promoted": held.promoted })),
    );
    draft.change(Change::RemoveTag {
        model: model.id,
        tag: tag.clone(),
    });
    model.tags.retain(|other| other.name != *tag);
    Ok(draft.answer(model))
}

/// The state that a rollback is decided on.
#[derive(Debug, Clone, PartialEq)]
pub struct RollbackState {
    /// The holder that loses the tag, from [`rollback_holder`].
    pub holder: Holder,
    /// The event by which it had got the tag.
    pub event: Event,
    /// The event that `event.previous` names, if any: by it the holder before had got the tag.
    pub previous: Option<Event>,
    /// The model of that event as it is now; `None`: deleted.
    pub model: Option<Model>,
}

/// The holder that a rollback takes the tag from.
///
/// # Errors
/// [`Error::Rollback`] when nobody holds the tag, several names do and none was chosen, or the holder got it as a label.
pub fn rollback_holder(holders: &[Holder], tag: &TagName) -> Result<Holder> {
    let refuse = |obstacle| Error::Rollback {
        tag: tag.clone(),
        obstacle,
    };
    let Some(holder) = current(holders) else {
        return Err(refuse(RollbackObstacle::NoHolder));
    };
    let promoted = holders
        .iter()
        .filter(|other| other.promoted && other.status == Status::Active);
    let others: Vec<ModelRef> = promoted
        .filter(|other| other.model.name != holder.model.name)
        .map(|other| other.model.clone())
        .collect();
    if holder.promoted && !others.is_empty() {
        return Err(refuse(RollbackObstacle::SeveralNames(
            std::iter::once(holder.model.clone()).chain(others).collect(),
        )));
    }
    if holder.promoted {
        Ok(holder.clone())
    } else {
        Err(refuse(RollbackObstacle::Labelled(holder.model.clone())))
    }
}

/// Decides a rollback: the tag goes from its holder to the one before. A further rollback goes one further back.
///
/// # Errors
/// [`Error::Rollback`] when there was no holder before, or it is deleted or retired.
pub fn rollback(state: RollbackState, tag: &TagName, context: &WriteContext) -> Result<Decision<Promotion>> {
    let RollbackState {
        holder,
        event,
        previous,
        model,
    } = state;
    let refuse = |obstacle| {
        Err(Error::Rollback {
            tag: tag.clone(),
            obstacle,
        })
    };
    let Some((previous, before)) = previous
        .as_ref()
        .and_then(|previous| Some((previous, previous.model.clone()?)))
    else {
        return refuse(RollbackObstacle::NoPrevious(holder.model));
    };
    let Some(model) = model else {
        return refuse(RollbackObstacle::PreviousDeleted(before));
    };
    if model.status == Status::Retired {
        return refuse(RollbackObstacle::PreviousRetired(before));
    }
    let scope = serde_json::from_value(event.after["scope"].clone()).unwrap_or_default();
    Ok(give(
        model,
        tag,
        scope,
        EventKind::RolledBack,
        &[&holder],
        previous.previous,
        context,
    ))
}
