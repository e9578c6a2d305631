//! A receiver of webhooks.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// What came.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) seconds: i64,
    pub(crate) signatures: Vec<String>,
    pub(crate) text: String,
    pub(crate) body: Value,
    pub(crate) at: Instant,
}

impl Message {
    /// Whether one of the signatures is by this secret.
    pub(crate) fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.seconds, self.text).as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signatures.contains(&signature)
    }

    /// `registered a`, with the name of the model.
    pub(crate) fn told(&self) -> String {
        let name = self.body["data"]["model"]["name"].as_str().unwrap_or("-");
        format!("{} {name}", self.body["type"].as_str().unwrap())
    }
}

/// Marks what is never answered.
#[derive(Clone)]
struct Stuck;

/// What is answered to a message.
pub(crate) type Answering = dyn Fn(&Message) -> Response<Body> + Send + Sync;

#[derive(Default)]
struct Came {
    messages: Mutex<VecDeque<Message>>,
    one_more: Notify,
}

/// A receiver on a port of its own, for as long as the test runs.
#[derive(Clone)]
pub(crate) struct Receiver {
    address: SocketAddr,
    came: Arc<Came>,
}

pub(crate) fn status(status: u16) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).unwrap()
}

impl Receiver {
    /// One that takes everything.
    pub(crate) async fn start() -> Self {
        Self::answering(|_| status(204)).await
    }

    /// One that takes everything and never says so.
    pub(crate) async fn stuck() -> Self {
        Self::answering(|_| {
            let mut response = status(200);
            response.extensions_mut().insert(Stuck);
            response
        })
        .await
    }

    pub(crate) async fn answering(
        answer: impl Fn(&Message) -> Response<Body> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (came, answer): (Arc<Came>, Arc<Answering>) = (Arc::default(), Arc::new(answer));
        let receiver = Self {
            address,
            came: Arc::clone(&came),
        };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (came, answer) = (Arc::clone(&came), Arc::clone(&answer));
                let service = service_fn(move |request| {
                    let (came, answer) = (Arc::clone(&came), Arc::clone(&answer));
                    async move { Ok::<_, Infallible>(receive(&came, answer.as_ref(), request).await) }
                });
                tokio::spawn(async move {
                    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                    let _ = connection.await;
                });
            }
        });
        receiver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What has come so far.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.came.messages.lock().unwrap().iter().cloned().collect()
    }

    /// The same in short.
    pub(crate) fn told(&self) -> Vec<String> {
        self.messages().iter().map(Message::told).collect()
    }

    /// Waits until so many have come.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Message> {
        self.wait_until(|messages| messages.len() >= count).await
    }

    /// Waits until what has come is enough.
    pub(crate) async fn wait_until(&self, enough: impl Fn(&[Message]) -> bool) -> Vec<Message> {
        let waiting = async {
            loop {
                let more = self.came.one_more.notified();
                let messages = self.messages();
                if enough(&messages) {
                    return messages;
                }
                more.await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_mins(1), waiting).await;
        waited.unwrap_or_else(|_| panic!("only this has come: {:?}", self.told()))
    }
}

async fn receive(came: &Came, answer: &Answering, request: Request<Incoming>) -> Response<Body> {
    let (head, body) = request.into_parts();
    assert_eq!((head.method.as_str(), head.uri.path()), ("POST", "/hook"));
    assert_eq!(head.headers["content-type"], "application/json");
    let header = |name| head.headers[name].to_str().unwrap().to_owned();
    let body = to_bytes(Body::new(body), usize::MAX).await.unwrap();
    let text = String::from_utf8(body.into()).unwrap();
    let message = Message {
        id: header("webhook-id"),
        seconds: header("webhook-timestamp").parse().unwrap(),
        signatures: header("webhook-signature")
            .split(' ')
            .map(str::to_owned)
            .collect(),
        body: serde_json::from_str(&text).unwrap(),
        text,
        at: Instant::now(),
    };
    let response = answer(&message);
    came.messages.lock().unwrap().push_back(message);
    came.one_more.notify_waiters();
    if response.extensions().get::<Stuck>().is_some() {
        std::future::pending::<()>().await;
    }
    response
}
