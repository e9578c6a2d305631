//! Webhooks of the program: servers that are killed lose nothing.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::serve::Serving;

/// How often each message came, by its id, and which name it told of.
type Came = Arc<Mutex<BTreeMap<String, (String, usize)>>>;

/// A receiver on a port of its own, for as long as the test runs.
fn receiver() -> (u16, Came) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let came = Came::default();
    let heard = Arc::clone(&came);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            // A server that was killed may have begun to call.
            let _ = stream.map(|stream| receive(stream, &heard));
        }
    });
    (port, came)
}

fn receive(mut stream: TcpStream, came: &Came) -> std::io::Result<()> {
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
    stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
}

#[test]
#[cfg(unix)]
fn a_server_that_is_killed_loses_no_message() {
    let sandbox = Sandbox::new();
    let (port, came) = receiver();
    let options = ["--insecure-no-auth", "--webhook-allow", "127.0.0.1"];
    let mut serving = Serving::start(&sandbox, &options);
    sandbox.ok(&format!(
        "webhook create --name ci --url http://127.0.0.1:{port}/ --events registered"
    ));
    for number in 0..12 {
        sandbox.ok(&format!(
            "register --name m{number} --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h"
        ));
        if number % 4 == 3 {
            serving.kill();
            serving = Serving::start(&sandbox, &options);
        }
    }
    let begun = Instant::now();
    loop {
        let names: Vec<String> = came
            .lock()
            .unwrap()
            .values()
            .map(|(name, _)| name.clone())
            .collect();
        if (0..12).all(|number| names.contains(&format!("m{number}"))) {
            break;
        }
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "only these came: {names:?}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    // One for each, however often it came.
    assert_eq!(came.lock().unwrap().len(), 12);
    drop(serving);
}
