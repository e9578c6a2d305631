//! Random searches, as in `searches.rs`, of registries that a server has on PostgreSQL: some thousand, each part on a
//! database of its own.

use std::sync::Arc;

use registry_tests::random::find_what_the_reference_finds;
use registry_tests::{PostgresRegistry, Served};
use tokio::sync::OnceCell;

const REGISTRIES_PER_PART: u32 = 20;

fn part() {
    let served = OnceCell::new();
    find_what_the_reference_finds(REGISTRIES_PER_PART, async || {
        let serve = async || {
            let registry = PostgresRegistry::new().await;
            Served::over(Arc::new(registry.open().await), registry).await
        };
        let served = served.get_or_init(serve).await;
        served.guard().clear().await;
        (served.client(), ())
    });
}

#[test]
fn a_server_on_postgres_finds_what_the_reference_finds_part_1() {
    part();
}

#[test]
fn a_server_on_postgres_finds_what_the_reference_finds_part_2() {
    part();
}
