//! Random searches, as in `searches.rs`, of registries that a server has on PostgreSQL: some thousand, each part on a
//! database of its own.

use registry_tests::EmptiedServer;
use registry_tests::random::find_what_the_reference_finds;

const REGISTRIES_PER_PART: u32 = 20;

fn part() {
    let served = EmptiedServer::default();
    find_what_the_reference_finds(REGISTRIES_PER_PART, async || (served.client().await, ()));
}

#[test]
fn a_server_on_postgres_finds_what_the_reference_finds_part_1() {
    part();
}

#[test]
fn a_server_on_postgres_finds_what_the_reference_finds_part_2() {
    part();
}
