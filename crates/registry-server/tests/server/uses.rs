//! When tokens were last used.

use std::path::PathBuf;
use std::time::Duration;

use registry_core::Timestamp;
use registry_server::schema::Tokens;
use registry_server::{Limits, Role};

use crate::browser::Browser;
use crate::running::{Running, problem};

/// The file in which servers write it down.
fn file(running: &Running) -> PathBuf {
    let mut path = running.tokens().path().as_os_str().to_owned();
    path.push(".uses");
    path.into()
}

/// When a token was last used, as admins are told.
async fn told(running: &Running, name: &str) -> Option<Timestamp> {
    let tokens: Tokens = running.get("/api/v1/tokens").await;
    let token = tokens.tokens.iter().find(|token| token.name == name);
    let last = token.unwrap().last_used_at.as_ref();
    last.map(|at| Timestamp::parse(at).unwrap())
}

/// When it was, as other programs read it.
fn written(running: &Running, name: &str) -> Option<Timestamp> {
    let tokens = running.tokens();
    let token = tokens
        .list()
        .unwrap()
        .into_iter()
        .find(|token| token.name.as_str() == name);
    tokens.last_used().unwrap().get(&token.unwrap().id).copied()
}

async fn ask(running: &Running, token: &str) -> u16 {
    let request = running.request("GET", "/api/v1/whoami").bearer_auth(token);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn admins_see_it_to_the_minute_and_it_is_kept() {
    let mut running = Running::start().await;
    let (bob, idle) = (
        running.token("bob", &[Role::Reader]),
        running.token("idle", &[Role::Reader]),
    );
    assert_eq!(told(&running, "bob").await, None);
    let before = Timestamp::now().as_micros() - 60_000_000;
    // What is refused was a use as well: the token counted.
    let refused = running.request("GET", "/api/v1/tokens").bearer_auth(&bob);
    assert_eq!(problem(refused).await, (403, "forbidden".into()));
    let told_at = told(&running, "bob").await.unwrap();
    assert!(told_at.as_micros() > before && told_at <= Timestamp::now());
    assert_eq!(told_at.as_micros() % 60_000_000, 0);
    assert_eq!(told(&running, "idle").await, None);

    let browser = Browser::of(&running, &running.admin).await;
    let page = browser.look("/tokens").await.text;
    let shown = told_at.to_string()[..16].replace('T', " ");
    assert!(
        page.contains("Last used") && page.contains(&format!("{shown} UTC")),
        "{page}"
    );

    assert_eq!(written(&running, "bob"), None);
    running.stop().await;
    assert!(written(&running, "bob") >= Some(told_at));
    assert_eq!(written(&running, "idle"), None);
    running.again().await;
    assert!(told(&running, "bob").await >= Some(told_at));
    let text = std::fs::read_to_string(file(&running)).unwrap();
    for secret in [&bob, &idle, &running.admin] {
        assert!(!text.contains(&secret[4..20]), "{text}");
    }
}

#[tokio::test]
async fn servers_side_by_side_tell_of_each_others() {
    let limits = Limits {
        uses_time: Duration::from_millis(5),
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let other = running.beside(None).await;
    let (bob, eve) = (
        running.token("bob", &[Role::Reader]),
        running.token("eve", &[Role::Reader]),
    );
    assert_eq!(ask(&running, &bob).await, 200);
    // It does not wait for its end.
    let waiting = async {
        while told(&other, "bob").await.is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .unwrap();
    assert_eq!(ask(&other, &eve).await, 200);
    let mut other = other;
    other.stop().await;
    assert!(told(&running, "eve").await.is_some() && written(&running, "bob").is_some());
}

#[tokio::test]
async fn whatever_becomes_of_the_file_everybody_is_served() {
    let mut running = Running::start().await;
    let bob = running.token("bob", &[Role::Reader]);
    std::fs::write(file(&running), "{}garbage").unwrap();
    assert_eq!(ask(&running, &bob).await, 200);
    assert!(told(&running, "bob").await.is_some());
    running.stop().await;
    assert!(written(&running, "bob").is_some());

    std::fs::remove_file(file(&running)).unwrap();
    std::fs::create_dir(file(&running)).unwrap();
    running.again().await;
    assert_eq!(ask(&running, &bob).await, 200);
    assert!(told(&running, "bob").await.is_some());
    running.stop().await;
    assert!(file(&running).is_dir());
}

#[tokio::test]
async fn a_server_without_tokens_has_none() {
    let running = Running::without_tokens().await;
    let asked = running.request("GET", "/api/v1/tokens");
    assert_eq!(problem(asked).await, (404, "route_not_found".into()));
}
