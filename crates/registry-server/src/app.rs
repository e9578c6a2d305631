//! What every handler shares.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use registry_core::RegistryStore;
use tokio::sync::{Semaphore, watch};

use crate::access::Gate;
use crate::api::stream::Encoded;
use crate::http::hosts::Hosts;
use crate::http::kept::Kept;
use crate::http::rate::Rates;
use crate::limits::Limits;
use crate::metrics::{Calls, CountedStore, Metrics};
use crate::traces::Traces;
use crate::web::Sessions;
use crate::webhooks::Counters;

/// The running server.
pub(crate) struct App {
    /// The registry; its calls are counted.
    pub(crate) store: Arc<dyn RegistryStore>,
    pub(crate) calls: Arc<Calls>,
    pub(crate) gate: Gate,
    pub(crate) hosts: Hosts,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    /// Where traces are sent, if anywhere.
    pub(crate) traces: OnceLock<Traces>,
    /// What was sent to webhooks.
    pub(crate) sent: Arc<Counters>,
    pub(crate) sessions: Sessions,
    /// What was answered since something was written.
    pub(crate) kept: Kept,
    /// What those who follow the events are told.
    pub(crate) encoded: Encoded,
    /// How often each token may ask.
    pub(crate) tokens: Rates,
    /// How often each address may ask.
    pub(crate) addresses: Rates,
    /// Places for streams of events.
    pub(crate) streams: Arc<Semaphore>,
    /// True once the server is told to stop: who waits for events is answered, and streams end.
    pub(crate) stopping: watch::Sender<bool>,
    /// Tells the ids of this run from those of others.
    run: u32,
    requests: AtomicU64,
}

impl App {
    pub(crate) fn new(store: Arc<dyn RegistryStore>, gate: Gate, hosts: Hosts, limits: Limits) -> Self {
        let mut run = [0; 4];
        // Without randomness the ids are still unique within this run.
        let _ = getrandom::fill(&mut run);
        let calls = Arc::<Calls>::default();
        Self {
            store: Arc::new(CountedStore::new(store, Arc::clone(&calls))),
            calls,
            gate,
            hosts,
            limits,
            metrics: Metrics::default(),
            traces: OnceLock::new(),
            sent: Arc::default(),
            sessions: Sessions::default(),
            kept: Kept::default(),
            encoded: Encoded::default(),
            tokens: Rates::new(limits.token_rate),
            addresses: Rates::new(limits.address_rate),
            streams: Arc::new(Semaphore::new(limits.streams)),
            stopping: watch::Sender::new(false),
            run: u32::from_ne_bytes(run),
            requests: AtomicU64::new(0),
        }
    }

    /// An id for a request that brings none.
    pub(crate) fn next_request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("{:08x}-{number:x}", self.run)
    }
}
