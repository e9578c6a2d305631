//! PostgreSQL passes the conformance suite through a pgbouncer in transaction mode.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_tests::pooled::PooledRegistry;
use registry_tests::{Given, conformance_tests, for_each_case};

async fn open(given: Given) -> (Arc<dyn RegistryStore>, PooledRegistry) {
    let registry = PooledRegistry::new(3).await;
    let store = registry.open().await;
    given.settle(&store).await;
    (Arc::new(store), registry)
}

for_each_case!(conformance_tests);
