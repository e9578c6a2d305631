//! PostgreSQL passes the suite of webhooks.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_tests::{PostgresRegistry, for_each_queue_case, for_each_webhook_case, webhook_tests};

async fn open() -> (Arc<dyn RegistryStore>, PostgresRegistry) {
    let registry = PostgresRegistry::new().await;
    (Arc::new(registry.open().await), registry)
}

for_each_webhook_case!(webhook_tests);
for_each_queue_case!(webhook_tests);
