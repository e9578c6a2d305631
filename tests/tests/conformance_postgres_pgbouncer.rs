//! PostgreSQL passes the conformance suite through a pgbouncer in transaction mode.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_tests::pooled::PooledRegistry;
use registry_tests::{conformance_tests, for_each_case};

async fn open() -> (Arc<dyn RegistryStore>, PooledRegistry) {
    let registry = PooledRegistry::new(3).await;
    (Arc::new(registry.open().await), registry)
}

for_each_case!(conformance_tests);
