//! PostgreSQL passes the conformance suite.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_tests::{Given, PostgresRegistry, conformance_tests, for_each_case};

async fn open(given: Given) -> (Arc<dyn RegistryStore>, PostgresRegistry) {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    given.settle(&store).await;
    (Arc::new(store), registry)
}

for_each_case!(conformance_tests);
