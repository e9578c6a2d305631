//! The requests, made before anything is measured.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use super::client::Client;

/// How many different gets there are, and how many pages.
const GETS: usize = 5_000;
const PAGES: usize = 50;
/// The models of a page.
const PAGE: usize = 20;

/// The events of a registration: itself and its two labels.
pub(super) const EVENTS_EACH: usize = 3;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A model by its id.
    Get,
    /// 20 whole models, one of the first pages.
    List,
    /// The same, asked as it never was before: nothing that was kept can answer it.
    NewList,
    /// A model with five metrics, metadata, and two labels.
    Register,
}

/// A number of requests of each kind.
#[derive(Debug)]
pub(super) struct Requests {
    token: String,
    gets: Vec<Vec<u8>>,
    /// Where pages are, and the requests for them.
    pages: Vec<String>,
    lists: Vec<Vec<u8>>,
    registered: AtomicU64,
    new_lists: AtomicU64,
}

impl Requests {
    /// Makes them. The server is asked where its pages begin.
    pub(super) async fn make(address: SocketAddr, token: &str, models: usize) -> Self {
        let mut client = Client::connect(address).await;
        let mut pages = Vec::new();
        let mut lists = Vec::new();
        let mut cursor = String::new();
        while lists.len() < PAGES {
            let path = format!("/api/v1/models?limit={PAGE}{cursor}");
            let request = get(&path, token);
            let page = json(&mut client, &request).await;
            let full = page["models"]
                .as_array()
                .is_some_and(|models| models.len() == PAGE);
            if !full {
                break;
            }
            pages.push(path);
            lists.push(request);
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={}", query(next));
        }
        assert!(!lists.is_empty(), "the registry has no page of {PAGE} models");
        let ids = ids(models).take(GETS);
        Self {
            gets: ids
                .map(|id| get(&format!("/api/v1/models/{id}"), token))
                .collect(),
            pages,
            lists,
            registered: AtomicU64::new(0),
            new_lists: AtomicU64::new(0),
            token: token.to_owned(),
        }
    }

    /// The request of this number.
    pub(super) fn request(&self, kind: Kind, number: u64) -> Cow<'_, [u8]> {
        let of = |all: &[Vec<u8>]| usize::try_from(number).unwrap() % all.len();
        match kind {
            Kind::Get => Cow::Borrowed(&self.gets[of(&self.gets)]),
            Kind::List => Cow::Borrowed(&self.lists[of(&self.lists)]),
            Kind::NewList => Cow::Owned(self.new_list(&self.pages[of(&self.lists)])),
            Kind::Register => Cow::Owned(self.registration()),
        }
    }

    /// A page with a filter that is blank, though not as it was before.
    fn new_list(&self, page: &str) -> Vec<u8> {
        let number = self.new_lists.fetch_add(1, Ordering::Relaxed);
        let digits = (0..40).map(|digit| if number >> digit & 1 == 0 { "+" } else { "%09" });
        let blank: String = digits.collect();
        get(&format!("{page}&where={blank}"), &self.token)
    }

    /// Registers a version that is new.
    fn registration(&self) -> Vec<u8> {
        let number = self.registered.fetch_add(1, Ordering::Relaxed);
        let body = format!(
            r#"{{"name":"load/model-{}","version":"1.{number}.0","checkpoint_path":"s3://models/load.pt","size_bytes":104857600,"task_type":"language_modeling","config":{{"d_model":768}},"metrics":{{"val_loss":0.38,"perplexity":1.46,"accuracy":0.91,"f1":0.89,"latency_ms":12.5}},"metadata":{{"framework":"pytorch","seed":42,"optimizer":{{"name":"adamw"}}}},"tags":["baseline","candidate"]}}"#,
            number % 64
        );
        let head = format!(
            "POST /api/v1/models HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        head.into_bytes()
    }

    /// How many registrations were made so far.
    pub(super) fn registered(&self) -> u64 {
        self.registered.load(Ordering::Relaxed)
    }
}

impl Kind {
    /// The status of its answer.
    pub(super) fn status(self) -> u16 {
        match self {
            Self::Get | Self::List | Self::NewList => 200,
            Self::Register => 201,
        }
    }

    /// Whether a document is what was asked for.
    pub(super) fn fits(self, document: &Value) -> bool {
        match self {
            Self::Get | Self::Register => document["model_id"].is_i64(),
            Self::List | Self::NewList => document["models"]
                .as_array()
                .is_some_and(|models| models.len() == PAGE),
        }
    }
}

/// Ids all over the registry, in no order.
pub(super) fn ids(models: usize) -> impl Iterator<Item = usize> {
    let step = 7_919 * 31;
    (0..).map(move |place| place * step % models + 1)
}

/// A request without a body.
pub(super) fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n").into_bytes()
}

/// The document of an answer.
pub(super) async fn json(client: &mut Client, request: &[u8]) -> Value {
    let answer = client.ask(request).await;
    let body = String::from_utf8_lossy(answer.body);
    assert!((200..300).contains(&answer.status), "{}: {body}", answer.status);
    serde_json::from_slice(answer.body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// A value as part of a query.
fn query(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
