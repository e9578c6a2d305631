//! Webhooks of a database that several servers serve.

use crate::Team;
use crate::receiver::Receiver;
use crate::serving::Serving;

#[test]
fn of_two_servers_one_sends_and_the_other_takes_over_when_it_is_killed() {
    let team = Team::new();
    let (sandbox, receiver) = (&team.sandbox, Receiver::start());
    sandbox.ok("migrate");
    let options = ["--insecure-no-auth", "--webhook-allow", "127.0.0.1"];
    let mut servers = [
        Serving::start(sandbox, &options),
        Serving::start(sandbox, &options),
    ];
    sandbox.ok(&format!(
        "webhook create --name ci --url {} --events registered",
        receiver.url()
    ));
    let register = |names: &[String]| {
        for name in names {
            sandbox.ok(&format!(
                "register --name {name} --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h"
            ));
        }
    };
    let mut names: Vec<String> = (0..8).map(|number| format!("m{number}")).collect();
    register(&names);
    assert_eq!(receiver.wait_for(&names), [1; 8]);
    let sends = |server: &Serving| {
        server
            .answer("/metrics", "")
            .contains("registry_webhook_sender 1")
    };
    let sending: Vec<bool> = servers.iter().map(sends).collect();
    let sender = sending.iter().position(|sends| *sends).unwrap();
    assert!(!sending[1 - sender], "both send");
    servers[sender].kill();
    let more: Vec<String> = (8..12).map(|number| format!("m{number}")).collect();
    register(&more);
    names.extend(more);
    assert_eq!(receiver.wait_for(&names).len(), 12);
    assert!(sends(&servers[1 - sender]));
}
