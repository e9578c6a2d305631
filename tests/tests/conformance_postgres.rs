//! PostgreSQL passes the conformance suite.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_tests::{PostgresRegistry, conformance_tests, for_each_case};

async fn open() -> (Arc<dyn RegistryStore>, PostgresRegistry) {
    let registry = PostgresRegistry::new().await;
    (Arc::new(registry.open().await), registry)
}

for_each_case!(conformance_tests);
