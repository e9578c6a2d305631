//! What every backend of the model registry must show, and the tools to test it with.
//!
//! [`conformance`] holds one small case for each promise; [`conformance_tests!`] makes a test of each for a backend. [`Reference`] is a plain registry in memory that passes them too and is the oracle of the random tests;
//! [`random`] generates their steps. Tests are written with [`a_model`] and a [`Session`].

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test stops at what it did not expect"
)]

mod builder;
pub mod certificates;
pub mod conformance;
pub mod copying;
pub mod dice;
mod emptied;
pub mod faults;
mod folder;
pub mod following;
mod given;
pub mod linear;
pub mod load;
pub mod merging;
pub mod pooled;
mod postgres;
pub mod proxy;
pub mod races;
pub mod random;
pub mod realistic;
mod reference;
pub mod sending;
mod served;
mod session;
pub mod writer;

pub use builder::{ModelBuilder, a_model, actor, alice, at, bob, name, tag, version};
pub use emptied::{Emptied, EmptiedServer};
pub use folder::fast_folder;
pub use given::Given;
pub use postgres::{Database, PostgresRegistry};
pub use reference::Reference;
pub use served::Served;
pub use session::{Dump, Session, dump};
