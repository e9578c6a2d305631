//! The model registry as a service: REST over any [`RegistryStore`], tokens and roles, metrics.
//!
//! It knows no database: it is given the store. It never opens, looks at or fetches a path that a caller names.
//! A request goes through [`routes`] (which handler, which permission), `access` (who calls), `api` (the handlers), and
//! leaves as a document of [`registry_core::document`] or as a problem with a code of the registry. Pages for people are
//! made in `web`.

mod access;
mod api;
mod app;
mod http;
mod limits;
mod metrics;
pub mod openapi;
pub mod routes;
pub mod schema;
mod serve;
mod web;

use std::io;
use std::sync::Arc;

use registry_core::{Actor, RegistryStore};
use tokio::net::TcpListener;

use crate::access::Gate;
pub use crate::access::{
    Caller, NewToken, Permission, Role, Secret, TokenFile, TokenRecord, TokenState, TokensError,
};
use crate::app::App;
pub use crate::http::hosts::Hosts;
pub use crate::http::problem::{ProblemDocument, ProblemLine};
pub use crate::limits::Limits;
pub use crate::serve::stop_signal;

/// A server over a store.
pub struct Server {
    app: Arc<App>,
}

impl Server {
    /// A server that asks for tokens.
    pub fn with_tokens(
        store: Arc<dyn RegistryStore>,
        tokens: TokenFile,
        hosts: Hosts,
        limits: Limits,
    ) -> Self {
        Self {
            app: Arc::new(App::new(store, Gate::Tokens(tokens), hosts, limits)),
        }
    }

    /// A server that lets everybody do everything, as this actor. For a loopback address only.
    pub fn without_tokens(store: Arc<dyn RegistryStore>, actor: Actor, hosts: Hosts, limits: Limits) -> Self {
        Self {
            app: Arc::new(App::new(store, Gate::Open(actor), hosts, limits)),
        }
    }

    /// A server that believes what its callers say of themselves: who they are (header `Registry-Actor`,
    /// percent-encoded) and what time it is (`Registry-Time`). For tests of clients: with it, a store on the other side
    /// of a line keeps every promise of one that is here. The command line has no way to start it.
    pub fn believing(store: Arc<dyn RegistryStore>, limits: Limits) -> Self {
        Self {
            app: Arc::new(App::new(
                store,
                Gate::Believing,
                Hosts::Loopback(Vec::new()),
                limits,
            )),
        }
    }

    /// Answers until `stop` is done; then ends what was begun.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) -> io::Result<()> {
        let app = Arc::clone(&self.app);
        let stop = async move {
            stop.await;
            app.stopping.send_replace(true);
        };
        serve::serve(listener, routes::router(&self.app), self.app.limits, stop).await
    }
}
