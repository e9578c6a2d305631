//! Webhooks of the program: servers that are killed lose nothing.

#![cfg(unix)]

use crate::receiver::Receiver;
use crate::sandbox::Sandbox;
use crate::serving::Serving;

#[test]
fn a_server_that_is_killed_loses_no_message() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::start();
    let options = ["--insecure-no-auth", "--webhook-allow", "127.0.0.1"];
    let mut serving = Serving::start(&sandbox, &options);
    sandbox.ok(&format!(
        "webhook create --name ci --url {} --events registered",
        receiver.url()
    ));
    let names: Vec<String> = (0..12).map(|number| format!("m{number}")).collect();
    for (number, name) in names.iter().enumerate() {
        sandbox.ok(&format!(
            "register --name {name} --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h"
        ));
        if number % 4 == 3 {
            serving.kill();
            serving = Serving::start(&sandbox, &options);
        }
    }
    // One message for each, however often it came.
    assert_eq!(receiver.wait_for(&names).len(), 12);
    drop(serving);
}
