//! Webhooks: addresses that are told of events, and what became of each message.
//!
//! The events themselves are the outbox: an event is written in the transaction of what it tells. Who sends makes
//! deliveries of them, each event for each webhook once, and moves a cursor in the same transaction
//! ([`WebhookQueue::fan_out`]). So nothing is lost and nothing comes twice, whoever is killed when.
//!
//! Deliveries of one webhook about one model stand in a line: only the first unfinished one is due, so they arrive in the
//! order of the events. Events without a model form one line of their own, and so do tests.
//!
//! Values and what they mean stand here. How they are sent and signed is the server's business.

mod delivery;
mod filter;
mod lease;
mod management;
mod queue;
mod secret;
mod standing;
mod told;
mod url;

pub use self::delivery::{
    Attempt, AttemptError, AttemptOutcome, Delivery, DeliveryDetail, DeliveryQuery, DeliveryStatus, Replay,
    Replayed,
};
pub use self::filter::WebhookFilter;
pub use self::lease::LeaseHolder;
pub(crate) use self::management::NO_WEBHOOKS;
pub use self::management::Webhooks;
pub use self::queue::{Backlog, DueDelivery, FanOut, Recorded, WebhookQueue};
pub use self::secret::WebhookSecret;
pub(crate) use self::standing::NEWEST_DELIVERIES;
pub use self::standing::{COUNTED_DELIVERIES, LastDelivery, WebhookStanding};
pub use self::told::WebhookEvent;
pub use self::url::WebhookUrl;

use serde::{Deserialize, Serialize};

use crate::identifier::WebhookId;
use crate::text::{Actor, WebhookName};
use crate::timestamp::Timestamp;

/// How many webhooks a registry has at most: every event is compared with each.
pub const MAX_WEBHOOKS: usize = 100;

/// An address that is told of events. Its secret is shown to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id.
    #[serde(rename = "webhook_id")]
    pub id: WebhookId,
    /// Its name; no other webhook has it.
    pub name: WebhookName,
    /// Where messages go.
    pub url: WebhookUrl,
    /// Which events it is told of.
    pub filter: WebhookFilter,
    /// Whether anything is sent. What happens while it is off it is never told of; what waits goes on later.
    pub enabled: bool,
    /// Until when messages are signed with the secret before the present one too.
    pub old_secret_until: Option<Timestamp>,
    /// When the receiver said that it is gone for good, by an answer of 410, which turned the webhook off. `None` once it
    /// is turned on again.
    pub gone_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Actor,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// By whom.
    pub updated_by: Actor,
}

/// A webhook to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWebhook {
    /// Its name.
    pub name: WebhookName,
    /// Where messages go.
    pub url: WebhookUrl,
    /// Which events it is told of; without one: of all.
    #[serde(default)]
    pub filter: WebhookFilter,
    /// Whether it is on from the beginning.
    #[serde(default = "on")]
    pub enabled: bool,
}

impl NewWebhook {
    /// A webhook that is told of everything.
    pub fn new(name: WebhookName, url: WebhookUrl) -> Self {
        Self {
            name,
            url,
            filter: WebhookFilter::default(),
            enabled: true,
        }
    }

    /// Told only of these events.
    #[must_use]
    pub fn filter(mut self, filter: WebhookFilter) -> Self {
        self.filter = filter;
        self
    }

    /// On or off.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }
}

fn on() -> bool {
    true
}

/// What is changed of a webhook; `None` leaves it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WebhookUpdate {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<WebhookName>,
    /// Another address; what waits goes there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<WebhookUrl>,
    /// Other events, from now on; what waits stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<WebhookFilter>,
    /// On or off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}
