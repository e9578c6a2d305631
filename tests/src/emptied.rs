//! Registries in PostgreSQL for the many runs of a test: each is made once, and emptied before a run.

use std::sync::Arc;

use registry_client::HttpStore;
use registry_postgres::PostgresStore;
use tokio::sync::OnceCell;

use crate::{PostgresRegistry, Served};

/// A registry, empty for each who asks.
#[derive(Default)]
pub struct Emptied(OnceCell<(PostgresStore, PostgresRegistry)>);

impl Emptied {
    /// The registry, which `make` makes for the first.
    pub async fn store(&self, make: impl AsyncFnOnce() -> PostgresRegistry) -> PostgresStore {
        let open = async || {
            let registry = make().await;
            (registry.open().await, registry)
        };
        let (store, registry) = self.0.get_or_init(open).await;
        registry.clear().await;
        store.clone()
    }
}

/// A registry that a server has, empty for each who asks.
#[derive(Default)]
pub struct EmptiedServer(OnceCell<Served<PostgresRegistry>>);

impl EmptiedServer {
    /// A client of the server.
    pub async fn client(&self) -> HttpStore {
        let serve = async || {
            let registry = PostgresRegistry::new().await;
            Served::over(Arc::new(registry.open().await), registry).await
        };
        let served = self.0.get_or_init(serve).await;
        served.guard().clear().await;
        served.client()
    }
}
