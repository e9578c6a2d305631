//! Events as they happen, as server-sent events.

use std::time::Duration;

use registry_core::{Event, HistoryQuery, Limit};
use registry_server::{Limits, Role};
use reqwest::{RequestBuilder, Response};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::running::{Running, a_model, problem};

const STREAM: &str = "/api/v1/events/stream";

/// One who follows: the answer, and what of it was not looked at yet.
pub(crate) struct Follower {
    response: Response,
    text: String,
}

impl Follower {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            text: String::new(),
        }
    }

    /// The next block of lines; nothing at the end.
    pub(crate) async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_string();
                return Some(block);
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event with its id, as it stands on the lines.
    async fn event(&mut self) -> Option<Event> {
        loop {
            let block = self.block().await?;
            let Some((id, data)) = block.split_once("\ndata: ") else {
                continue;
            };
            let event: Event = serde_json::from_str(data).unwrap();
            assert_eq!(id, format!("id: {}", event.id));
            return Some(event);
        }
    }

    /// Everything up to the end.
    async fn rest(mut self) -> String {
        let mut rest = self.text;
        while let Some(chunk) = self.response.chunk().await.unwrap() {
            rest.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        rest
    }
}

async fn history(running: &Running) -> Vec<Event> {
    let query = HistoryQuery {
        limit: Limit::Unlimited,
        ..HistoryQuery::default()
    };
    let mut events = running.store.history(&query).await.unwrap().items;
    events.reverse();
    events
}

#[tokio::test]
async fn going_on_misses_none_and_repeats_none_over_a_restart() {
    let mut running = Running::start().await;
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        running.register("gpt", version).await;
    }
    let mut follower = Follower::of(running.asked("GET", &format!("{STREAM}?after=0"))).await;
    let mut heard = vec![follower.event().await.unwrap(), follower.event().await.unwrap()];
    drop(follower);
    let last = heard[1].id.to_string();
    let mut follower = Follower::of(
        running
            .asked("GET", &format!("{STREAM}?after=0"))
            .header("Last-Event-ID", &last),
    )
    .await;
    heard.push(follower.event().await.unwrap());
    running.register("gpt", "1.3.0").await;
    heard.push(follower.event().await.unwrap());
    let stopping = running.stopping();
    let rest = follower.rest().await;
    assert_eq!(rest, ": the server stops\nretry: 1000\n\n");
    stopping.await.unwrap();

    running.again().await;
    running.register("gpt", "2.0.0").await;
    let last = heard[3].id.to_string();
    let mut follower = Follower::of(running.asked("GET", STREAM).header("Last-Event-ID", &last)).await;
    heard.push(follower.event().await.unwrap());
    running.register("gpt", "2.1.0").await;
    heard.push(follower.event().await.unwrap());
    assert_eq!(heard, history(&running).await);
}

#[tokio::test]
async fn without_a_place_to_begin_come_those_from_now_on() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    let mut follower = Follower::of(running.asked("GET", &format!("{STREAM}?limit=1"))).await;
    running.register("gpt", "1.1.0").await;
    running.register("gpt", "1.2.0").await;
    let event = follower.event().await.unwrap();
    assert_eq!(event.model.unwrap().version.to_string(), "1.1.0");
    assert_eq!(follower.rest().await, "");
}

#[tokio::test]
async fn who_is_limited_to_names_hears_of_no_others() {
    let limits = Limits {
        heartbeat: Duration::from_millis(5),
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let token = running.limited("team", &[Role::Reader], Some("team-a/*"), None);
    running.register("other/gpt", "1.0.0").await;
    running.register("team-a/gpt", "1.0.0").await;
    running.register("other/gpt", "1.1.0").await;
    let ask = running.request("GET", &format!("{STREAM}?after=0"));
    let mut follower = Follower::of(ask.bearer_auth(&token)).await;
    let event = follower.event().await.unwrap();
    assert_eq!(event.model.unwrap().name.as_str(), "team-a/gpt");
    // What was passed over is told by its number alone, so that going on begins behind it.
    let newest = history(&running).await.last().unwrap().id;
    loop {
        let block = follower.block().await.unwrap();
        if block == format!("id: {newest}") {
            break;
        }
        assert_eq!(block, ":");
    }
    running
        .tokens()
        .revoke("team", registry_core::Timestamp::now())
        .unwrap();
    assert!(follower.rest().await.ends_with(": the token counts no more\n\n"));
}

#[tokio::test]
async fn no_more_streams_than_allowed() {
    let limits = Limits {
        streams: 1,
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let follower = Follower::of(running.asked("GET", STREAM)).await;
    let refused = running.asked("GET", STREAM).send().await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(
        problem(running.asked("GET", STREAM)).await,
        (503, "too_many_streams".into())
    );
    drop(follower);
    while running.asked("GET", STREAM).send().await.unwrap().status() != 200 {}
}

#[tokio::test]
async fn a_place_that_is_no_number_is_refused() {
    let running = Running::start().await;
    for last in ["x", "-1", "", "1.5", "99999999999999999999"] {
        let ask = running.asked("GET", STREAM).header("Last-Event-ID", last);
        assert_eq!(problem(ask).await, (400, "bad_request".into()), "{last}");
    }
    for query in ["after=-1", "after=x", "limit=-1", "until=1"] {
        let ask = running.asked("GET", &format!("{STREAM}?{query}"));
        assert_eq!(problem(ask).await, (400, "bad_request".into()), "{query}");
    }
    let none = running.asked("GET", &format!("{STREAM}?after=0&limit=0"));
    assert_eq!(Follower::of(none).await.rest().await, "retry: 1000\n\n");
}

#[tokio::test]
async fn who_does_not_read_is_dropped() {
    let limits = Limits {
        write_time: Duration::from_millis(100),
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let mut model = a_model("gpt", "1.0.0");
    // More than the system keeps for a connection.
    model["metadata"] = json!({ "text": "m".repeat(500_000) });
    let id = running.post::<serde_json::Value>("/api/v1/models", &model).await["model_id"].clone();
    for number in 10..22 {
        let text = number.to_string().repeat(250_000);
        let change = json!({ "replace_metadata": { "text": text } });
        let change = running
            .asked("PATCH", &format!("/api/v1/models/{id}"))
            .json(&change);
        assert_eq!(change.send().await.unwrap().status(), 200);
    }
    let mut stream = tokio::net::TcpStream::connect(running.address).await.unwrap();
    let head = format!(
        "GET {STREAM}?after=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n",
        running.admin
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut begin = [0; 15];
    stream.read_exact(&mut begin).await.unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200 OK");
    loop {
        if running.metrics().await.contains("\nregistry_event_streams 0\n") {
            break;
        }
    }
}
