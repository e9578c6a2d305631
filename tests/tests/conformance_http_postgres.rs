//! The registry of a server over PostgreSQL passes the conformance suite.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_tests::{PostgresRegistry, Served, conformance_tests, for_each_case};

async fn open() -> (Arc<dyn RegistryStore>, Served<PostgresRegistry>) {
    let registry = PostgresRegistry::new().await;
    let served = Served::over(Arc::new(registry.open().await), registry).await;
    (Arc::new(served.client()), served)
}

for_each_case!(conformance_tests);
