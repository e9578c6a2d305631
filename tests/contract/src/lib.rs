//! The contract of the API, judged by programs of others: a running server for them to ask, and where they are. What is
//! judged, and what is left out, stands in the package's README.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "for tests only: a failed step is a failed test"
)]

mod live;
mod python;

pub use live::Live;
pub use python::{here, program, run};
