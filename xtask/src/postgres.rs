//! The PostgreSQL server that some chores need: one of their own, gone when they are done.

use throwaway_postgres::{Binaries, Server, VARIABLE};

use crate::process::{Failure, on_ci};

/// Starts one.
pub(crate) fn start() -> Result<Server, Failure> {
    let binaries = Binaries::find().map_err(Failure::files("start a database server"))?;
    Server::start(&binaries, &[]).map_err(Failure::files("start a database server"))
}

/// What the tests of PostgreSQL run on.
pub(crate) enum ForTests {
    /// A server that the environment names.
    Named,
    /// One of our own.
    Own(Server),
    /// None, for this reason.
    Missing(String),
}

impl ForTests {
    /// Finds or starts one; on a build machine there must be one.
    pub(crate) fn find() -> Result<Self, Failure> {
        if std::env::var_os(VARIABLE).is_some() {
            return Ok(Self::Named);
        }
        match Binaries::find() {
            Err(missing) if on_ci() => Err(Failure::Found(missing.to_string())),
            Err(missing) => Ok(Self::Missing(missing.to_string())),
            Ok(_) => start().map(Self::Own),
        }
    }

    /// The variable that tells the tests of our own server.
    pub(crate) fn variable(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Own(server) => Some((VARIABLE, server.url("postgres"))),
            Self::Named | Self::Missing(_) => None,
        }
    }

    /// What to warn of.
    pub(crate) fn gap(&self) -> Option<String> {
        match self {
            Self::Missing(reason) => Some(format!("NOTHING WAS TESTED ON POSTGRESQL. {reason}")),
            Self::Named | Self::Own(_) => None,
        }
    }
}
