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
mod random;
pub mod routes;
pub mod schema;
mod serve;
mod tls;
mod traces;
mod web;
mod webhooks;

use std::io;
use std::sync::Arc;

use axum::Extension;
use axum::middleware::map_response;
use registry_core::{Actor, RegistryStore};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use crate::access::{
    Caller, NewToken, Permission, Role, Secret, TokenDocument, TokenFile, TokenRecord, TokenState,
    TokensError,
};
use crate::access::{Gate, keep_uses, write_last_uses};
use crate::app::App;
pub use crate::http::hosts::Hosts;
pub use crate::http::problem::{ProblemDocument, ProblemLine};
use crate::http::request::strict;
pub use crate::limits::Limits;
pub use crate::serve::stop_signal;
pub use crate::tls::{Tls, TlsError};
pub use crate::traces::{Traces, TracesError};
use crate::web::Scheme;
use crate::webhooks::Engine;
pub use crate::webhooks::{Backoff, Network, Reach, WebhookOptions, network};

/// A server over a store.
pub struct Server {
    app: Arc<App>,
    tls: Option<Arc<Tls>>,
    webhooks: Option<WebhookOptions>,
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
            tls: None,
            webhooks: None,
        }
    }

    /// A server that lets everybody do everything, as this actor. For a loopback address only.
    pub fn without_tokens(store: Arc<dyn RegistryStore>, actor: Actor, hosts: Hosts, limits: Limits) -> Self {
        Self {
            app: Arc::new(App::new(store, Gate::Open(actor), hosts, limits)),
            tls: None,
            webhooks: None,
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
            tls: None,
            webhooks: None,
        }
    }

    /// With TLS. SIGHUP makes the server read the files anew.
    #[must_use]
    pub fn tls(mut self, tls: Arc<Tls>) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Sends the registry's webhooks too, where the store has a queue of them. Of several servers over one registry one
    /// sends at a time.
    #[must_use]
    pub fn webhooks(mut self, options: WebhookOptions) -> Self {
        self.webhooks = Some(options);
        self
    }

    /// Traces its requests. Of several calls the first counts.
    #[must_use]
    pub fn traces(self, traces: Traces) -> Self {
        let _ = self.app.traces.set(traces);
        self
    }

    /// Answers until `stop` is done; then ends what was begun.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) -> io::Result<()> {
        let app = &self.app;
        let router = routes::router(app);
        let router = match &self.tls {
            Some(_) => router.layer(map_response(strict)).layer(Extension(Scheme::Https)),
            None => router.layer(Extension(Scheme::Http)),
        };
        // They end with the server, however that ends.
        let mut beside = JoinSet::new();
        if matches!(app.gate, Gate::Tokens(_)) {
            beside.spawn(keep_uses(Arc::clone(app), app.stopping.subscribe()));
        }
        if let Some(options) = self.webhooks {
            let engine = Engine::new(Arc::clone(&app.store), options, Arc::clone(&app.sent))?;
            beside.spawn(Arc::new(engine).run(app.stopping.subscribe()));
        }
        let tls = self.tls.as_deref();
        let served = serve::serve(listener, router, app.limits, tls, &app.stopping, stop).await;
        app.stopping.send_replace(true);
        while beside.join_next().await.is_some() {}
        write_last_uses(app).await;
        if let Some(traces) = app.traces.get() {
            traces.stop().await;
        }
        served
    }
}
