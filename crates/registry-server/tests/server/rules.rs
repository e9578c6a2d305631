//! What a token allows beyond its roles: names, tags, protected tags.

use registry_server::Role;
use serde_json::{Value, json};

use crate::running::{Running, a_model, problem};

/// What became of a request.
async fn outcome(request: reqwest::RequestBuilder) -> String {
    let response = request.send().await.unwrap();
    if response.status().is_success() {
        return "done".into();
    }
    let problem: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    problem["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_writer_of_some_names_leaves_the_others_alone() {
    let running = Running::start().await;
    running.register("team-a/x", "1.0.0").await;
    running.register("team-b/x", "1.0.0").await;
    let token = running.limited(
        "ann",
        &[Role::Writer, Role::Promoter, Role::Admin],
        Some("team-a/*"),
        None,
    );
    let ask = |method: &str, path: String| running.request(method, &path).bearer_auth(&token);
    for (id, wanted) in [(1, "done"), (2, "forbidden")] {
        let path = |end: &str| format!("/api/v1/models/{id}{end}");
        assert_eq!(outcome(ask("GET", path(""))).await, "done");
        assert_eq!(
            outcome(ask("PATCH", path("")).json(&json!({ "notes": "n" }))).await,
            wanted
        );
        assert_eq!(outcome(ask("POST", path("/retire"))).await, wanted);
        assert_eq!(outcome(ask("POST", path("/restore"))).await, wanted);
        assert_eq!(outcome(ask("PUT", path("/tags/t"))).await, wanted);
        assert_eq!(outcome(ask("DELETE", path("/tags/t"))).await, wanted);
        let export = json!({ "export_format": "onnx", "export_path": "/x" });
        assert_eq!(outcome(ask("POST", path("/exports")).json(&export)).await, wanted);
        assert_eq!(outcome(ask("DELETE", path("/exports/onnx"))).await, wanted);
        let promote = ask("POST", "/api/v1/tags/p/promote".into());
        assert_eq!(
            outcome(promote.json(&json!({ "model_id": id, "scope": "name" }))).await,
            wanted
        );
        assert_eq!(outcome(ask("DELETE", path("?force=true"))).await, wanted);
    }
    let register = |name: &str| ask("POST", "/api/v1/models".into()).json(&a_model(name, "2.0.0"));
    assert_eq!(outcome(register("team-a/y")).await, "done");
    assert_eq!(outcome(register("team-b/y")).await, "forbidden");
    let both = format!(
        "{}\n{}",
        a_model("team-a/z", "1.0.0"),
        a_model("team-b/z", "1.0.0")
    );
    let both = ask("POST", "/api/v1/registrations".into())
        .header("Content-Type", "application/x-ndjson")
        .body(both);
    assert_eq!(outcome(both).await, "forbidden");
    let settings = ask("PATCH", "/api/v1/settings".into()).json(&json!({ "promotion-scope": "name" }));
    assert_eq!(outcome(settings).await, "forbidden");
}

#[tokio::test]
async fn a_promoter_of_some_names_takes_nothing_from_the_others() {
    let running = Running::start().await;
    running.register("team-a/x", "1.0.0").await;
    running.register("team-b/x", "1.0.0").await;
    let promote = "/api/v1/tags/production/promote";
    running.post::<Value>(promote, &json!({ "model_id": 2 })).await;
    let token = running.limited("ann", &[Role::Promoter], Some("team-a/*"), Some(&["production"]));
    let ask = |path: &str| running.request("POST", path).bearer_auth(&token);
    assert_eq!(
        outcome(ask(promote).json(&json!({ "model_id": 1 }))).await,
        "forbidden"
    );
    assert_eq!(
        outcome(ask(promote).json(&json!({ "model_id": 1, "scope": "registry" }))).await,
        "forbidden"
    );
    assert_eq!(
        outcome(ask("/api/v1/tags/canary/promote").json(&json!({ "model_id": 1, "scope": "name" }))).await,
        "forbidden"
    );
    assert_eq!(
        outcome(ask(promote).json(&json!({ "model_id": 1, "scope": "name" }))).await,
        "done"
    );

    // The admin lets it pass from one team to the other; giving it back is not the promoter's business.
    let body = json!({ "model_id": 1, "scope": "none" });
    running.post::<Value>(promote, &body).await;
    running.register("team-a/x", "1.1.0").await;
    running
        .post::<Value>("/api/v1/tags/t/promote", &json!({ "model_id": 2 }))
        .await;
    running
        .post::<Value>("/api/v1/tags/t/promote", &json!({ "model_id": 3 }))
        .await;
    let free = running.limited("ann", &[Role::Promoter], Some("team-a/*"), None);
    let back = running
        .request("POST", "/api/v1/tags/t/rollback")
        .bearer_auth(&free);
    assert_eq!(outcome(back).await, "forbidden");
}

#[tokio::test]
async fn a_protected_tag_is_the_promoters() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    running
        .post::<Value>("/api/v1/tags/production/promote", &json!({ "model_id": 1 }))
        .await;
    running.register("gpt", "1.1.0").await;
    running
        .tokens()
        .protect(&"production".parse().unwrap(), true)
        .unwrap();
    let writer = running.token("will", &[Role::Writer]);
    let ask = |method: &str, path: &str| running.request(method, path).bearer_auth(&writer);
    assert_eq!(
        outcome(ask("PUT", "/api/v1/models/2/tags/production")).await,
        "forbidden"
    );
    assert_eq!(
        outcome(ask("DELETE", "/api/v1/models/1/tags/production")).await,
        "forbidden"
    );
    assert_eq!(outcome(ask("POST", "/api/v1/models/1/retire")).await, "forbidden");
    assert_eq!(outcome(ask("POST", "/api/v1/models/2/retire")).await, "done");
    assert_eq!(
        outcome(ask("PUT", "/api/v1/models/2/tags/baseline")).await,
        "done"
    );
    let mut model = a_model("gpt", "2.0.0");
    model["tags"] = json!(["production"]);
    assert_eq!(
        outcome(ask("POST", "/api/v1/models").json(&model)).await,
        "forbidden"
    );
    let promoter = running.token("pia", &[Role::Promoter]);
    let untag = running
        .request("DELETE", "/api/v1/models/1/tags/production")
        .bearer_auth(&promoter);
    assert_eq!(outcome(untag).await, "done");
    assert_eq!(
        problem(ask("DELETE", "/api/v1/models/1")).await,
        (403, "forbidden".into())
    );
}
