//! How traces travel: a request for each batch, made in the server's own runtime.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::http::header::HOST;
use axum::http::{HeaderValue, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

use crate::webhooks::{Connector, Reach, Target};

/// How much of an answer is read: what a collector did not take.
const BODY_BYTES: usize = 1 << 20;

/// What sends.
pub(super) struct Client {
    /// Where it sends: who asks has a thread without one.
    runtime: Handle,
    connector: Arc<Connector>,
    time: Duration,
    /// Whether the last attempt failed: the log says it once.
    failing: AtomicBool,
}

impl Client {
    pub(super) fn new(runtime: Handle, time: Duration) -> Self {
        // Who runs the server has named the address, and a collector is rarely a public one.
        let reach = Reach {
            private: true,
            networks: Vec::new(),
        };
        Self {
            runtime,
            connector: Arc::new(Connector::new(reach)),
            time,
            failing: AtomicBool::new(false),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(..)")
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (connector, time) = (Arc::clone(&self.connector), self.time);
        let sending = self.runtime.spawn(async move {
            let sent = tokio::time::timeout(time, exchange(&connector, request)).await;
            sent.unwrap_or_else(|_| Err("no answer in time".to_owned()))
        });
        let answer = sending
            .await
            .map_err(|error| error.to_string())
            .and_then(|sent| sent);
        let problem = match &answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("the collector answered {}", answer.status())),
            Err(problem) => Some(problem.clone()),
        };
        let failed = self.failing.swap(problem.is_some(), Ordering::Relaxed);
        if let Some(problem) = problem.filter(|_| !failed) {
            tracing::warn!(problem, "traces are not sent");
        }
        answer.map_err(HttpError::from)
    }
}

async fn exchange(connector: &Connector, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
    let (mut head, body) = request.into_parts();
    let target = Target::of(&head.uri).ok_or("the address has no host")?;
    let authority = head.uri.authority().map_or("", |authority| authority.as_str());
    let host = HeaderValue::from_str(authority).map_err(|error| error.to_string())?;
    head.headers.insert(HOST, host);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = path.parse::<Uri>().map_err(|error| error.to_string())?;
    let stream = connector.connect(&target).await?;
    let (mut sender, connection) = http1::handshake::<_, Body>(TokioIo::new(stream))
        .await
        .map_err(|error| format!("no HTTP with `{}`: {error}", target.host))?;
    let exchange = async {
        let request = Request::from_parts(head, Body::from(body));
        let answer = sender.send_request(request).await;
        let (head, body) = answer.map_err(|error| error.to_string())?.into_parts();
        let body = to_bytes(Body::new(body), BODY_BYTES).await;
        Ok(Response::from_parts(
            head,
            body.map_err(|error| error.to_string())?,
        ))
    };
    tokio::pin!(exchange);
    tokio::pin!(connection);
    tokio::select! {
        biased;
        answered = &mut exchange => answered,
        _ = &mut connection => exchange.await,
    }
}
