//! How the deliveries of each webhook are, at a glance.

use serde::{Deserialize, Serialize};

use super::{AttemptError, DeliveryStatus, Webhook};
use crate::identifier::DeliveryId;
use crate::search::Count;
use crate::timestamp::Timestamp;

/// How far the deliveries of a webhook are counted.
pub const COUNTED_DELIVERIES: u32 = 50;

/// Among how many of its newest deliveries the last one that was tried is looked for.
pub(crate) const NEWEST_DELIVERIES: u32 = 20;

/// A webhook, and how its deliveries are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookStanding {
    /// The webhook.
    pub webhook: Webhook,
    /// How many wait, counted up to [`COUNTED_DELIVERIES`].
    pub pending: Count,
    /// How many were given up, counted as far.
    pub dead: Count,
    /// The newest that was tried; `None`: none of the newest twenty was.
    pub last: Option<LastDelivery>,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastDelivery {
    /// Its id.
    #[serde(rename = "delivery_id")]
    pub id: DeliveryId,
    /// How far it is.
    pub status: DeliveryStatus,
    /// The status of the last answer, if there was one.
    pub last_status: Option<u16>,
    /// What went wrong last, if anything did.
    pub last_error: Option<AttemptError>,
    /// When it was delivered or given up.
    pub finished_at: Option<Timestamp>,
}
