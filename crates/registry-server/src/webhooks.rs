//! Webhooks: events sent to whoever asked for them. The store keeps what is to be sent; here it is sent.

mod backoff;
mod connect;
mod reach;
mod send;
mod signature;

pub use self::backoff::Backoff;
pub use self::reach::Reach;
