//! Random sequences of all verbs on PostgreSQL and on the reference registry, as `model_based.rs` on SQLite: 400 runs
//! of 40 steps, each part on a database of its own.

use registry_tests::random::agree_with_the_reference;
use registry_tests::{Emptied, PostgresRegistry};

const RUNS_PER_PART: u32 = 100;

fn part() {
    let registry = Emptied::default();
    agree_with_the_reference(RUNS_PER_PART, "tests/regressions/model_based.txt", async || {
        (registry.store(PostgresRegistry::new).await, ())
    });
}

#[test]
fn postgres_answers_as_the_reference_part_1() {
    part();
}

#[test]
fn postgres_answers_as_the_reference_part_2() {
    part();
}

#[test]
fn postgres_answers_as_the_reference_part_3() {
    part();
}

#[test]
fn postgres_answers_as_the_reference_part_4() {
    part();
}
