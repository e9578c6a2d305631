//! The PostgreSQL server that some chores need: one of their own, gone when they are done.

use throwaway_postgres::{Binaries, Pooler, Server, VARIABLE};

use crate::process::{Failure, on_ci};

/// Starts one.
pub(crate) fn start() -> Result<Server, Failure> {
    let binaries = Binaries::find().map_err(Failure::files("start a database server"))?;
    Server::start(&binaries, &[]).map_err(Failure::files("start a database server"))
}

/// What the tests of PostgreSQL run on.
pub(crate) enum ForTests {
    /// A server that the environment names.
    Named {
        /// Why nothing is tested through a pgbouncer.
        no_pooler: Option<String>,
    },
    /// One of our own.
    Own {
        /// It ends with this.
        server: Server,
        /// Why nothing is tested through a pgbouncer.
        no_pooler: Option<String>,
    },
    /// None, for this reason.
    Missing(String),
}

impl ForTests {
    /// Finds or starts one; on a build machine there must be one, and a pgbouncer.
    pub(crate) fn find() -> Result<Self, Failure> {
        let no_pooler = match Pooler::program() {
            Err(missing) if on_ci() => return Err(Failure::Found(missing.to_string())),
            found => found.err().map(|missing| missing.to_string()),
        };
        if std::env::var_os(VARIABLE).is_some() {
            return Ok(Self::Named { no_pooler });
        }
        match Binaries::find() {
            Err(missing) if on_ci() => Err(Failure::Found(missing.to_string())),
            Err(missing) => Ok(Self::Missing(missing.to_string())),
            Ok(_) => start().map(|server| Self::Own { server, no_pooler }),
        }
    }

    /// The variable that tells the tests of our own server.
    pub(crate) fn variable(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Own { server, .. } => Some((VARIABLE, server.url("postgres"))),
            Self::Named { .. } | Self::Missing(_) => None,
        }
    }

    /// What to warn of.
    pub(crate) fn gap(&self) -> Option<String> {
        match self {
            Self::Missing(reason) => Some(format!("NOTHING WAS TESTED ON POSTGRESQL. {reason}")),
            Self::Named { no_pooler } | Self::Own { no_pooler, .. } => {
                let reason = no_pooler.as_ref()?;
                Some(format!("NOTHING WAS TESTED THROUGH PGBOUNCER. {reason}"))
            }
        }
    }

    /// The profile of nextest that leaves out what cannot be tested.
    pub(crate) fn profile(&self) -> Option<&'static str> {
        match self {
            Self::Missing(_) => Some("without-postgres"),
            _ if self.gap().is_some() => Some("without-pgbouncer"),
            _ => None,
        }
    }
}
