//! `serve --otlp-endpoint`: a collector gets what was asked for.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use crate::sandbox::Sandbox;
use crate::serving::Serving;

#[test]
fn a_collector_gets_the_requests_of_a_server() {
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", collector.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in collector.incoming() {
            take(stream.unwrap(), &tell);
        }
    });
    let sandbox = Sandbox::with_models();
    let server = Serving::start(&sandbox, &["--otlp-endpoint", &url]);
    assert_eq!(server.ask("/api/v1/models/1", &server.token), "200");
    let token = server.token.clone();
    let (status, log) = server.end();
    assert_eq!(status, Some(0), "{log}");
    let (path, body) = told.recv_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(path, "/v1/traces");
    let body = String::from_utf8_lossy(&body);
    assert!(body.contains("GET /api/v1/models/{id}"), "{body}");
    assert!(!body.contains(&token[4..]), "a span tells a secret");
}

#[test]
fn what_is_no_address_is_refused_before_a_registry_is_made() {
    let sandbox = Sandbox::new();
    let refused = sandbox.run("serve --listen 127.0.0.1:0 --otlp-endpoint localhost --json");
    assert_eq!(refused.status, 2, "{refused:?}");
    assert!(refused.err.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "{refused:?}");
    assert!(!sandbox.path("model_registry.db").exists());
}

/// Reads one request, tells its path and body, and answers that all is well.
fn take(stream: TcpStream, tell: &Sender<(String, Vec<u8>)>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    reader.get_mut().write_all(answer).unwrap();
    tell.send((path, body)).unwrap();
}
