//! Webhooks: events sent to whoever asked for them. The store keeps what is to be sent; here it is sent.

mod backoff;
mod connect;
mod counters;
mod engine;
mod flying;
mod message;
mod options;
mod reach;
mod send;
mod signature;

use registry_core::webhook::WebhookSecret;
use registry_core::{Error, Result};

pub use self::backoff::Backoff;
pub(crate) use self::connect::{Connector, Target};
pub(crate) use self::counters::{BACKLOG, Counters};
pub(crate) use self::engine::Engine;
pub use self::options::WebhookOptions;
pub use self::reach::{Network, Reach, network};
use crate::random::random;

/// A new secret of a webhook.
///
/// # Errors
/// When the system has no randomness to give.
pub(crate) fn random_secret() -> Result<WebhookSecret> {
    let bytes = random::<32>().map_err(|source| Error::File {
        action: "make a secret".into(),
        source,
    })?;
    Ok(WebhookSecret::from_random(bytes)?)
}
