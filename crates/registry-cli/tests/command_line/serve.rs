//! `serve` and `token` as processes: the first token, requests, the end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A server that runs, and ends with its test.
pub(crate) struct Serving {
    child: Child,
    pub(crate) address: String,
    pub(crate) token: String,
}

impl Serving {
    pub(crate) fn start(sandbox: &Sandbox, options: &[&str]) -> Self {
        let mut child = sandbox
            .command()
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.ends_with("}\n") {
            assert!(out.read_line(&mut text).unwrap() > 0, "it ended after: {text}");
        }
        let answer: Value = serde_json::from_str(&text).unwrap();
        Self {
            child,
            address: answer["url"]
                .as_str()
                .unwrap()
                .strip_prefix("http://")
                .unwrap()
                .to_owned(),
            token: answer["admin_token"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// The status of a request.
    fn ask(&self, path: &str, token: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    /// Asks it to end; returns its exit status and its log.
    fn end(mut self) -> (Option<i32>, String) {
        let killed = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(killed.success());
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[cfg(unix)]
fn the_first_start_makes_a_token_and_the_second_none() {
    let sandbox = Sandbox::with_models();
    let first = Serving::start(&sandbox, &["--log", "json"]);
    let token = first.token.clone();
    assert!(token.starts_with("mrt_"), "{token}");
    assert_eq!(first.ask("/api/v1/models/1", &token), "200");
    assert_eq!(first.ask("/api/v1/models/1", ""), "401");
    let (status, log) = first.end();
    assert_eq!(status, Some(0));
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        lines
            .iter()
            .any(|line| line["route"] == "/api/v1/models/{id}" && line["status"] == 200)
    );
    assert!(!log.contains(&token[4..]), "the log tells a secret");

    let second = Serving::start(&sandbox, &[]);
    assert_eq!(second.token, "");
    assert_eq!(second.ask("/api/v1/models/1", &token), "200");
    sandbox.ok("token revoke admin");
    assert_eq!(second.ask("/api/v1/models/1", &token), "401");
    let created = sandbox.json("token create --name bob --role reader");
    assert_eq!(
        second.ask("/api/v1/models/1", created["token"].as_str().unwrap()),
        "200"
    );
    assert_eq!(second.end().0, Some(0));
}

#[test]
#[cfg(unix)]
fn without_tokens_only_on_a_loopback_address() {
    let sandbox = Sandbox::with_models();
    let serving = Serving::start(&sandbox, &["--insecure-no-auth"]);
    assert_eq!(serving.ask("/api/v1/models/1", ""), "200");
    assert_eq!(serving.end().0, Some(0));
    assert!(!sandbox.path("model_registry.db.tokens.json").exists());
    let refused = sandbox.run("serve --insecure-no-auth --listen 0.0.0.0:0");
    assert_eq!(refused.status, 2, "{refused:?}");
    assert!(
        refused.err.contains("can be reached by others"),
        "{}",
        refused.err
    );
}

#[test]
fn an_address_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = Sandbox::new().run(&format!("serve --listen {address}"));
    assert_eq!(refused.status, 2, "{refused:?}");
    assert!(
        refused.err.contains(&format!("cannot listen on {address}")),
        "{}",
        refused.err
    );
}
