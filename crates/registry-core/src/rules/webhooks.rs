//! Making, changing and deleting webhooks.

use serde_json::{Map, Value, json};

use super::{Decision, Draft, NewEvent, expected_webhook};
use crate::backend::{Change, KeptWebhook, WebhookChange, WebhookState};
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::event::{EventId, EventKind};
use crate::identifier::WebhookId;
use crate::text::{Actor, Reason};
use crate::timestamp::Timestamp;
use crate::webhook::{MAX_WEBHOOKS, NewWebhook, Recorded, Webhook, WebhookSecret, WebhookUpdate};

/// Decides to make a webhook.
///
/// # Errors
/// [`WebhookExists`](Error::WebhookExists), [`TooManyWebhooks`](Error::TooManyWebhooks).
pub fn create_webhook(
    state: &WebhookState,
    webhooks: &[KeptWebhook],
    new: NewWebhook,
    secret: WebhookSecret,
    context: &WriteContext,
) -> Result<Decision<Webhook>> {
    let webhook = Webhook {
        id: (state.last_webhook + 1).try_into()?,
        name: new.name,
        url: new.url,
        filter: new.filter,
        enabled: new.enabled,
        old_secret_until: None,
        gone_at: None,
        created_at: context.at,
        created_by: context.actor.clone(),
        updated_at: context.at,
        updated_by: context.actor.clone(),
    };
    require_free_name(webhooks, &webhook)?;
    if webhooks.len() >= MAX_WEBHOOKS {
        return Err(Error::TooManyWebhooks { limit: MAX_WEBHOOKS });
    }
    let mut draft = Draft::new();
    let event = log(&mut draft, None, Some(&webhook));
    change(
        &mut draft,
        WebhookChange::Insert(Box::new(KeptWebhook {
            webhook: webhook.clone(),
            secret,
            old_secret: None,
            after: state.cursor,
        })),
    );
    start(&mut draft, webhooks, &webhook, event);
    Ok(draft.answer(webhook))
}

/// Decides to change a webhook.
///
/// # Errors
/// [`WebhookNotFound`](Error::WebhookNotFound), [`WebhookExists`](Error::WebhookExists),
/// [`EmptyUpdate`](Error::EmptyUpdate), [`WebhookChanged`](Error::WebhookChanged).
pub fn update_webhook(
    webhooks: &[KeptWebhook],
    id: WebhookId,
    update: WebhookUpdate,
    context: &WriteContext,
) -> Result<Decision<Webhook>> {
    let kept = known_webhook(webhooks, id)?;
    expected_webhook(&kept.webhook, context)?;
    if update == WebhookUpdate::default() {
        return Err(Error::EmptyUpdate);
    }
    let old = &kept.webhook;
    let mut new = Webhook {
        name: update.name.unwrap_or_else(|| old.name.clone()),
        url: update.url.unwrap_or_else(|| old.url.clone()),
        filter: update.filter.unwrap_or_else(|| old.filter.clone()),
        enabled: update.enabled.unwrap_or(old.enabled),
        ..old.clone()
    };
    require_free_name(webhooks, &new)?;
    let mut draft = Draft::new();
    if new == *old {
        return Ok(draft.answer(new));
    }
    if new.enabled {
        new.gone_at = None;
    }
    new.updated_at = context.at;
    new.updated_by = context.actor.clone();
    let event = log(&mut draft, Some(old), Some(&new));
    change(
        &mut draft,
        WebhookChange::Update(Box::new(KeptWebhook {
            webhook: new.clone(),
            ..kept.clone()
        })),
    );
    if !old.enabled {
        start(&mut draft, webhooks, &new, event);
    }
    Ok(draft.answer(new))
}

/// Decides to give a webhook another secret.
///
/// # Errors
/// [`WebhookNotFound`](Error::WebhookNotFound), [`WebhookChanged`](Error::WebhookChanged).
pub fn rotate_secret(
    webhooks: &[KeptWebhook],
    id: WebhookId,
    secret: WebhookSecret,
    old_until: Timestamp,
    context: &WriteContext,
) -> Result<Decision<Webhook>> {
    let kept = known_webhook(webhooks, id)?;
    expected_webhook(&kept.webhook, context)?;
    let new = Webhook {
        old_secret_until: Some(old_until),
        updated_at: context.at,
        updated_by: context.actor.clone(),
        ..kept.webhook.clone()
    };
    let mut draft = Draft::new();
    draft.event(changed(
        Value::Null,
        json!({ "webhook": { "name": new.name, "secret": "rotated" } }),
    ));
    change(
        &mut draft,
        WebhookChange::Update(Box::new(KeptWebhook {
            webhook: new.clone(),
            secret,
            old_secret: Some(kept.secret.clone()),
            after: kept.after,
        })),
    );
    Ok(draft.answer(new))
}

