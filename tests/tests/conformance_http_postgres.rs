//! The registry of a server over PostgreSQL passes the conformance suite.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_tests::{Given, PostgresRegistry, Served, conformance_tests, for_each_case};

async fn open(given: Given) -> (Arc<dyn RegistryStore>, Served<PostgresRegistry>) {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    given.settle(&store).await;
    let served = Served::over(Arc::new(store), registry).await;
    (Arc::new(served.client()), served)
}

for_each_case!(conformance_tests);
