//! One attempt of one delivery: a signed POST, a limit for its time, and an answer of which only the status counts.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, Request, StatusCode, Uri};
use futures::StreamExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::connect::{Connector, Target};
use super::signature;

/// The largest head of an answer.
const HEAD_BYTES: usize = 16 * 1024;
/// How much of the body of an answer is taken, and thrown away: a receiver who is still writing sees no broken connection.
const BODY_BYTES: usize = 64 * 1024;

/// What sends.
pub(super) struct Sender {
    connector: Connector,
    /// How long an attempt may take, from the look-up of the name to the head of the answer.
    time: Duration,
}

/// What is sent.
pub(super) struct Message {
    pub(super) url: String,
    /// The same for every attempt.
    pub(super) id: String,
    /// When it is sent, in seconds since 1970.
    pub(super) seconds: i64,
    pub(super) body: Vec<u8>,
    pub(super) signatures: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    /// The status, where there was an answer.
    pub(super) status: Option<u16>,
    /// What went wrong; `None`: it was received.
    pub(super) problem: Option<String>,
    /// How long the receiver wants to be left alone.
    pub(super) wait: Option<Duration>,
}

impl Answered {
    pub(super) fn lost(problem: String) -> Self {
        Self {
            status: None,
            problem: Some(problem),
            wait: None,
        }
    }
}

impl Sender {
    pub(super) fn new(connector: Connector, time: Duration) -> Self {
        Self { connector, time }
    }

    /// Sends it, once.
    pub(super) async fn send(&self, message: Message) -> Answered {
        let sent = tokio::time::timeout(self.time, self.attempt(message)).await;
        match sent {
            Ok(Ok(answered)) => answered,
            Ok(Err(problem)) => Answered::lost(problem),
            Err(_) => Answered::lost(format!("no answer within {} seconds", self.time.as_secs_f32())),
        }
    }

    async fn attempt(&self, message: Message) -> Result<Answered, String> {
        let url: Uri = message
            .url
            .parse()
            .map_err(|error| format!("the URL cannot be called: {error}"))?;
        let target = Target::of(&url).ok_or("the URL has no host")?;
        let stream = self.connector.connect(&target).await?;
        let mut http = http1::Builder::new();
        http.max_buf_size(HEAD_BYTES);
        let (mut sender, connection) = http
            .handshake::<_, Body>(TokioIo::new(stream))
            .await
            .map_err(|error| format!("no HTTP with `{}`: {error}", target.host))?;

        let exchange = async {
            let request = request(&url, message)?;
            let response = sender.send_request(request).await;
            let response = response.map_err(|error| format!("the request got no answer: {error}"))?;
            let (head, body) = response.into_parts();
            take(Body::new(body)).await;
            Ok(judged(head.status, &head.headers))
        };
        tokio::pin!(exchange);
        tokio::pin!(connection);
        tokio::select! {
            biased;
            answered = &mut exchange => answered,
            // The exchange ends with its connection, whatever became of that.
            _ = &mut connection => exchange.await,
        }
    }
}

fn request(url: &Uri, message: Message) -> Result<Request<Body>, String> {
    let authority = url.authority().map_or("", |authority| authority.as_str());
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    Request::post(path)
        .header(HOST, authority)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("registry-server/", env!("CARGO_PKG_VERSION")))
        .header(signature::ID, message.id)
        .header(signature::TIMESTAMP, message.seconds)
        .header(signature::SIGNATURE, message.signatures)
        .body(Body::from(message.body))
        .map_err(|error| format!("the request cannot be written: {error}"))
}

/// Takes a bounded piece of the body. What it says is kept nowhere: who names a URL does not read what is behind it.
async fn take(body: Body) {
    let mut pieces = body.into_data_stream();
    let mut left = BODY_BYTES;
    while let Some(Ok(piece)) = pieces.next().await {
        left = left.saturating_sub(piece.len());
        if left == 0 {
            break;
        }
    }
}

fn judged(status: StatusCode, headers: &HeaderMap) -> Answered {
    let problem = if status.is_success() {
        None
    } else if status.is_redirection() {
        Some(format!(
            "the receiver answered {status}, and redirects are not followed"
        ))
    } else {
        Some(format!("the receiver answered {status}"))
    };
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = seconds.and_then(|seconds| seconds.trim().parse().ok());
    Answered {
        status: Some(status.as_u16()),
        wait: problem.as_ref().and(seconds).map(Duration::from_secs),
        problem,
    }
}

#[cfg(test)]
mod tests;
