//! What is read: every answer has the form that is described, and is the store's own.

use registry_core::{ModelId, RegistryStoreExt as _, Selector};
use registry_server::schema;
use serde_json::{Value, json};

use crate::running::{Running, problem, read};

#[tokio::test]
async fn a_model_is_found_by_all_its_names() {
    let running = Running::start().await;
    let id = running.register("org/gpt", "1.2.0").await;
    running
        .post::<Value>("/api/v1/tags/production/promote", &json!({ "model_id": id }))
        .await;
    let selector = Selector::Id(ModelId::try_from(id).unwrap());
    let wanted = json!(running.store.get(&selector).await.unwrap());
    for path in [
        "/api/v1/models/1",
        "/api/v1/names/org%2Fgpt/versions/1.2.0",
        "/api/v1/names/org%2Fgpt/versions/%5E1",
        "/api/v1/names/org%2Fgpt/versions/latest",
        "/api/v1/names/org%2Fgpt/tags/production",
        "/api/v1/tags/production",
        "/api/v1/find?model=org/gpt@1.2.0",
        "/api/v1/find?model=:production",
    ] {
        assert_eq!(running.get::<Value>(path).await, wanted, "{path}");
        running.get::<schema::Model>(path).await;
    }
    let many: schema::Models = running.get("/api/v1/models/by-id?ids=1,7,1").await;
    let found: Vec<bool> = many.models.iter().map(Option::is_some).collect();
    assert_eq!(found, [true, false, true]);
    assert_eq!(
        problem(running.asked("GET", "/api/v1/models/2")).await,
        (404, "model_not_found".into())
    );
    assert_eq!(
        problem(running.asked("GET", "/api/v1/tags/canary")).await,
        (404, "model_not_found".into())
    );
}

#[tokio::test]
async fn a_model_that_is_known_is_not_sent_again() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    let first = running.asked("GET", "/api/v1/models/1").send().await.unwrap();
    let revision = first.headers()["etag"].to_str().unwrap().to_owned();
    let again = |tag: &str| {
        running
            .asked("GET", "/api/v1/models/1")
            .header("If-None-Match", tag)
            .send()
    };
    for known in [
        revision.as_str(),
        "*",
        &format!("\"other\", {revision}"),
        revision.trim_start_matches("W/"),
    ] {
        let response = again(known).await.unwrap();
        assert_eq!(response.status(), 304, "{known}");
        assert_eq!(response.headers()["etag"], revision.as_str());
        assert!(response.bytes().await.unwrap().is_empty());
    }
    let change = json!({ "notes": "better" });
    running
        .asked("PATCH", "/api/v1/models/1")
        .json(&change)
        .send()
        .await
        .unwrap();
    let changed = again(&revision).await.unwrap();
    assert_eq!(changed.status(), 200);
    assert_ne!(changed.headers()["etag"], revision.as_str());
}

#[tokio::test]
async fn pages_lead_on_by_cursor_and_by_link() {
    let running = Running::start().await;
    for minor in 0..5 {
        running.register("gpt", &format!("1.{minor}.0")).await;
    }
    let filter = "where=metrics.val_loss%20%3C%201&sort=version%20desc";
    let mut path = format!("/api/v1/models?{filter}&limit=2&short=false");
    let mut seen = Vec::new();
    loop {
        let response = running.asked("GET", &path).send().await.unwrap();
        let link = response
            .headers()
            .get("link")
            .map(|link| link.to_str().unwrap().to_owned());
        let page: schema::ModelPage = read(response).await;
        assert_eq!(link.is_some(), page.next.is_some());
        seen.extend(page.models.into_iter().map(|model| match model {
            schema::ListedModel::Whole(model) => model.version,
            schema::ListedModel::Short(_) => panic!("whole models were asked for"),
        }));
        let Some(link) = link else { break };
        let (target, relation) = link.split_once(">; ").unwrap();
        assert_eq!(relation, "rel=\"next\"");
        path = target.strip_prefix('<').unwrap().to_owned();
    }
    assert_eq!(seen, ["1.4.0", "1.3.0", "1.2.0", "1.1.0", "1.0.0"]);

    let names: schema::NamePage = running.get("/api/v1/names?limit=1").await;
    assert_eq!(names.names[0].versions.count, 5);
    let versions: schema::VersionPage = running.get("/api/v1/names/gpt/versions?limit=2").await;
    assert_eq!(versions.next.as_deref(), Some("1.3.0"));
    let versions: schema::VersionPage = running
        .get("/api/v1/names/gpt/versions?limit=2&after=1.3.0")
        .await;
    assert_eq!(versions.versions[0].version, "1.2.0");
    let events: schema::EventPage = running.get("/api/v1/events?name=gpt&limit=2").await;
    let before = events.next.unwrap();
    let events: schema::EventPage = running.get(&format!("/api/v1/events?before={before}")).await;
    assert_eq!(events.events.len(), 3);
    assert_eq!(events.events[0].actor, "root");
}

