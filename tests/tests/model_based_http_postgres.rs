//! Random sequences of all verbs on the registry of a server over PostgreSQL and on the reference registry, as
//! `model_based_http.rs` over SQLite: each part on a database of its own.

use registry_tests::EmptiedServer;
use registry_tests::random::agree_with_the_reference;

const RUNS_PER_PART: u32 = 25;

fn part() {
    let served = EmptiedServer::default();
    let regressions = "tests/regressions/model_based_http.txt";
    agree_with_the_reference(RUNS_PER_PART, regressions, async || (served.client().await, ()));
}

#[test]
fn a_server_on_postgres_answers_as_the_reference_part_1() {
    part();
}

#[test]
fn a_server_on_postgres_answers_as_the_reference_part_2() {
    part();
}
