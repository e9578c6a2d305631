//! How fast a server is: starts the real `registry-cli serve` on a file of many models and asks it over loopback, as
//! `cargo xtask bench --server` does.
//!
//! Server and client share the cores of one machine, so whatever the client costs counts against the server. Therefore
//! it is one thread that sends requests made beforehand and reads of an answer its status and its length, where a
//! general client would make and take apart the headers of each. It speaks only to this server, which says how long each
//! answer is.

mod client;
mod empty;
mod figure;
mod followers;
mod loops;
mod parts;
mod requests;
mod serving;

use std::path::PathBuf;
use std::time::Duration;

pub use self::empty::serve as serve_empty;
pub use self::figure::{Figure, Goal, Outcome};
pub use self::parts::measure;

/// What is measured, and how large.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The program `registry-cli`.
    pub cli: PathBuf,
    /// A program that serves the empty route when it is given `--empty`.
    pub empty: PathBuf,
    /// Where registries are kept for the next time.
    pub folder: PathBuf,
    /// How many models the registry has.
    pub models: usize,
    /// How many ask at once.
    pub clients: usize,
    /// How long each load lasts.
    pub time: Duration,
    /// How long the mixed load lasts under which memory is looked at.
    pub steady: Duration,
    /// How many follow the events.
    pub followers: usize,
    /// How many registrations they are told of.
    pub burst: usize,
    /// Only parts whose name contains this.
    pub only: Option<String>,
}

impl Plan {
    /// Whether a part is asked for.
    fn wants(&self, part: &str) -> bool {
        self.only.as_ref().is_none_or(|only| part.contains(only.as_str()))
    }
}
