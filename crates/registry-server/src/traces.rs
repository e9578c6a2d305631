//! Traces of requests, for a collector of OpenTelemetry: one span for each request, sent by OTLP over HTTP.
//!
//! Spans wait in a bounded queue of their own thread and are sent together. Whatever becomes of the collector, no request
//! waits for it and none fails of it: what has no room is dropped, and the log says once that it cannot be reached.

mod client;

use std::fmt;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt as _, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;

use self::client::Client;

/// How long one attempt to send may take.
const TIME: Duration = Duration::from_secs(5);
/// How long to try at the end.
const LAST: Duration = Duration::from_secs(3);
/// What the server calls itself, where `OTEL_SERVICE_NAME` says nothing else.
const SERVICE: &str = "model-registry";

/// Where traces are sent.
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    propagator: TraceContextPropagator,
}

/// Why no traces can be sent to an address.
#[derive(Debug)]
pub struct TracesError(String);

impl fmt::Display for TracesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TracesError {}

/// The span of a request that is being answered.
pub(crate) struct RequestSpan(Context);

impl Traces {
    /// To a collector at this address, such as `http://127.0.0.1:4318`: to `/v1/traces` below it. Nobody is called yet, so
    /// the collector need not be there. Must be called within a runtime of Tokio, which sends.
    ///
    /// # Errors
    /// When it is no address of http or https.
    pub fn to(endpoint: &str) -> Result<Self, TracesError> {
        if endpoint.contains('@') {
            return Err(TracesError(
                "the address of a collector holds no password: `OTEL_EXPORTER_OTLP_HEADERS` does".to_owned(),
            ));
        }
        let refused =
            |problem: &str| TracesError(format!("`{endpoint}` is no address of a collector: {problem}"));
        let url: Uri = endpoint.parse().map_err(|_| refused("it is no URL"))?;
        if !matches!(url.scheme_str(), Some("http" | "https")) || url.host().is_none_or(str::is_empty) {
            return Err(refused("it begins with neither `http://` nor `https://`"));
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_http_client(Client::new(Handle::current(), TIME))
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .with_timeout(TIME)
            .build()
            .map_err(|error| refused(&error.to_string()))?;
        let resource =
            Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let resource = match std::env::var_os("OTEL_SERVICE_NAME") {
            Some(_) => resource,
            None => resource.with_service_name(SERVICE),
        };
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        Ok(Self {
            tracer: provider.tracer("registry-server"),
            provider,
            propagator: TraceContextPropagator::new(),
        })
    }

    /// Begins the span of a request, as part of the trace that its caller names (W3C `traceparent`).
    pub(crate) fn begin(&self, request: &Request, route: &str, id: &str) -> RequestSpan {
        let parent = self
            .propagator
            .extract_with_context(&Context::new(), &HeaderExtractor(request.headers()));
        // What a caller makes up would be a name without bound.
        let method = match request.method().as_str() {
            known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
            _ => "_OTHER".to_owned(),
        };
        let span = self
            .tracer
            .span_builder(format!("{method} {route}"))
            .with_kind(SpanKind::Server)
            .with_attributes([
                KeyValue::new("http.request.method", method),
                KeyValue::new("http.route", route.to_owned()),
                KeyValue::new("registry.request_id", id.to_owned()),
            ])
            .start_with_context(&self.tracer, &parent);
        RequestSpan(parent.with_span(span))
    }

    /// Sends what waits, for a while.
    pub(crate) async fn stop(&self) {
        let provider = self.provider.clone();
        let stopped = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST)).await;
        if !matches!(stopped, Ok(Ok(()))) {
            tracing::warn!("the last traces were not sent");
        }
    }
}

impl RequestSpan {
    /// Ends it with the answer.
    pub(crate) fn end(self, status: StatusCode, code: Option<&str>) {
        let span = self.0.span();
        span.set_attribute(KeyValue::new(
            "http.response.status_code",
            i64::from(status.as_u16()),
        ));
        if let Some(code) = code {
            span.set_attribute(KeyValue::new("error.type", code.to_owned()));
        }
        if status.is_server_error() {
            span.set_status(Status::error(code.unwrap_or_default().to_owned()));
        }
        span.end();
    }
}
