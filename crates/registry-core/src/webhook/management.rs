//! Webhooks as people and programs manage them.

use async_trait::async_trait;

use super::{
    Delivery, DeliveryDetail, DeliveryQuery, NewWebhook, Replay, Replayed, Webhook, WebhookSecret,
    WebhookStanding, WebhookUpdate,
};
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::identifier::{DeliveryId, WebhookId};
use crate::query::Page;
use crate::timestamp::Timestamp;

/// The webhooks of a registry: see [`RegistryStore::webhooks`](crate::RegistryStore::webhooks).
///
/// Every write is one transaction and is durable when it returns. Making, changing and deleting a webhook leaves an event
/// in the history, which names the receiver's host and no more of its address.
///
/// With [`WriteContext::expect`] the verbs that change a webhook go ahead only if it has that revision, and otherwise answer
/// [`WebhookChanged`](Error::WebhookChanged).
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// Makes a webhook. It is told of the events from then on. The secret is no part of the request under an idempotency
    /// key: one that is sent again has the secret of the first.
    ///
    /// # Errors
    /// [`WebhookExists`](Error::WebhookExists), [`TooManyWebhooks`](Error::TooManyWebhooks).
    async fn create(
        &self,
        context: &WriteContext,
        webhook: NewWebhook,
        secret: WebhookSecret,
    ) -> Result<Webhook>;

    /// Every webhook, in the order of the bytes of their names.
    async fn list(&self) -> Result<Vec<Webhook>>;

    /// The same, each with how its deliveries are.
    async fn standings(&self) -> Result<Vec<WebhookStanding>>;

    /// One webhook.
    ///
    /// # Errors
    /// [`WebhookNotFound`](Error::WebhookNotFound).
    async fn get(&self, id: WebhookId) -> Result<Webhook>;

    /// Changes a webhook. One that is turned on is told of the events from then on.
    ///
    /// # Errors
    /// [`WebhookNotFound`](Error::WebhookNotFound), [`WebhookExists`](Error::WebhookExists),
    /// [`EmptyUpdate`](Error::EmptyUpdate).
    async fn update(&self, context: &WriteContext, id: WebhookId, update: WebhookUpdate) -> Result<Webhook>;

    /// Gives a webhook another secret. Messages are signed with the present one too until a time; the one before it is
    /// gone.
    ///
    /// # Errors
    /// [`WebhookNotFound`](Error::WebhookNotFound).
    async fn rotate_secret(
        &self,
        context: &WriteContext,
        id: WebhookId,
        secret: WebhookSecret,
        old_until: Timestamp,
    ) -> Result<Webhook>;

    /// Deletes a webhook with its deliveries. Its id is not used again.
    ///
    /// # Errors
    /// [`WebhookNotFound`](Error::WebhookNotFound).
    async fn delete(&self, context: &WriteContext, id: WebhookId) -> Result<Webhook>;

    /// What was sent or waits, newest first.
    async fn deliveries(&self, query: &DeliveryQuery) -> Result<Page<Delivery, DeliveryId>>;

    /// One delivery with its attempts.
    ///
    /// # Errors
    /// [`DeliveryNotFound`](Error::DeliveryNotFound).
    async fn delivery(&self, id: DeliveryId) -> Result<DeliveryDetail>;

    /// Puts deliveries in their lines again.
    ///
    /// # Errors
    /// [`WebhookNotFound`](Error::WebhookNotFound), [`DeliveryNotFound`](Error::DeliveryNotFound).
    async fn replay(&self, context: &WriteContext, replay: Replay) -> Result<Replayed>;

    /// Adds a delivery that tells of nothing, to try the receiver. It waits while the webhook is off.
    ///
    /// # Errors
    /// [`WebhookNotFound`](Error::WebhookNotFound).
    async fn test(&self, context: &WriteContext, id: WebhookId) -> Result<Delivery>;
}

/// Where there are none.
pub(crate) struct NoWebhooks;

/// The same, for everyone who has none.
pub(crate) static NO_WEBHOOKS: NoWebhooks = NoWebhooks;

fn unsupported<T>() -> Result<T> {
    Err(Error::Unsupported {
        location: "this registry".into(),
        operation: "a webhook",
        instead: "follow its events instead",
    })
}

#[async_trait]
impl Webhooks for NoWebhooks {
    async fn create(&self, _: &WriteContext, _: NewWebhook, _: WebhookSecret) -> Result<Webhook> {
        unsupported()
    }

    async fn list(&self) -> Result<Vec<Webhook>> {
        unsupported()
    }

    async fn standings(&self) -> Result<Vec<WebhookStanding>> {
        unsupported()
    }

    async fn get(&self, _: WebhookId) -> Result<Webhook> {
        unsupported()
    }

    async fn update(&self, _: &WriteContext, _: WebhookId, _: WebhookUpdate) -> Result<Webhook> {
        unsupported()
    }

    async fn rotate_secret(
        &self,
        _: &WriteContext,
        _: WebhookId,
        _: WebhookSecret,
        _: Timestamp,
    ) -> Result<Webhook> {
        unsupported()
    }

    async fn delete(&self, _: &WriteContext, _: WebhookId) -> Result<Webhook> {
        unsupported()
    }

    async fn deliveries(&self, _: &DeliveryQuery) -> Result<Page<Delivery, DeliveryId>> {
        unsupported()
    }

    async fn delivery(&self, _: DeliveryId) -> Result<DeliveryDetail> {
        unsupported()
    }

    async fn replay(&self, _: &WriteContext, _: Replay) -> Result<Replayed> {
        unsupported()
    }

    async fn test(&self, _: &WriteContext, _: WebhookId) -> Result<Delivery> {
        unsupported()
    }
}
