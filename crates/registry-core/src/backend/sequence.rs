//! Load, decide, apply: the part that every write shares.

use crate::backend::{Backend, Change, WebhookChange};
use crate::context::WriteContext;
use crate::error::{Category, Error, Result};
use crate::event::{Event, EventId};
use crate::identifier::{ModelId, ModelRef};
use crate::model::Model;
use crate::record::{SettingRecord, convert};
use crate::rules::{self, Decision, Holder};
use crate::settings::Settings;
use crate::text::{ModelName, TagName};

/// Numbers the events of a decision and writes everything it changes; the caller commits.
pub(super) async fn apply<B: Backend, T>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    decision: Decision<T>,
) -> Result<T> {
    if decision.events.is_empty() && decision.changes.is_empty() {
        return Ok(decision.outcome);
    }
    let ids = backend.next_event_ids(tx, decision.events.len()).await?;
    let (changes, outcome) = numbered(decision, &mut ids.into_iter(), context)?;
    backend.apply(tx, &changes).await?;
    Ok(outcome)
}

/// All that a decision writes, its events first and with their numbers, and its outcome.
pub(super) fn numbered<T>(
    decision: Decision<T>,
    ids: &mut impl Iterator<Item = i64>,
    context: &WriteContext,
) -> Result<(Vec<Change>, T)> {
    let Decision {
        events,
        changes,
        outcome,
    } = decision;
    let ids: Vec<EventId> = ids.take(events.len()).map(EventId).collect();
    enough(ids.len(), events.len(), "events")?;
    let mut all = Vec::with_capacity(events.len() + changes.len());
    for (event, &id) in events.into_iter().zip(&ids) {
        all.push(Change::AppendEvent(Box::new(Event {
            id,
            at: context.at,
            kind: event.kind,
            actor: context.actor.clone(),
            reason: context.reason.clone(),
            model: event.model,
            tag: event.tag,
            before: event.before,
            after: event.after,
            previous: event.previous,
        })));
    }
    for mut change in changes {
        if let Some(event) = own_event(&mut change) {
            // A decision names its own events by their place; from here on they have their numbers.
            let place = usize::try_from(event.0).unwrap_or(usize::MAX);
            *event = *ids
                .get(place)
                .ok_or_else(|| broken("a change without its event"))?;
        }
        all.push(change);
    }
    Ok((all, outcome))
}

/// Refuses fewer numbers than were asked for: a backend gives what there is.
pub(crate) fn enough(found: usize, asked: usize, of: &str) -> Result<()> {
    if found < asked {
        return Err(Error::NumbersExhausted { of: of.into() });
    }
    Ok(())
}

/// The event of the same decision that a change names.
fn own_event(change: &mut Change) -> Option<&mut EventId> {
    match change {
        Change::PutTag { event, .. } => Some(event),
        Change::Webhook(change) => match change.as_mut() {
            WebhookChange::Start { event, .. } => Some(event),
            _ => None,
        },
        _ => None,
    }
}

/// Commits; after a refusal or a rehearsal rolls back.
pub(super) async fn finish<B: Backend, T>(
    backend: &B,
    tx: B::Tx,
    context: &WriteContext,
    outcome: Result<T>,
) -> Result<T> {
    match outcome {
        Ok(answer) if !context.dry_run => backend.commit(tx).await.map(|()| answer),
        outcome => {
            // What was loaded may be of others who are not durable yet. If they fail, this answer has no ground.
            let rolled_back = backend.rollback(tx).await;
            match outcome {
                Err(error) if error.category() == Category::Failure => Err(error),
                outcome => rolled_back.and(outcome),
            }
        }
    }
}

/// The model, or the error that it doesn't exist.
async fn load_model<B: Backend>(backend: &B, tx: &mut B::Tx, id: ModelId) -> Result<Model> {
    match backend.load_model(tx, id).await? {
        Some(record) => record.try_into(),
        None => Err(Error::ModelNotFound {
            wanted: id.to_string(),
        }),
    }
}

/// The model that a write is about, which must be as whoever writes expects it.
pub(super) async fn load_target<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    id: ModelId,
) -> Result<Model> {
    let model = load_model(backend, tx, id).await?;
    rules::expected(&model, context)?;
    Ok(model)
}

pub(super) async fn load_holders<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    tag: &TagName,
    name: Option<&ModelName>,
) -> Result<Vec<Holder>> {
    convert(backend.load_holders(tx, tag, name).await?)
}

/// The model that holds the tag by promotion, last got first, other than `except`.
pub(super) async fn load_promoted_holder<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    tag: &TagName,
    except: Option<ModelId>,
) -> Result<Option<Holder>> {
    let holders: Vec<Holder> = convert(backend.load_promoted_holders(tx, tag, 2).await?)?;
    Ok(holders.into_iter().find(|holder| Some(holder.model.id) != except))
}

pub(super) async fn load_children<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    id: ModelId,
) -> Result<Vec<ModelRef>> {
    convert(backend.load_children(tx, id).await?)
}

/// Settings from their stored form; unknown keys belong to a later release and are left alone.
pub(crate) fn settings(records: Vec<SettingRecord>) -> Result<Settings> {
    let mut settings = Settings::default();
    for record in records {
        if record.key == Settings::PROMOTION_SCOPE {
            settings.promotion_scope = record.value.parse().map_err(|error: Error| Error::StoredValue {
                row: format!("settings {}", record.key),
                field: "value",
                problem: error.to_string(),
            })?;
        }
    }
    Ok(settings)
}

pub(super) fn broken(what: &'static str) -> Error {
    Error::Storage {
        action: "apply a change".into(),
        source: what.into(),
    }
}