/// Decides to delete a webhook.
///
/// # Errors
/// [`WebhookNotFound`](Error::WebhookNotFound), [`WebhookChanged`](Error::WebhookChanged).
pub fn delete_webhook(
    webhooks: &[KeptWebhook],
    id: WebhookId,
    context: &WriteContext,
) -> Result<Decision<Webhook>> {
    let webhook = known_webhook(webhooks, id)?.webhook.clone();
    expected_webhook(&webhook, context)?;
    let mut draft = Draft::new();
    log(&mut draft, Some(&webhook), None);
    change(&mut draft, WebhookChange::Delete(id));
    Ok(draft.answer(webhook))
}

/// In whose name and why a webhook is turned off whose receiver is gone.
pub(crate) fn turning_off(now: Timestamp) -> Result<WriteContext> {
    let reason = Reason::parse("the receiver answered 410: it is gone for good")?;
    Ok(WriteContext::new(Actor::parse("registry")?, now).reason(reason))
}

/// Decides to turn a webhook off whose receiver is gone, unless it was changed since it was called: then the answer is
/// about what it was before.
pub(crate) fn gone(
    webhooks: &[KeptWebhook],
    id: WebhookId,
    seen: Timestamp,
    context: &WriteContext,
) -> Result<Decision<Recorded>> {
    let kept = known_webhook(webhooks, id)?;
    let old = &kept.webhook;
    let mut draft = Draft::new();
    if !old.enabled || old.updated_at != seen {
        return Ok(draft.answer(Recorded::Yes));
    }
    let new = Webhook {
        enabled: false,
        gone_at: Some(context.at),
        updated_at: context.at,
        updated_by: context.actor.clone(),
        ..old.clone()
    };
    log(&mut draft, Some(old), Some(&new));
    change(
        &mut draft,
        WebhookChange::Update(Box::new(KeptWebhook {
            webhook: new,
            ..kept.clone()
        })),
    );
    Ok(draft.answer(Recorded::TurnedOff))
}

/// The webhook of this id.
pub(crate) fn known_webhook(webhooks: &[KeptWebhook], id: WebhookId) -> Result<&KeptWebhook> {
    let mut all = webhooks.iter();
    all.find(|kept| kept.webhook.id == id)
        .ok_or_else(|| unknown_webhook(id))
}

/// That there is none.
pub(crate) fn unknown_webhook(id: WebhookId) -> Error {
    Error::WebhookNotFound {
        wanted: id.to_string(),
    }
}

fn require_free_name(webhooks: &[KeptWebhook], webhook: &Webhook) -> Result<()> {
    let mut others = webhooks.iter().map(|kept| &kept.webhook);
    match others.find(|other| other.name == webhook.name && other.id != webhook.id) {
        Some(holder) => Err(Error::WebhookExists {
            name: webhook.name.clone(),
            holder: holder.id,
        }),
        None => Ok(()),
    }
}

/// A webhook that is on is told of what comes after this event.
fn start(draft: &mut Draft, webhooks: &[KeptWebhook], webhook: &Webhook, event: EventId) {
    if webhook.enabled {
        let first = webhooks.iter().all(|kept| !kept.webhook.enabled);
        let webhook = webhook.id;
        change(
            draft,
            WebhookChange::Start {
                webhook,
                event,
                first,
            },
        );
    }
}

fn change(draft: &mut Draft, change: WebhookChange) {
    draft.change(Change::Webhook(Box::new(change)));
}

fn log(draft: &mut Draft, before: Option<&Webhook>, after: Option<&Webhook>) -> EventId {
    draft.event(changed(shown(before, after), shown(after, before)))
}

fn changed(before: Value, after: Value) -> NewEvent {
    NewEvent {
        kind: EventKind::SettingsChanged,
        model: None,
        tag: None,
        before,
        after,
        previous: None,
    }
}

/// One side of a change: the name, and what differs from the other side. Everybody reads the history, and an address may
/// hold a secret of the receiver's: of it only the host is shown.
fn shown(side: Option<&Webhook>, other: Option<&Webhook>) -> Value {
    let Some(side) = side else {
        return Value::Null;
    };
    let mut fields = Map::new();
    let mut show = |key: &str, differs: bool, value: Value| {
        if differs {
            fields.insert(key.to_owned(), value);
        }
    };
    show("name", true, json!(side.name));
    show(
        "target",
        other.is_none_or(|other| other.url != side.url),
        json!(side.url.origin()),
    );
    show(
        "filter",
        other.is_none_or(|other| other.filter != side.filter),
        json!(side.filter),
    );
    show(
        "enabled",
        other.is_none_or(|other| other.enabled != side.enabled),
        json!(side.enabled),
    );
    json!({ "webhook": fields })
}
