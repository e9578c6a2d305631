//! The server that is measured, as a process.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// `registry-cli serve` on a file. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Serving {
    child: Child,
    pub(super) address: SocketAddr,
    /// That of the admin whom the first start makes.
    pub(super) token: String,
}

/// Megabytes of memory that a process has, as the system counts them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    /// Now.
    pub(super) resident: f64,
    /// The most so far.
    pub(super) most: f64,
}

impl Serving {
    /// With tokens, as one serves a team; the log goes nowhere.
    pub(super) fn start(cli: &Path, registry: &Path) -> Self {
        let mut child = Command::new(cli)
            .arg("--db")
            .arg(registry)
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .current_dir(registry.parent().unwrap())
            .env_remove("REGISTRY_CONFIG")
            .env_remove("REGISTRY_TOKENS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start `{}`: {error}", cli.display()));
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.ends_with("}\n") {
            let read = out.read_line(&mut text).unwrap();
            assert!(read > 0, "the server ended after saying: {text}");
        }
        let said: Value = serde_json::from_str(&text).unwrap();
        let address = said["url"].as_str().and_then(|url| url.strip_prefix("http://"));
        Self {
            child,
            address: address.unwrap().parse().unwrap(),
            token: said["admin_token"].as_str().unwrap().to_owned(),
        }
    }

    /// What it needs.
    pub(super) fn memory(&self) -> Memory {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let of = |field: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(field));
            let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
            kilobytes.unwrap().parse::<f64>().unwrap() / 1024.0
        };
        Memory {
            resident: of("VmRSS:"),
            most: of("VmHWM:"),
        }
    }

    /// Begins to count the most anew.
    pub(super) fn forget_most(&self) {
        // Said in proc(5): 5 sets the peak to what it is now.
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
