use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::webhooks::reach::Reach;

fn private() -> Reach {
    Reach {
        private: true,
        networks: Vec::new(),
    }
}

fn sender(time: Duration) -> Sender {
    Sender::new(Connector::new(private()), time)
}

fn message(url: &str) -> Message {
    Message {
        url: url.to_owned(),
        id: "msg_1".into(),
        seconds: 7,
        body: b"{}".to_vec(),
        signatures: "v1,abc".into(),
    }
}

/// What comes until the body of two bytes is there.
async fn received(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n{}") {
        let mut piece = [0; 1024];
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&piece[..read]);
    }
    String::from_utf8(text).unwrap()
}

/// Sends to a receiver that gives this answer; with what the receiver got.
async fn exchange(answer: &'static [u8], time: Duration) -> (Answered, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?a=b", listener.local_addr().unwrap());
    let receiver = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let text = received(&mut stream).await;
        let _ = stream.write_all(answer).await;
        (text, stream)
    };
    let sender = sender(time);
    let (answered, (text, _stream)) = tokio::join!(sender.send(message(&url)), receiver);
    (answered, text)
}

const PATIENT: Duration = Duration::from_secs(30);

#[tokio::test]
async fn what_is_sent_is_signed_and_a_success_is_one() {
    for answer in [
        &b"HTTP/1.1 204 No Content\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
    ] {
        let (answered, text) = exchange(answer, PATIENT).await;
        assert_eq!(answered.problem, None);
        assert!(text.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{text}");
        for line in [
            "content-type: application/json",
            "webhook-id: msg_1",
            "webhook-timestamp: 7",
            "webhook-signature: v1,abc",
            "content-length: 2",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
    }
}

/// What is answered, and the status, the problem and the wait that are made of it.
type Case = (&'static [u8], Option<u16>, &'static str, Option<u64>);

#[tokio::test]
async fn everything_else_is_a_failure_with_its_reason() {
    let cases: &[Case] = &[
        (
            b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 3\r\n\r\nsee",
            Some(500),
            "the receiver answered 500 Internal Server Error",
            None,
        ),
        (
            b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 17\r\ncontent-length: 0\r\n\r\n",
            Some(503),
            "the receiver answered 503 Service Unavailable",
            Some(17),
        ),
        (
            b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n",
            Some(302),
            "the receiver answered 302 Found, and redirects are not followed",
            None,
        ),
        (b"garbage\r\n\r\n", None, "the request got no answer", None),
        (b"HTTP/1.1 200 O", None, "the request got no answer", None),
    ];
    for (answer, status, problem, wait) in cases {
        let listener_closes = status.is_none();
        let (answered, _) = if listener_closes {
            closed_after(answer).await
        } else {
            exchange(answer, PATIENT).await
        };
        assert_eq!(answered.status, *status, "{problem}");
        assert_eq!(answered.wait.map(|wait| wait.as_secs()), *wait, "{problem}");
        let said = answered.problem.unwrap();
        assert!(said.starts_with(problem), "{said}");
        assert!(!said.contains("see"), "the body is told: {said}");
    }
}

/// The same with a receiver that closes.
async fn closed_after(answer: &'static [u8]) -> (Answered, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let receiver = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let text = received(&mut stream).await;
        stream.write_all(answer).await.unwrap();
        text
    };
    let sender = sender(PATIENT);
    tokio::join!(sender.send(message(&url)), receiver)
}

#[tokio::test]
async fn a_receiver_that_says_nothing_is_left() {
    let (answered, _) = exchange(b"", Duration::from_millis(100)).await;
    assert_eq!(answered.problem.unwrap(), "no answer within 0.1 seconds");
    // Nor does it help to say it slowly.
    let (answered, _) = exchange(b"HTTP/1.1 200 OK\r\nx", Duration::from_millis(100)).await;
    assert_eq!(answered.problem.unwrap(), "no answer within 0.1 seconds");
}

#[tokio::test]
async fn an_answer_without_end_is_taken_up_to_a_bound() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let receiver = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        received(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
            .await
            .unwrap();
        endless(&mut stream).await
    };
    let sender = sender(PATIENT);
    let (answered, written) = tokio::join!(sender.send(message(&url)), receiver);
    assert_eq!((answered.status, answered.problem), (Some(200), None));
    assert!(written < 100_000_000, "{written}");
    let head: &'static [u8] = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(100_000))
        .leak()
        .as_bytes();
    let (answered, _) = exchange(head, PATIENT).await;
    assert!(answered.problem.unwrap().starts_with("the request got no answer"));
}

/// Writes until nobody takes it.
async fn endless(stream: &mut TcpStream) -> usize {
    let (mut written, piece) = (0, vec![b'z'; 65_536]);
    while let Ok(more) = stream.write(&piece).await {
        written += more;
    }
    written
}

#[tokio::test]
async fn nobody_there_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}/");
    let answered = sender(PATIENT).send(message(&url)).await;
    let said = answered.problem.unwrap();
    assert!(said.starts_with(&format!("no connection to {address}")), "{said}");
}

#[tokio::test]
async fn tls_asks_who_the_receiver_is() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["hooks.example".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let receiver = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            received(&mut stream).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .await;
        }
    });
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let trusting = |roots| {
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Sender::new(
            Connector::all_at(private(), vec![address]).trusting(config),
            PATIENT,
        )
    };
    let knowing = trusting(roots);
    let answered = knowing.send(message("https://hooks.example/")).await;
    assert_eq!((answered.status, answered.problem), (Some(200), None));
    for (sender, url) in [
        (&knowing, "https://other.example/"),
        (&trusting(RootCertStore::empty()), "https://hooks.example/"),
    ] {
        let said = sender.send(message(url)).await.problem.unwrap();
        assert!(said.starts_with("no TLS with"), "{said}");
    }
    receiver.abort();
}
