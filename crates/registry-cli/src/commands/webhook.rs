//! `webhook`: who is told of events, and what became of each message.

use registry_core::webhook::{
    DeliveryQuery, DeliveryStatus, NewWebhook, Replay, Webhook, WebhookFilter, WebhookSecret, WebhookUpdate,
};
use registry_core::{DeliveryId, Error, RegistryStore, Result, WebhookId};
use serde_json::{Value, json};

use super::Answer;
use super::pages::{older, print};
use super::written::{word, written};
use crate::args::{
    CreateWebhook, DeleteWebhook, Deliveries, FilterOptions, ReplayWebhook, RotateWebhook, UpdateWebhook,
    Webhook as WebhookArgs, WebhookCommand, WriteOptions, WriteToWebhook,
};
use crate::confirm::confirm;
use crate::output::Output;
use crate::render;
use crate::session::Session;

pub(super) async fn run(
    args: WebhookArgs,
    store: &dyn RegistryStore,
    session: &mut Session<'_, '_>,
) -> Answer {
    match args.command {
        WebhookCommand::Create(args) => create(args, store, session).await,
        WebhookCommand::List => {
            if session.json {
                let webhooks = store.webhooks().list().await?;
                return Ok(session.answer(|| json!({ "webhooks": webhooks }), |_| String::new()));
            }
            let standings = store.webhooks().standings().await?;
            Ok(session.answer(|| Value::Null, |screen| render::webhooks(&standings, screen)))
        }
        WebhookCommand::Show(args) => {
            let webhook = found(store, &args.webhook).await?;
            Ok(session.answer(|| json!(webhook), |screen| render::webhook(&webhook, screen)))
        }
        WebhookCommand::Update(args) => update(args, store, session).await,
        WebhookCommand::Rotate(args) => rotate(args, store, session).await,
        WebhookCommand::Delete(args) => delete(args, store, session).await,
        WebhookCommand::Test(args) => test(args, store, session).await,
        WebhookCommand::Deliveries(args) => match args.delivery {
            Some(id) => delivery(id, store, session).await,
            None => deliveries(args, store, session).await,
        },
        WebhookCommand::Replay(args) => replay(args, store, session).await,
    }
}

/// The webhook of a name, or of an id.
async fn found(store: &dyn RegistryStore, wanted: &str) -> Result<Webhook> {
    let all = store.webhooks().list().await?;
    let of_name = all.iter().find(|webhook| webhook.name.as_str() == wanted);
    let of_id = || {
        let id: WebhookId = wanted.parse().ok()?;
        all.iter().find(|webhook| webhook.id == id)
    };
    of_name
        .or_else(of_id)
        .cloned()
        .ok_or_else(|| Error::WebhookNotFound {
            wanted: wanted.to_owned(),
        })
}

/// The filter with what the options say in place of what was there.
fn filter(options: FilterOptions, old: &WebhookFilter) -> Result<Option<WebhookFilter>> {
    let FilterOptions { events, names, tags } = options;
    if events.is_none() && names.is_none() && tags.is_none() {
        return Ok(None);
    }
    let owned = |text: &str| text.to_owned();
    let kinds = events.map_or_else(|| old.kinds().to_vec(), |kinds| kinds.0);
    let names = names.map_or_else(|| old.names().map(owned).collect(), |names| names.0);
    let tags = tags.map_or_else(|| old.tags().map(owned).collect(), |tags| tags.0);
    Ok(Some(WebhookFilter::new(kinds, names, tags)?))
}

/// `ci (id 1)`.
fn named(webhook: &Webhook) -> String {
    format!("webhook {} (id {})", webhook.name, webhook.id)
}

/// The secret alone goes to standard output, so that it can be sent into a file.
fn shown_once(
    webhook: &Webhook,
    secret: &WebhookSecret,
    write: &WriteOptions,
    done: &str,
    session: &Session<'_, '_>,
) -> Output {
    let is_new = !write.dry_run && !write.is_replayed();
    let document = || {
        let mut value = json!(webhook);
        value["secret"] = is_new.then(|| secret.reveal()).into();
        value
    };
    if !is_new {
        return written(session, write, document, || format!("{done} {}", named(webhook)));
    }
    session
        .answer(document, |_| secret.reveal())
        .committed(true)
        .hint(format!(
            "this is the secret of {}; it is not shown again",
            named(webhook)
        ))
}

/// A new secret.
fn random_secret() -> Result<WebhookSecret> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::File {
        action: "make a secret".into(),
        source: std::io::Error::other(error.to_string()),
    })?;
    Ok(WebhookSecret::from_random(bytes)?)
}

async fn create(args: CreateWebhook, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let filter = filter(args.filter, &WebhookFilter::default())?.unwrap_or_default();
    let new = NewWebhook::new(args.name, args.url)
        .filter(filter)
        .enabled(!args.off);
    let secret = random_secret()?;
    let context = args.write.context()?;
    let webhook = store.webhooks().create(&context, new, secret.clone()).await?;
    Ok(shown_once(&webhook, &secret, &args.write, "made", session))
}

