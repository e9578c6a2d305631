//! How much a request may ask for.

use std::time::Duration;

/// How much a request may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest body, in bytes.
    pub body: usize,
    /// The largest body of a bulk registration, in bytes.
    pub bulk_body: usize,
    /// The most entries of a page.
    pub page: u32,
    /// How long a request may take until its answer begins.
    pub time: Duration,
    /// The same for a bulk registration.
    pub bulk_time: Duration,
    /// How long the headers of a request may take to arrive.
    pub header_time: Duration,
    /// How long requests may take to end once the server is told to stop.
    pub stop_time: Duration,
    /// How long a caller may take to receive what is sent.
    pub write_time: Duration,
    /// How many streams of events at the same time.
    pub streams: usize,
    /// How often who follows the events hears that the server is there.
    pub heartbeat: Duration,
    /// How often it is written down which tokens were used.
    pub uses_time: Duration,
    /// How many requests a second of one token; `None`: as many as it likes.
    pub token_rate: Option<u32>,
    /// How many requests a second from one address, whatever their tokens.
    pub address_rate: Option<u32>,
    /// How many connections at the same time.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 8 << 20,
            bulk_body: 64 << 20,
            page: 1_000,
            time: Duration::from_secs(30),
            bulk_time: Duration::from_mins(5),
            header_time: Duration::from_secs(10),
            stop_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            streams: 2_000,
            heartbeat: Duration::from_secs(15),
            uses_time: Duration::from_mins(1),
            token_rate: None,
            address_rate: None,
            connections: 4_096,
        }
    }
}
