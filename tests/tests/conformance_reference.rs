//! The reference registry passes the conformance suite.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_tests::{Given, Reference, conformance_tests, for_each_case};

#[expect(clippy::unused_async, reason = "the suite opens every store the same way")]
async fn open(given: Given) -> (Arc<dyn RegistryStore>, ()) {
    (Arc::new(Reference::given(given)), ())
}

for_each_case!(conformance_tests);
