//! Random sequences of all verbs on the registry of a server and on the reference registry: every answer and error is
//! the same, and so is everything in the end.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_sqlite::SqliteStore;
use registry_tests::random::agree_with_the_reference;
use registry_tests::{Served, fast_folder};

const RUNS_PER_PART: u32 = 25;

fn part() {
    agree_with_the_reference(
        RUNS_PER_PART,
        "tests/regressions/model_based_http.txt",
        async || {
            let folder = fast_folder();
            let store = SqliteStore::open_or_create(folder.path().join("registry.db")).await;
            let served = Served::over(Arc::new(store.unwrap()), folder).await;
            (served.client(), served)
        },
    );
}

#[test]
fn a_server_answers_as_the_reference_part_1() {
    part();
}

#[test]
fn a_server_answers_as_the_reference_part_2() {
    part();
}
