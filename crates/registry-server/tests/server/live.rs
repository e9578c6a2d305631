//! Pages that show what happens: their stream, who gets one, when it ends, and the parts that they ask for.

use std::time::Duration;

use registry_core::Timestamp;
use registry_server::{Limits, Role};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::running::{Running, a_model};
use crate::streams::Follower;

/// An open stream.
struct Stream(Follower);

impl Stream {
    async fn of(browser: &Browser) -> Self {
        Self(Follower::of(ask(browser)).await)
    }

    /// The next block of lines that is no heartbeat; nothing at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            let block = self.0.block().await?;
            if !block.starts_with(':') {
                return Some(block);
            }
        }
    }

    /// What the next message tells.
    async fn told(&mut self) -> Value {
        let block = self.block().await.unwrap();
        serde_json::from_str(block.strip_prefix("data: ").unwrap()).unwrap()
    }
}

fn ask(browser: &Browser) -> reqwest::RequestBuilder {
    browser
        .request("GET", "/live")
        .header("accept", "text/event-stream")
}

fn quickly() -> Limits {
    Limits {
        heartbeat: Duration::from_millis(5),
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_page_hears_which_models_were_meant() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    let browser = Browser::of(&running, &running.token("reader", &[Role::Reader])).await;
    let page = browser.look("/").await.text;
    let mut stream = Stream::of(&browser).await;
    let begun = stream.block().await.unwrap();
    let (_, newest) = begun.rsplit_once("event: begun\ndata: ").unwrap();
    // What the page shows is what the stream goes on from.
    assert!(
        page.contains(&format!("data-live=\"/rows\" data-after=\"{newest}\"")),
        "{page}"
    );
    let id = running.register("gpt", "1.1.0").await;
    let told = stream.told().await;
    assert_eq!(told["models"][0], json!(id.to_string()));
    assert_ne!(told["last"], json!(newest));
}

#[tokio::test]
async fn only_the_first_page_shows_what_happens() {
    let running = Running::without_tokens().await;
    for number in 0..30 {
        running.register("gpt", &format!("1.{number}.0")).await;
    }
    let browser = Browser::new(&running);
    let page = browser.look("/?where=name+%3D+gpt").await.text;
    assert!(
        page.contains("data-live=\"/rows?where=name%20%3D%20gpt\""),
        "{page}"
    );
    let next = page.split_once("rel=\"next\" href=\"").unwrap().1;
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let activity = browser.look("/activity?name=gpt").await.text;
    assert!(
        activity.contains("data-live=\"/activity/rows?name=gpt\""),
        "{activity}"
    );
    for path in [next.as_str(), "/activity?before=5", "/tags", "/models/1"] {
        let page = browser.look(path).await.text;
        assert!(
            !page.contains("data-live") && !page.contains("live.js"),
            "{path}: {page}"
        );
    }
}

#[tokio::test]
async fn a_part_holds_what_its_page_holds() {
    let running = Running::without_tokens().await;
    running.register("gpt", "1.0.0").await;
    running.register("bert", "1.0.0").await;
    let browser = Browser::new(&running);
    for (page, part) in [
        ("/", "/rows"),
        (
            "/?where=name+%3D+gpt&sort=name",
            "/rows?where=name+%3D+gpt&sort=name",
        ),
        ("/?where=name+%3D+nobody", "/rows?where=name+%3D+nobody"),
        ("/activity", "/activity/rows"),
        ("/activity?name=bert", "/activity/rows?name=bert"),
    ] {
        let (page, part) = (browser.look(page).await, browser.look(part).await);
        assert_eq!(part.status, 200);
        assert!(page.text.contains(&part.text), "{} in {}", part.text, page.text);
        assert!(!part.text.contains("<html"));
    }
    let filtered = browser.look("/rows?where=name+%3D+gpt").await.text;
    assert!(
        filtered.contains("1 model<") && !filtered.contains("bert"),
        "{filtered}"
    );
    assert_eq!(browser.look("/rows?where=nam+%3D+gpt").await.status, 400);
}

#[tokio::test]
async fn an_empty_registry_waits_for_its_first_model() {
    let running = Running::without_tokens().await;
    let browser = Browser::new(&running);
    assert!(
        browser
            .look("/")
            .await
            .text
            .contains("data-live=\"/rows\" data-after=\"0\"")
    );
    assert!(
        browser
            .look("/rows")
            .await
            .text
            .contains("registry-cli register --name")
    );
    let _: Value = running.post("/api/v1/models", &a_model("gpt", "1.0.0")).await;
    assert!(browser.look("/rows").await.text.contains("data-key=\"1\""));
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let running = Running::with_limits(quickly()).await;
    let browser = Browser::of(&running, &running.admin).await;
    let mut stream = Stream::of(&browser).await;
    stream.block().await.unwrap();
    assert_eq!(browser.submit("/", "/logout", &[]).await.status, 303);
    assert_eq!(stream.block().await.unwrap(), "event: over\ndata:");
    assert_eq!(stream.block().await, None);

    let token = running.token("gone", &[Role::Reader]);
    let browser = Browser::of(&running, &token).await;
    let mut stream = Stream::of(&browser).await;
    stream.block().await.unwrap();
    running.tokens().revoke("gone", Timestamp::now()).unwrap();
    assert_eq!(stream.block().await.unwrap(), "event: over\ndata:");
    assert_eq!(stream.block().await, None);
}

#[tokio::test]
async fn nobody_follows_without_a_session_or_from_elsewhere() {
    let running = Running::start().await;
    assert_eq!(ask(&Browser::new(&running)).send().await.unwrap().status(), 401);
    let browser = Browser::of(&running, &running.admin).await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
    ] {
        let refused = ask(&browser).header(name, value).send().await.unwrap();
        assert_eq!(refused.status(), 403, "{name}: {value}");
    }
    let here = ask(&browser).header("sec-fetch-site", "same-origin");
    assert_eq!(here.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn one_session_does_not_take_all_places() {
    let running = Running::start().await;
    let (greedy, other) = (
        Browser::of(&running, &running.admin).await,
        Browser::of(&running, &running.admin).await,
    );
    let mut open = Vec::new();
    let refused = loop {
        let response = ask(&greedy).send().await.unwrap();
        if response.status() != 200 {
            break response.status();
        }
        open.push(response);
    };
    assert_eq!((refused.as_u16(), open.len()), (503, 12));
    assert_eq!(ask(&other).send().await.unwrap().status(), 200);
    drop(open);
    while ask(&greedy).send().await.unwrap().status() != 200 {}
}

#[tokio::test]
async fn pages_count_among_the_streams_of_the_server() {
    let limits = Limits {
        streams: 1,
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let browser = Browser::of(&running, &running.admin).await;
    let open = ask(&browser).send().await.unwrap();
    assert_eq!(ask(&browser).send().await.unwrap().status(), 503);
    drop(open);
    while ask(&browser).send().await.unwrap().status() != 200 {}
}

#[tokio::test]
async fn a_server_that_stops_ends_the_stream() {
    let mut running = Running::start().await;
    let browser = Browser::of(&running, &running.admin).await;
    let mut stream = Stream::of(&browser).await;
    stream.block().await.unwrap();
    running.stop().await;
    assert_eq!(stream.block().await, None);
}
