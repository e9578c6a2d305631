//! A receiver of webhooks that answers everything alike.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A receiver on a port of its own, for as long as the test runs.
pub(crate) struct Receiver {
    port: u16,
    came: Came,
}

/// How often each message came, by its id, and which name it told of.
type Came = Arc<Mutex<BTreeMap<String, (String, usize)>>>;

impl Receiver {
    /// One that takes everything.
    pub(crate) fn start() -> Self {
        Self::answering("204 No Content")
    }

    /// One that answers everything with this status.
    pub(crate) fn answering(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let came = Came::default();
        let heard = Arc::clone(&came);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A server that was killed may have begun to call.
                let _ = stream.map(|stream| receive(stream, &heard, status));
            }
        });
        Self { port, came }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Waits until all of these names were told of; how often each message came.
    pub(crate) fn wait_for(&self, names: &[String]) -> Vec<usize> {
        let begun = Instant::now();
        loop {
            let came = self.came.lock().unwrap().clone();
            let told: Vec<&String> = came.values().map(|(name, _)| name).collect();
            if names.iter().all(|name| told.contains(&name)) {
                return came.values().map(|(_, times)| *times).collect();
            }
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "only these came: {told:?}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn receive(mut stream: TcpStream, came: &Came, status: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut id, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        match line.trim_end().split_once(": ") {
            Some(("webhook-id", value)) => value.clone_into(&mut id),
            Some(("content-length", value)) => length = value.parse().unwrap(),
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body: Value = serde_json::from_slice(&body).unwrap();
    let name = body["data"]["model"]["name"].as_str().unwrap_or_default();
    let mut came = came.lock().unwrap();
    came.entry(id).or_insert_with(|| (name.to_owned(), 0)).1 += 1;
    drop(came);
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
    stream.write_all(answer.as_bytes())
}
