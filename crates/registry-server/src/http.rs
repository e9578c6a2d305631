//! What every request and answer of HTTP shares, whatever it is about.

pub(crate) mod answer;
pub(crate) mod extract;
pub(crate) mod hosts;
pub(crate) mod idempotency;
pub(crate) mod kept;
pub(crate) mod precondition;
pub(crate) mod problem;
pub(crate) mod rate;
pub(crate) mod request;
pub(crate) mod sent;
