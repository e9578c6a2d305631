//! A server as a process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A server that runs, and ends with its test.
pub(crate) struct Serving {
    pub(crate) child: Child,
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
                .split_once("://")
                .unwrap()
                .1
                .to_owned(),
            token: answer["admin_token"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// Has its log read away, as a pipe that nobody reads holds little of it and then holds it up.
    pub(crate) fn unheard(mut self) -> Self {
        let mut log = self.child.stderr.take().unwrap();
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        self
    }

    /// Ends it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The status of a request.
    pub(crate) fn ask(&self, path: &str, token: &str) -> String {
        let answer = self.answer(path, token);
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    /// The whole answer to a request.
    pub(crate) fn answer(&self, path: &str, token: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks it to end; returns its exit status and its log, as far as nobody has read it.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let killed = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(killed.success());
        let mut log = String::new();
        if let Some(mut unread) = self.child.stderr.take() {
            unread.read_to_string(&mut log).unwrap();
        }
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
