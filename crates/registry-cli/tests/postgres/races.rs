//! Two servers on one database: clients of both write the same few models at once, and what holds for one registry
//! holds for them (see `registry_tests::races`). Nothing that a server keeps for itself may come in between.

use std::sync::Arc;

use registry_client::{ConnectOptions, HttpStore};
use registry_core::RegistryStore;
use registry_tests::races;

use crate::Team;
use crate::serving::Serving;

/// Two servers, and clients that know one of them each.
struct Servers {
    team: Team,
    running: [Serving; 2],
}

impl Servers {
    fn start() -> Self {
        let team = Team::new();
        team.sandbox.ok("migrate");
        let start = || Serving::start(&team.sandbox, &["--insecure-no-auth"]).unheard();
        let running = [start(), start()];
        Self { team, running }
    }

    /// Two clients of each.
    fn clients(&self) -> Vec<Arc<dyn RegistryStore>> {
        let all = self.running.iter().cycle().take(4);
        all.map(|server| {
            let options = ConnectOptions::parse(&format!("http://{}", server.address)).unwrap();
            let client: Arc<dyn RegistryStore> = Arc::new(HttpStore::new(options).unwrap());
            client
        })
        .collect()
    }

    /// Both have answered, and have left nothing wrong behind.
    fn end(self) {
        for server in self.running {
            let metrics = server.answer("/metrics", "");
            assert!(
                metrics.contains("method=\"POST\""),
                "a server that nobody asked: {metrics}"
            );
        }
        self.team.sandbox.ok("doctor");
    }
}

fn at_once<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(4).enable_all().build();
    runtime.unwrap().block_on(work)
}

#[test]
fn of_those_who_want_the_same_one_gets_it() {
    let servers = Servers::start();
    at_once(races::conflicts::one_winner(&servers.clients(), 3));
    servers.end();
}

#[test]
fn a_request_under_a_key_is_made_once() {
    let servers = Servers::start();
    at_once(races::keys::made_once(&servers.clients(), 5));
    servers.end();
}

#[test]
fn promotions_on_an_expectation_are_linearizable() {
    let servers = Servers::start();
    let (met, unmet) = at_once(races::promotions::linearizable(&servers.clients(), 12));
    assert!(met > 0 && unmet > 0, "expectations met: {met}, not met: {unmet}");
    servers.end();
}

#[test]
fn everything_at_once_on_a_few_models() {
    let servers = Servers::start();
    let tally = at_once(races::mixed::everything(&servers.clients(), 25, 1));
    assert!(tally.done > tally.refused / 4 && tally.looks > 0, "{tally:?}");
    servers.end();
}
