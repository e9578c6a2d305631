//! Webhooks of the program: servers that are killed lose nothing.

#![cfg(unix)]

use std::time::{Duration, Instant};

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

#[test]
fn a_receiver_that_is_gone_turns_its_webhook_off() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering("410 Gone");
    let serving = Serving::start(&sandbox, &["--insecure-no-auth", "--webhook-allow", "127.0.0.1"]);
    sandbox.ok(&format!("webhook create --name ci --url {}", receiver.url()));
    sandbox.ok("webhook test ci");
    let begun = Instant::now();
    while !sandbox.ok("webhook list").contains("gone") {
        assert!(begun.elapsed() < Duration::from_mins(1), "it stays on");
        std::thread::sleep(Duration::from_millis(20));
    }
    let shown = sandbox.ok("webhook show ci");
    assert!(
        shown.contains("off: the receiver answered") && shown.contains("that it is gone (410)"),
        "{shown}"
    );
    let history = sandbox.ok("history --json");
    assert!(
        history.contains("registry") && history.contains("gone for good"),
        "{history}"
    );
    let shown = sandbox.ok("webhook update ci --on");
    assert!(shown.contains("State:   on"), "{shown}");
    drop(serving);
}
