//! The documents about registries of a team, told as those of `documents.rs`, on a PostgreSQL server of their own.

#![cfg(feature = "postgres")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where something isn't as it should be"
)]

#[path = "documents/cargo_command.rs"]
mod cargo_command;
#[path = "documents/comparison.rs"]
mod comparison;
#[path = "documents/markdown.rs"]
mod markdown;
#[path = "documents/sandbox.rs"]
mod sandbox;
#[path = "documents/telling.rs"]
mod telling;

use std::path::{Path, PathBuf};

use sandbox::Sandbox;
use throwaway_postgres::{Binaries, Server};

#[test]
fn team() {
    let server = Server::start(&Binaries::find().unwrap(), &[]).unwrap();
    let mut sandbox = Sandbox::new();
    sandbox.server = server.folder().to_str().map(ToOwned::to_owned);
    telling::run("docs/team.md", &sandbox);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
