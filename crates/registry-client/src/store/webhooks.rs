//! Webhooks of a server. It sends them itself, so there is no queue here.

use async_trait::async_trait;
use registry_core::webhook::{
    Delivery, DeliveryDetail, DeliveryQuery, NewWebhook, Replay, Replayed, Webhook, WebhookSecret,
    WebhookStanding, WebhookUpdate, Webhooks,
};
use registry_core::{DeliveryId, Page, Result, Timestamp, WebhookId, WriteContext};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::HttpStore;
use super::pages::Wanted;
use crate::http::Call;

#[derive(Deserialize)]
struct All {
    webhooks: Vec<Webhook>,
}

#[derive(Deserialize)]
struct Standings {
    webhooks: Vec<WebhookStanding>,
}

#[derive(Deserialize)]
struct Deliveries {
    deliveries: Vec<Delivery>,
    next: Option<DeliveryId>,
}

/// A webhook with the secret that its caller made.
#[derive(Serialize)]
struct WithSecret<'w> {
    #[serde(flatten)]
    webhook: &'w NewWebhook,
    secret: String,
}

#[async_trait]
impl Webhooks for HttpStore {
    async fn create(
        &self,
        context: &WriteContext,
        webhook: NewWebhook,
        secret: WebhookSecret,
    ) -> Result<Webhook> {
        let body = WithSecret {
            webhook: &webhook,
            secret: secret.reveal(),
        };
        let call = self.write(Method::POST, ["webhooks"], context).json(&body)?;
        self.http.write(context, call).await
    }

    async fn list(&self) -> Result<Vec<Webhook>> {
        let All { webhooks } = self.http.read(Call::get(["webhooks"])).await?;
        Ok(webhooks)
    }

    async fn standings(&self) -> Result<Vec<WebhookStanding>> {
        let call = Call::get(["webhooks", "standings"]);
        let Standings { webhooks } = self.http.read(call).await?;
        Ok(webhooks)
    }

    async fn get(&self, id: WebhookId) -> Result<Webhook> {
        self.http.read(Call::get(["webhooks", &id.to_string()])).await
    }

    async fn update(&self, context: &WriteContext, id: WebhookId, update: WebhookUpdate) -> Result<Webhook> {
        let call = self.write(Method::PATCH, ["webhooks", &id.to_string()], context);
        self.http.write(context, call.json(&update)?).await
    }

    async fn rotate_secret(
        &self,
        context: &WriteContext,
        id: WebhookId,
        secret: WebhookSecret,
        old_until: Timestamp,
    ) -> Result<Webhook> {
        let body = json!({ "secret": secret.reveal(), "old_until": old_until });
        let call = self.write(Method::POST, ["webhooks", &id.to_string(), "rotate"], context);
        self.http.write(context, call.json(&body)?).await
    }

    async fn delete(&self, context: &WriteContext, id: WebhookId) -> Result<Webhook> {
        let call = self.write(Method::DELETE, ["webhooks", &id.to_string()], context);
        self.http.write(context, call).await
    }

    async fn deliveries(&self, query: &DeliveryQuery) -> Result<Page<Delivery, DeliveryId>> {
        let mut wanted = Wanted::of(query.limit);
        let (mut items, mut before) = (Vec::new(), query.before);
        loop {
            let call = Call::get(["webhooks", "deliveries"])
                .with_some("webhook_id", query.webhook)
                .with_some("status", query.status)
                .with("limit", wanted.next())
                .with_some("before", before);
            let page: Deliveries = self.http.read(call).await?;
            let got = page.deliveries.len();
            items.extend(page.deliveries);
            if wanted.is_done(got) || page.next.is_none() {
                return Ok(Page {
                    items,
                    next: page.next,
                });
            }
            before = page.next;
        }
    }

    async fn delivery(&self, id: DeliveryId) -> Result<DeliveryDetail> {
        let call = Call::get(["webhooks", "deliveries", &id.to_string()]);
        self.http.read(call).await
    }

    async fn replay(&self, context: &WriteContext, replay: Replay) -> Result<Replayed> {
        let mut body = Map::new();
        let webhook = match replay {
            Replay::Delivery(id) => {
                let segments = ["webhooks", "deliveries", &id.to_string(), "replay"];
                let call = self.write(Method::POST, segments, context);
                return self.http.write(context, call).await;
            }
            Replay::Dead(webhook) => webhook,
            Replay::Since(webhook, since) => {
                body.insert("since".into(), json!(since));
                webhook
            }
        };
        let call = self.write(
            Method::POST,
            ["webhooks", &webhook.to_string(), "replay"],
            context,
        );
        self.http.write(context, call.json(&body)?).await
    }

    async fn test(&self, context: &WriteContext, id: WebhookId) -> Result<Delivery> {
        let call = self.write(Method::POST, ["webhooks", &id.to_string(), "test"], context);
        self.http.write(context, call).await
    }
}