async fn update(args: UpdateWebhook, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let webhook = found(store, &args.webhook.webhook).await?;
    let update = WebhookUpdate {
        name: args.name,
        url: args.url,
        filter: filter(args.filter, &webhook.filter)?,
        enabled: (args.on || args.off).then_some(args.on),
    };
    let context = args.write.context()?;
    let webhook = store.webhooks().update(&context, webhook.id, update).await?;
    let screen = &session.screen;
    let text = || format!("changed {}", render::webhook(&webhook, screen));
    Ok(written(session, &args.write, || json!(webhook), text))
}

async fn rotate(args: RotateWebhook, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let webhook = found(store, &args.webhook.webhook).await?;
    let context = args.write.context()?;
    let until = args.old_until.map(|time| time.on(&session.screen)).transpose()?;
    let until = until.unwrap_or_else(|| WebhookSecret::old_until(context.at));
    let secret = random_secret()?;
    let webhooks = store.webhooks();
    let webhook = webhooks
        .rotate_secret(&context, webhook.id, secret.clone(), until)
        .await?;
    let done = "gave another secret to";
    Ok(shown_once(&webhook, &secret, &args.write, done, session))
}

async fn delete(args: DeleteWebhook, store: &dyn RegistryStore, session: &mut Session<'_, '_>) -> Answer {
    let webhook = found(store, &args.webhook.webhook).await?;
    let context = args.write.context()?;
    let question = format!("delete {} with its deliveries for good?", named(&webhook));
    if !(args.yes || args.write.dry_run || confirm(&question, session.console)?) {
        return Ok(session.cancelled());
    }
    let webhook = store.webhooks().delete(&context, webhook.id).await?;
    let text = || format!("deleted {}", named(&webhook));
    Ok(written(session, &args.write, || json!(webhook), text))
}

/// What makes an off webhook send again.
fn turn_on(webhook: &Webhook) -> String {
    format!(
        "`registry-cli webhook update {} --on` turns it on",
        word(webhook.name.as_str())
    )
}

async fn test(args: WriteToWebhook, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let webhook = found(store, &args.webhook.webhook).await?;
    let context = args.write.context()?;
    let delivery = store.webhooks().test(&context, webhook.id).await?;
    let text = || format!("test of {} waits as delivery {}", named(&webhook), delivery.id);
    let output = written(session, &args.write, || json!(delivery), text);
    if args.write.dry_run {
        return Ok(output);
    }
    if !webhook.enabled {
        let turn_on = turn_on(&webhook);
        return Ok(output.hint(format!("the webhook is off, so it waits; {turn_on}")));
    }
    Ok(output.hint(format!(
        "`registry-cli webhook deliveries --delivery {}` shows what became of it, once a server has sent it",
        delivery.id
    )))
}

async fn delivery(id: DeliveryId, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let detail = store.webhooks().delivery(id).await?;
    let webhook = store.webhooks().get(detail.delivery.webhook).await?;
    let output = session.answer(
        || json!(detail),
        |screen| render::delivery(&detail, &webhook, screen),
    );
    if webhook.enabled || detail.delivery.status != DeliveryStatus::Pending {
        return Ok(output);
    }
    Ok(output.hint(turn_on(&webhook)))
}

async fn deliveries(args: Deliveries, store: &dyn RegistryStore, session: &mut Session<'_, '_>) -> Answer {
    let webhook = match &args.webhook {
        Some(wanted) => Some(found(store, wanted).await?.id),
        None => None,
    };
    let read = async |limit, before, _| {
        let query = DeliveryQuery {
            webhook,
            status: args.status,
            limit,
            before,
        };
        Ok(store.webhooks().deliveries(&query).await?)
    };
    let printed = print(
        session,
        "deliveries",
        args.limit(),
        args.before,
        read,
        render::deliveries,
    );
    Ok(older(printed.await?, "No deliveries found."))
}

async fn replay(args: ReplayWebhook, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let context = args.write.context()?;
    let since = args.since.map(|time| time.on(&session.screen)).transpose()?;
    let (replay, webhook, what) = match (args.delivery, &args.webhook) {
        (Some(id), _) => {
            let webhook = store.webhooks().delivery(id).await?.delivery.webhook;
            let webhook = store.webhooks().get(webhook).await?;
            (Replay::Delivery(id), webhook, format!("--delivery {id}"))
        }
        (None, wanted) => {
            let webhook = found(store, wanted.as_deref().unwrap_or_default()).await?;
            let replay = match since {
                Some(since) => Replay::Since(webhook.id, since),
                None => Replay::Dead(webhook.id),
            };
            let what = word(webhook.name.as_str());
            (replay, webhook, what)
        }
    };
    let replayed = store.webhooks().replay(&context, replay).await?;
    let document = || -> Value { json!(replayed) };
    let text = || match replayed.deliveries {
        0 => "nothing is to be sent again".to_owned(),
        1 => "1 delivery waits again".to_owned(),
        count => format!("{count} deliveries wait again"),
    };
    let output = written(session, &args.write, document, text);
    if replayed.deliveries == 0 || args.write.dry_run {
        return Ok(output);
    }
    if !webhook.enabled {
        let turn_on = turn_on(&webhook);
        return Ok(output.hint(format!("the webhook is off, so nothing is sent; {turn_on}")));
    }
    Ok(output.hint(format!(
        "`registry-cli webhook deliveries {what}` shows what becomes of it"
    )))
}
