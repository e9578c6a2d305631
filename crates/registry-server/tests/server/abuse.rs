//! Callers who want to hold the server up: a byte now and then, bodies without an end, handshakes that never come.

use std::sync::Arc;
use std::time::Duration;

use registry_server::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::running::Running;
use crate::tls::Files;

/// How long the server of these tests waits for anything.
const LIMIT: Duration = Duration::from_millis(100);
/// How often a slow caller sends a byte: often enough that no two are far apart.
const PACE: Duration = Duration::from_millis(5);
/// Whatever has not ended by then never ends.
const EVER: Duration = Duration::from_secs(20);

fn impatient() -> Limits {
    Limits {
        header_time: LIMIT,
        time: LIMIT,
        ..Limits::default()
    }
}

fn head(running: &Running, length: &str) -> String {
    format!(
        "POST /api/v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\n{length}\r\n\r\n",
        running.admin
    )
}

/// Sends `first` and then this piece again and again, at this pace, until the server ends it: what it said.
async fn drip(running: &Running, first: &str, piece: &[u8], pace: Duration) -> String {
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(first.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let mut answer = Vec::new();
    let ended = timeout(EVER, async {
        // It is the server that ends it, whoever notices first.
        let dripping = async {
            while writing.write_all(piece).await.is_ok() {
                sleep(pace).await;
            }
            std::future::pending::<()>().await;
        };
        // A reset ends it as well as a close; what came before is kept.
        let listening = async {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reading.read(&mut buffer).await {
                answer.extend_from_slice(&buffer[..read]);
            }
        };
        tokio::select! {
            () = dripping => {}
            () = listening => {}
        }
    });
    assert!(ended.await.is_ok(), "the server holds on for ever");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_head_that_drips_is_cut_off() {
    let running = Running::with_limits(impatient()).await;
    let begun = Instant::now();
    let answer = drip(&running, "GET /healthz HTTP/1.1\r\nX: ", b"x", PACE).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    assert!(begun.elapsed() >= LIMIT);
}

#[tokio::test]
async fn a_body_that_drips_is_cut_off() {
    let running = Running::with_limits(impatient()).await;
    for (length, piece) in [
        ("Content-Length: 1000000", b" ".as_slice()),
        ("Transfer-Encoding: chunked", b"1\r\n \r\n"),
    ] {
        let answer = drip(&running, &head(&running, length), piece, PACE).await;
        assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_says_no_length_is_counted() {
    let limits = Limits {
        body: 10_000,
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let chunk = [b"400\r\n".as_slice(), &[b' '; 0x400], b"\r\n"].concat();
    let first = head(&running, "Transfer-Encoding: chunked");
    let answer = drip(&running, &first, &chunk, Duration::ZERO).await;
    // Whoever goes on sending may lose the answer to the reset; what matters is that it ends.
    assert!(
        answer.is_empty() || answer.contains("413 Payload Too Large"),
        "{answer}"
    );
    // One who stops to listen hears it.
    let mut body = first.into_bytes();
    for _ in 0..12 {
        body.extend_from_slice(&chunk);
    }
    let answer = timeout(EVER, running.raw(&body)).await.unwrap();
    assert!(answer.contains("\"code\":\"body_too_large\""), "{answer}");
}

#[tokio::test]
async fn a_length_that_is_too_large_is_refused_before_the_body_comes() {
    let running = Running::start().await;
    let first = head(&running, "Content-Length: 99999999999\r\nConnection: close");
    let answer = timeout(EVER, running.raw(first.as_bytes())).await.unwrap();
    assert!(answer.contains("\"code\":\"body_too_large\""), "{answer}");
}

#[tokio::test]
async fn slow_callers_keep_nobody_out_for_long() {
    let limits = Limits {
        connections: 8,
        ..impatient()
    };
    let running = Running::with_limits(limits).await;
    let mut slow = Vec::new();
    for _ in 0..limits.connections {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\n").await.unwrap();
        slow.push(stream);
    }
    // Every place is taken, until they are cut off.
    let answered = timeout(EVER, running.request("GET", "/healthz").send()).await;
    assert_eq!(answered.unwrap().unwrap().status(), 200);
    for mut stream in slow {
        let mut rest = Vec::new();
        let ended = timeout(EVER, stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "a slow caller is still there");
    }
}

#[tokio::test]
async fn a_handshake_that_never_comes_is_cut_off() {
    let files = Files::new();
    let running = Running::with_tls_within(Arc::new(files.read().unwrap()), impatient()).await;
    for first in [
        b"".as_slice(),
        b"GET / HTTP/1.1\r\n\r\n",
        &[0x16, 3, 1, 0xff, 0xff, 1],
    ] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(first).await.unwrap();
        let mut answer = Vec::new();
        let ended = timeout(EVER, stream.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "it waits for ever after {first:?}");
        assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
    }
    let answer = files.ask(&running, files.certificate()).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
