//! Counters and latencies, as Prometheus reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};

/// The upper bounds of the latencies' buckets, in microseconds.
const BOUNDS: [u64; 12] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000, 10_000_000,
];

/// What is counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    running: AtomicU64,
    /// By method and route.
    routes: Mutex<BTreeMap<&'static str, BTreeMap<String, Counted>>>,
}

/// What is counted of one route.
#[derive(Debug, Default, Clone)]
struct Counted {
    by_status: BTreeMap<u16, u64>,
    buckets: [u64; BOUNDS.len()],
    micros: u128,
    count: u64,
}

/// Counts a request as running until it is dropped.
pub(crate) struct Running<'m>(&'m Metrics);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    pub(crate) fn running(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(self)
    }

    /// Counts an answer. `route` is a path of the table, so the number of series is bounded; so are the methods.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: StatusCode, time: Duration) {
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let known = known.into_iter().find(|known| *known == method.as_str());
        let micros = time.as_micros();
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let routes = routes.entry(known.unwrap_or("other")).or_default();
        // Each but the first time without a copy of the route.
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), Counted::default());
        }
        let Some(counted) = routes.get_mut(route) else {
            return;
        };
        *counted.by_status.entry(status.as_u16()).or_default() += 1;
        counted.count += 1;
        counted.micros += micros;
        for (bound, bucket) in BOUNDS.iter().zip(&mut counted.buckets) {
            if micros <= u128::from(*bound) {
                *bucket += 1;
            }
        }
    }

    /// Everything as Prometheus' text.
    pub(crate) fn text(&self, streams: usize) -> String {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let running = self.running.load(Ordering::Relaxed);
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "# HELP registry_requests_running Requests that are being answered.\n\
             # TYPE registry_requests_running gauge\nregistry_requests_running {running}\n\
             # HELP registry_event_streams Streams of events that are open.\n\
             # TYPE registry_event_streams gauge\nregistry_event_streams {streams}\n\
             # HELP registry_requests_total Requests that were answered.\n\
             # TYPE registry_requests_total counter\n"
        );
        let all = || {
            let methods = routes.iter();
            methods.flat_map(|(method, routes)| {
                routes
                    .iter()
                    .map(move |(route, counted)| (method, route, counted))
            })
        };
        for (method, route, counted) in all() {
            for (status, count) in &counted.by_status {
                let _ = writeln!(
                    text,
                    "registry_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
                );
            }
        }
        text.push_str(
            "# HELP registry_request_seconds Time until the answer of a request began.\n\
             # TYPE registry_request_seconds histogram\n",
        );
        for (method, route, counted) in all() {
            let labels = format!("method=\"{method}\",route=\"{route}\"");
            for (bound, bucket) in BOUNDS.iter().zip(&counted.buckets) {
                let bound = seconds(u128::from(*bound));
                let _ = writeln!(
                    text,
                    "registry_request_seconds_bucket{{{labels},le=\"{bound}\"}} {bucket}"
                );
            }
            let (count, sum) = (counted.count, seconds(counted.micros));
            let _ = write!(
                text,
                "registry_request_seconds_bucket{{{labels},le=\"+Inf\"}} {count}\n\
                 registry_request_seconds_sum{{{labels}}} {sum}\nregistry_request_seconds_count{{{labels}}} {count}\n"
            );
        }
        text
    }
}

/// Microseconds as seconds, exactly.
fn seconds(micros: u128) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_what_was_counted() {
        let metrics = Metrics::default();
        let _running = metrics.running();
        let path = "/api/v1/models/{id}";
        metrics.answered(&Method::GET, path, StatusCode::OK, Duration::from_micros(700));
        metrics.answered(
            &Method::GET,
            path,
            StatusCode::NOT_FOUND,
            Duration::from_millis(3),
        );
        let strange = Method::from_bytes(b"BREW").unwrap();
        metrics.answered(&strange, "none", StatusCode::NOT_FOUND, Duration::ZERO);
        let text = metrics.text(3);
        for line in [
            "registry_requests_running 1",
            "registry_event_streams 3",
            "registry_requests_total{method=\"GET\",route=\"/api/v1/models/{id}\",status=\"404\"} 1",
            "registry_requests_total{method=\"other\",route=\"none\",status=\"404\"} 1",
            "registry_request_seconds_bucket{method=\"GET\",route=\"/api/v1/models/{id}\",le=\"0.001000\"} 1",
            "registry_request_seconds_bucket{method=\"GET\",route=\"/api/v1/models/{id}\",le=\"+Inf\"} 2",
            "registry_request_seconds_sum{method=\"GET\",route=\"/api/v1/models/{id}\"} 0.003700",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
    }
}
