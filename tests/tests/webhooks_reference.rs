//! The reference registry passes the suite of webhooks.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_tests::{Reference, for_each_queue_case, for_each_webhook_case, webhook_tests};

#[expect(clippy::unused_async, reason = "the suite opens every store the same way")]
async fn open() -> (Arc<dyn RegistryStore>, ()) {
    (Arc::new(Reference::new()), ())
}

for_each_webhook_case!(webhook_tests);
for_each_queue_case!(webhook_tests);