#[tokio::test]
async fn searches_in_text_and_in_json_find_the_same() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    running.register("bert", "1.0.0").await;
    running
        .asked("POST", "/api/v1/models/2/retire")
        .send()
        .await
        .unwrap();
    let search = json!({
        "filter": { "field": "metrics.val_loss", "operator": "<", "value": 1 }, "every_status": true, "sort": ["name"],
    });
    let in_json: Value = running.post("/api/v1/search", &search).await;
    let in_text: Value = running
        .get("/api/v1/models?where=metrics.val_loss%20%3C%201&status=all&sort=name")
        .await;
    assert_eq!(in_json, in_text);
    assert_eq!(in_json["models"].as_array().unwrap().len(), 2);
    running
        .get::<schema::ModelPage>("/api/v1/models?short=true")
        .await;
    let short: Value = running.get("/api/v1/models?short=true").await;
    let summary: schema::ModelSummary = serde_json::from_value(short["models"][0].clone()).unwrap();
    assert_eq!(summary.name, "gpt");

    let count: schema::Count = running.get("/api/v1/count?status=all").await;
    assert_eq!((count.count, count.exact), (2, true));
    let count: schema::Count = running.post("/api/v1/search/count?up_to=1", &search).await;
    assert_eq!((count.count, count.exact), (1, false));
    let facets: schema::Facets = running.get("/api/v1/facets?status=all").await;
    let same: schema::Facets = running.post("/api/v1/search/facets", &search).await;
    assert_eq!(facets, same);
    assert_eq!(facets.status.len(), 2);
    let board: schema::Leaderboard = running.get("/api/v1/leaderboard?metric=val_loss").await;
    assert_eq!(board.leaders.len(), 1);
    let compared: schema::Comparison = running
        .get("/api/v1/compare?model=1&model=bert&model=7&model=x@1.0.0")
        .await;
    assert_eq!(compared.missing, ["7", "x@1.0.0"]);

    let bad = running.asked("GET", "/api/v1/models?where=nam%20%3D%201");
    assert_eq!(problem(bad).await, (400, "invalid_search".into()));
    let bad = running
        .asked("POST", "/api/v1/search")
        .json(&json!({ "sort": ["tag"] }));
    assert_eq!(problem(bad).await, (400, "invalid_search".into()));
    let bad = running.asked("GET", "/api/v1/models?cursor=abc");
    assert_eq!(problem(bad).await, (400, "invalid_cursor".into()));
}

#[tokio::test]
async fn families_tags_and_settings() {
    let running = Running::start().await;
    let parent = running.register("base", "1.0.0").await;
    let mut child = crate::running::a_model("tuned", "1.0.0");
    child["parent_model_id"] = parent.into();
    running.post::<Value>("/api/v1/models", &child).await;
    let family: schema::Lineage = running.get("/api/v1/models/2/lineage?scope=family").await;
    assert_eq!(family.nodes.len(), 2);
    let bad = running.asked("GET", "/api/v1/models/2/lineage?scope=cousins");
    assert_eq!(problem(bad).await, (400, "invalid_scope".into()));

    running
        .post::<Value>("/api/v1/tags/best/promote", &json!({ "model_id": 1 }))
        .await;
    let tags: schema::TagPage = running.get("/api/v1/tags").await;
    assert_eq!(tags.tags[0].tag, "best");
    let held: schema::Holding = running.get("/api/v1/tags/best/holding?at=9999-01-01").await;
    assert_eq!(held.holder.model_id, 1);
    assert_eq!(
        running
            .get::<Value>("/api/v1/tags/best/holding?at=2001-01-01")
            .await,
        Value::Null
    );

    let settings: schema::Settings = running.get("/api/v1/settings").await;
    assert_eq!(settings.promotion_scope, "registry");
    let change = json!({ "promotion-scope": "name" });
    let changed: schema::Settings = read(
        running
            .asked("PATCH", "/api/v1/settings")
            .json(&change)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(changed.promotion_scope, "name");
}
