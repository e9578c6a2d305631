//! Every route, every role, every kind of token: the expectations come from the table of routes.

use registry_core::Timestamp;
use registry_server::routes::{ROUTES, Route};
use registry_server::{NewToken, Permission, Role};
use serde_json::{Value, json};

use crate::running::{Running, a_model, problem};

/// A path of the route.
pub(crate) fn path(route: &Route) -> String {
    let mut path = route.path.to_owned();
    for (variable, value) in [
        ("{id}", "1"),
        ("{name}", "gpt"),
        ("{version}", "1.0.0"),
        ("{tag}", "beta"),
        ("{format}", "onnx"),
    ] {
        path = path.replace(variable, value);
    }
    assert!(!path.contains('{'), "{path}");
    path
}

async fn ask(running: &Running, route: &Route, token: Option<&str>) -> (u16, String) {
    let mut request = running.request(&route.method.to_uppercase(), &path(route));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    if response.headers()["content-type"] == "text/event-stream" {
        // It has no end.
        return (status, String::new());
    }
    let body = response.text().await.unwrap();
    let document: Value = serde_json::from_str(&body).unwrap_or_default();
    (status, document["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_role_may_what_the_table_says() {
    let running = Running::start().await;
    for route in ROUTES {
        for role in Role::ALL {
            let token = running.token(role.as_str(), &[role]);
            let (status, code) = ask(&running, route, Some(&token)).await;
            let place = format!("{} {} as {role}: {status} {code}", route.method, route.path);
            assert_eq!(code == "forbidden", !role.may(route.permission), "{place}");
            assert!(status != 401 && status < 500, "{place}");
        }
    }
}

#[tokio::test]
async fn without_a_token_that_counts_nobody_comes_in() {
    let running = Running::start().await;
    let expired = NewToken {
        name: "late".parse().unwrap(),
        roles: vec![Role::Admin],
        names: None,
        tags: None,
        expires_at: Some(Timestamp::EPOCH),
    };
    let (expired, _) = running.tokens().create(expired, Timestamp::EPOCH).unwrap();
    let revoked = running.token("gone", &[Role::Admin]);
    running.tokens().revoke("gone", Timestamp::now()).unwrap();
    let stranger = registry_server::Secret::random().unwrap();
    for route in ROUTES {
        for (token, wanted) in [
            (None, "token_missing"),
            (Some(expired.reveal()), "token_expired"),
            (Some(revoked.as_str()), "token_revoked"),
            (Some(stranger.reveal()), "token_invalid"),
            (Some("mrt_0"), "token_invalid"),
            (Some(""), "token_invalid"),
        ] {
            let (status, code) = ask(&running, route, token).await;
            if route.permission == Permission::Public {
                assert_eq!((status, code.as_str()), (200, ""), "{} {wanted}", route.path);
            } else {
                assert_eq!(
                    (status, code.as_str()),
                    (401, wanted),
                    "{} {}",
                    route.method,
                    route.path
                );
            }
        }
    }
}

#[tokio::test]
async fn only_these_routes_are_public() {
    let public = ROUTES
        .iter()
        .filter(|route| route.permission == Permission::Public);
    let public: Vec<&str> = public.map(|route| route.path).collect();
    assert_eq!(public, ["/healthz", "/readyz", "/api/v1/openapi.json"]);
    for route in ROUTES {
        // Webhooks and tokens are nobody's business but the admins'.
        let mut admins = ["/api/v1/webhooks", "/api/v1/tokens"].into_iter();
        let admins = admins.any(|path| route.path.starts_with(path));
        let writes = admins || route.method != "get" && !route.path.starts_with("/api/v1/search");
        assert_eq!(
            !Role::Reader.may(route.permission),
            writes,
            "{} {}",
            route.method,
            route.path
        );
    }
}

#[tokio::test]
async fn a_token_that_is_revoked_counts_no_more() {
    let running = Running::start().await;
    let token = running.token("bob", &[Role::Reader]);
    let ask = || running.request("GET", "/api/v1/settings").bearer_auth(&token);
    assert_eq!(ask().send().await.unwrap().status(), 200);
    running.tokens().revoke("bob", Timestamp::now()).unwrap();
    assert_eq!(problem(ask()).await, (401, "token_revoked".into()));
}

#[tokio::test]
async fn the_actor_is_the_tokens_owner() {
    let running = Running::start().await;
    let token = running.token("alice", &[Role::Writer]);
    let mut model = a_model("gpt", "1.0.0");
    model["created_by"] = "mallory".into();
    let request = running.request("POST", "/api/v1/models").bearer_auth(&token);
    let answer: Value = crate::running::read(request.json(&model).send().await.unwrap()).await;
    assert_eq!(answer["created_by"], "alice");
    let who: Value = crate::running::read(
        running
            .request("GET", "/api/v1/whoami")
            .bearer_auth(&token)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(
        who,
        json!({ "name": "alice", "roles": ["writer"], "names": null, "tags": null, "expires_at": null })
    );
}

#[tokio::test]
async fn tokens_that_cannot_be_read_let_nobody_in() {
    let running = Running::start().await;
    std::fs::write(running.tokens().path(), "{}garbage").unwrap();
    assert_eq!(
        problem(running.asked("GET", "/api/v1/settings")).await,
        (500, "tokens_unreadable".into())
    );
}
