//! PostgreSQL passes the suite of webhooks through a pgbouncer in transaction mode.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_tests::pooled::PooledRegistry;
use registry_tests::{for_each_queue_case, for_each_webhook_case, webhook_tests};

async fn open() -> (Arc<dyn RegistryStore>, PooledRegistry) {
    let registry = PooledRegistry::new(3).await;
    (Arc::new(registry.open().await), registry)
}

for_each_webhook_case!(webhook_tests);
for_each_queue_case!(webhook_tests);
