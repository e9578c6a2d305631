//! How webhooks are sent.

use std::time::Duration;

use super::{Backoff, Reach};

/// How webhooks are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookOptions {
    /// Which addresses may be called.
    pub reach: Reach,
    /// When a delivery is tried again.
    pub backoff: Backoff,
    /// How long an attempt may take.
    pub time: Duration,
    /// How many deliveries are on their way at the same time besides one of each webhook, which always has its place: so
    /// slow receivers hold up no others.
    pub at_once: usize,
    /// The most of one webhook.
    pub at_once_each: u32,
    /// How long a server that died keeps others from sending. A living one renews its lease three times as often.
    pub lease: Duration,
    /// How often to look whether there is something to do where nothing says so.
    pub pause: Duration,
    /// How long finished deliveries are kept.
    pub keep: Duration,
    /// How long deliveries that are on their way may take once the server is told to stop.
    pub stop_time: Duration,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self {
            reach: Reach::default(),
            backoff: Backoff::default(),
            time: Duration::from_secs(20),
            at_once: 64,
            at_once_each: 8,
            lease: Duration::from_secs(6),
            pause: Duration::from_secs(1),
            keep: Duration::from_hours(30 * 24),
            stop_time: Duration::from_secs(10),
        }
    }
}
