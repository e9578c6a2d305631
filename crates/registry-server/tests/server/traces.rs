//! Traces of requests at a collector.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;
use registry_server::Traces;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::running::Running;

/// A collector of OpenTelemetry.
struct Collector {
    endpoint: String,
    received: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
}

impl Collector {
    async fn start() -> Self {
        let received = Arc::<Mutex<Vec<_>>>::default();
        let kept = Arc::clone(&received);
        let take = move |body: Bytes| async move {
            kept.lock()
                .await
                .push(ExportTraceServiceRequest::decode(body).unwrap());
            StatusCode::OK
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = TowerToHyperService::new(router.clone());
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { endpoint, received }
    }

    async fn spans(&self) -> Vec<Span> {
        let received = self.received.lock().await;
        let resources = received.iter().flat_map(|request| &request.resource_spans);
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }
}

fn value(attributes: &[KeyValue], key: &str) -> Option<Value> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    found.value.clone()?.value
}

fn text(text: &str) -> Value {
    Value::StringValue(text.to_owned())
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_part_of_its_callers_trace() {
    let collector = Collector::start().await;
    let mut running = Running::with_traces(Traces::to(&collector.endpoint).unwrap()).await;
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let asked = running
        .asked("GET", "/api/v1/models/7")
        .header("traceparent", parent);
    let answer = asked.header("X-Request-Id", "mine").send().await.unwrap();
    assert_eq!(answer.status(), 404);
    running.asked("GET", "/readyz").send().await.unwrap();
    running
        .asked("GET", "/nowhere")
        .header("traceparent", "garbage")
        .send()
        .await
        .unwrap();
    // What waits is sent before the server ends.
    running.stop().await;
    let spans = collector.spans().await;
    assert_eq!(spans.len(), 3, "{spans:?}");
    let span = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    let get = span("GET /api/v1/models/{id}");
    assert_eq!(hexadecimal(&get.trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(hexadecimal(&get.parent_span_id), "00f067aa0ba902b7");
    assert_eq!(get.kind, SpanKind::Server as i32);
    assert!(get.end_time_unix_nano >= get.start_time_unix_nano);
    assert_eq!(
        value(&get.attributes, "http.route"),
        Some(text("/api/v1/models/{id}"))
    );
    assert_eq!(value(&get.attributes, "http.request.method"), Some(text("GET")));
    assert_eq!(
        value(&get.attributes, "http.response.status_code"),
        Some(Value::IntValue(404))
    );
    assert_eq!(
        value(&get.attributes, "error.type"),
        Some(text("model_not_found"))
    );
    assert_eq!(value(&get.attributes, "registry.request_id"), Some(text("mine")));
    let ready = span("GET /readyz");
    assert!(ready.parent_span_id.is_empty() && ready.trace_id != get.trace_id);
    assert!(span("GET none").parent_span_id.is_empty());
    let received = collector.received.lock().await;
    let resource = received[0].resource_spans[0].resource.clone().unwrap();
    assert!(value(&resource.attributes, "service.version").is_some());
    let everything = format!("{received:?}");
    assert!(
        !everything.contains(&running.admin[4..20]),
        "a trace tells a secret"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_that_its_caller_does_not_keep_is_not_sent() {
    let collector = Collector::start().await;
    let mut running = Running::with_traces(Traces::to(&collector.endpoint).unwrap()).await;
    let unwanted = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    running
        .asked("GET", "/readyz")
        .header("traceparent", unwanted)
        .send()
        .await
        .unwrap();
    running.stop().await;
    assert_eq!(collector.spans().await, []);
}

/// Nobody is there, or somebody who takes everything and never answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_does_not_answer_holds_up_nobody() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addresses = [silent.local_addr().unwrap(), gone.local_addr().unwrap()];
    drop(gone);
    for address in addresses {
        let traces = Traces::to(&format!("http://{address}/")).unwrap();
        let mut running = Running::with_traces(traces).await;
        // More than have room to wait.
        let begun = Instant::now();
        for _ in 0..3_000 {
            let answer = running.asked("GET", "/healthz").send().await.unwrap();
            assert_eq!(answer.status(), 200);
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        let begun = Instant::now();
        running.stop().await;
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    for address in [
        "",
        "collector:4318",
        "ftp://a.example",
        "http://",
        "http://user:pass@a.example",
    ] {
        let refused = Traces::to(address).err().unwrap().to_string();
        assert!(
            refused.contains("address") && !refused.contains("pass@"),
            "{refused}"
        );
    }
}
