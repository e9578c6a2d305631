//! `watch` as a process: events while others write, and its ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A follower and its lines.
struct Follower {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Follower {
    fn start(sandbox: &Sandbox, line: &str) -> Self {
        let mut child = sandbox
            .command()
            .args(line.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The next line, once it is there.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }

    fn event(&mut self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    /// Its exit status and what it said on standard error.
    fn end(self) -> (Option<i32>, String) {
        drop(self.lines);
        let output = self.child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }
}

#[test]
fn each_event_is_a_line_as_it_comes() {
    let sandbox = Sandbox::with_models();
    let mut follower = Follower::start(&sandbox, "watch --after 3 --limit 4 --json");
    for (write, kind) in [
        ("promote 1 --tag production", "promoted"),
        ("untag 1 production", "untagged"),
        ("retire 3", "retired"),
        ("restore 3", "restored"),
    ] {
        sandbox.ok(write);
        assert_eq!(follower.event()["kind"], kind);
    }
    assert_eq!(follower.line(), "");
    assert_eq!(follower.end(), (Some(0), String::new()));
}

#[test]
fn without_a_beginning_it_begins_now() {
    let sandbox = Sandbox::with_models();
    let mut follower = Follower::start(&sandbox, "watch --limit 1 --json");
    let mut writes = 0;
    while follower.child.try_wait().unwrap().is_none() {
        assert!(writes < 1000, "no event comes");
        writes += 1;
        sandbox.ok(&format!("update 1 --notes {writes}"));
    }
    assert_eq!(follower.event()["kind"], "updated");
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_an_end_like_any_other() {
    let sandbox = Sandbox::with_models();
    let mut follower = Follower::start(&sandbox, "watch --after 2 --json");
    assert_eq!(follower.event()["event_id"], 3);
    let id = follower.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(follower.line(), "");
    assert_eq!(follower.end(), (Some(0), String::new()));
}

#[test]
fn a_closed_pipe_is_an_end_like_any_other() {
    let sandbox = Sandbox::with_models();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = sandbox.command();
    let output = command
        .args(["watch", "--after", "0"])
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stderr, b"");
}

#[cfg(unix)]
#[test]
fn a_command_gets_each_event_and_stops_at_its_failure() {
    let sandbox = Sandbox::with_models();
    let watch = |after: &str, command: &str| {
        sandbox.args(&[
            "watch",
            "--after",
            after,
            "--no-wait",
            "--json",
            "--exec",
            command,
        ])
    };
    let all = watch("0", "cat >> seen");
    assert_eq!((all.status, all.out.lines().count()), (0, 3));
    assert_eq!(std::fs::read_to_string(sandbox.path("seen")).unwrap(), all.out);
    // It need not read.
    assert_eq!(watch("0", "true").out, all.out);

    let stopped = watch("0", "grep -v '\"event_id\":2,'");
    assert_eq!(stopped.status, 1);
    assert_eq!(stopped.error()["code"], "exec_failed");
    let hint = stopped.error()["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("watch --after 1`"), "{hint}");
    // What was done is shown: by the command, and as its answer.
    let first = all.out.lines().next().unwrap();
    assert_eq!(stopped.out.lines().collect::<Vec<_>>(), [first, first]);
    assert_eq!(watch("1", "true").out.lines().count(), 2);
}
