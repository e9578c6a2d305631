//! Random sequences of all verbs on SQLite and on the reference registry: every answer and error is the same, and so
//! is everything in the end. 1,000 runs of 40 steps, in parts that run side by side; what failed once is kept in
//! `tests/regressions/model_based.txt` and tried again first.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use registry_sqlite::SqliteStore;
use registry_tests::fast_folder;
use registry_tests::random::agree_with_the_reference;

const RUNS_PER_PART: u32 = 250;

fn part() {
    agree_with_the_reference(RUNS_PER_PART, "tests/regressions/model_based.txt", async || {
        let folder = fast_folder();
        let store = SqliteStore::open_or_create(folder.path().join("registry.db")).await;
        (store.unwrap(), folder)
    });
}

#[test]
fn sqlite_answers_as_the_reference_part_1() {
    part();
}

#[test]
fn sqlite_answers_as_the_reference_part_2() {
    part();
}

#[test]
fn sqlite_answers_as_the_reference_part_3() {
    part();
}

#[test]
fn sqlite_answers_as_the_reference_part_4() {
    part();
}
