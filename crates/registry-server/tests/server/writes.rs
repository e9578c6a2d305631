//! What is written: each verb, its refusals, its rehearsal.

use registry_server::schema;
use serde_json::{Value, json};

use crate::running::{Running, a_model, problem, read};

#[tokio::test]
async fn a_registration_is_answered_with_its_place() {
    let running = Running::start().await;
    let response = running
        .asked("POST", "/api/v1/models?reason=first")
        .json(&a_model("gpt", "1.0.0"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["location"], "/api/v1/models/1");
    let model: schema::Registered = read(response).await;
    assert_eq!(model.size_bytes, Some(1_048_576));
    assert_eq!(model.model_size_mb, Some(1.0));
    assert_eq!(model.created_by, "root");
    let events: schema::EventPage = running.get("/api/v1/events").await;
    assert_eq!(events.events[0].reason.as_deref(), Some("first"));

    let again = running
        .asked("POST", "/api/v1/models")
        .json(&a_model("gpt", "1.0.0"));
    assert_eq!(problem(again).await, (409, "model_exists".into()));
    let mut orphan = a_model("gpt", "2.0.0");
    orphan["parent_model_id"] = 77.into();
    let orphan = running.asked("POST", "/api/v1/models").json(&orphan);
    assert_eq!(problem(orphan).await, (422, "parent_not_found".into()));
    let mut bump = a_model("gpt", "1.0.0");
    bump.as_object_mut().unwrap().remove("version");
    bump["bump"] = "minor".into();
    let next: schema::Registered = running.post("/api/v1/models", &bump).await;
    assert_eq!(next.version, "1.1.0");
}

#[tokio::test]
async fn the_server_wants_the_size_and_looks_at_no_path() {
    let running = Running::start().await;
    let mut model = a_model("gpt", "1.0.0");
    // A path that is there, on this machine.
    model["checkpoint_path"] = "/".into();
    model.as_object_mut().unwrap().remove("size_bytes");
    let without = running.asked("POST", "/api/v1/models").json(&model);
    assert_eq!(problem(without).await, (400, "invalid_size".into()));
    for size in [json!(-1), json!("1"), json!(u64::MAX), json!(1.5)] {
        model["size_bytes"] = size;
        let bad = running.asked("POST", "/api/v1/models").json(&model);
        assert_eq!(problem(bad).await, (400, "invalid_size".into()));
    }
    model["size_bytes"] = 5.into();
    let model: schema::Registered = running.post("/api/v1/models", &model).await;
    assert_eq!((model.checkpoint_absolute, model.size_bytes), (None, Some(5)));
    let moved = json!({ "checkpoint_path": "/etc/passwd" });
    let moved = running.asked("PATCH", "/api/v1/models/1").json(&moved);
    assert_eq!(problem(moved).await, (400, "bad_request".into()));
}

#[tokio::test]
async fn fields_are_set_kept_and_emptied() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    let change = |body: Value| {
        let request = running.asked("PATCH", "/api/v1/models/1").json(&body);
        async { read::<schema::Model>(request.send().await.unwrap()).await }
    };
    let model = change(
        json!({ "notes": "a", "metrics": { "acc": 0.9 }, "metadata": { "n": 12_345_678_901_234_567_890_u64 } }),
    )
    .await;
    assert_eq!((model.notes.as_deref(), model.metrics.len()), (Some("a"), 2));
    assert_eq!(model.metadata["n"], json!(12_345_678_901_234_567_890_u64));
    let model = change(json!({ "notes": null, "metrics": { "acc": null } })).await;
    assert_eq!((model.notes, model.metrics.len()), (None, 1));
    let model =
        change(json!({ "replace_metrics": {}, "checkpoint_path": "s3://b/x.pt", "size_bytes": 7 })).await;
    assert_eq!((model.metrics.len(), model.size_bytes), (0, Some(7)));
    for (body, code) in [
        (json!({}), "empty_update"),
        (json!({ "version": "2.0.0" }), "bad_request"),
        (json!({ "metrics": { "a": "b" } }), "invalid_metrics"),
        (json!({ "memory_req_gb": -1 }), "invalid_memory"),
        (json!({ "metadata": {}, "replace_metadata": {} }), "bad_request"),
        (json!([]), "bad_request"),
    ] {
        let request = running.asked("PATCH", "/api/v1/models/1").json(&body);
        assert_eq!(problem(request).await, (400, code.into()), "{body}");
    }
    let cycle = running
        .asked("PATCH", "/api/v1/models/1")
        .json(&json!({ "parent_model_id": 1 }));
    assert_eq!(problem(cycle).await, (409, "parent_cycle".into()));
}

#[tokio::test]
async fn a_promotion_compares_and_sets() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    running.register("gpt", "1.1.0").await;
    let path = "/api/v1/tags/production/promote";
    let first: schema::Promotion = running
        .post(path, &json!({ "model_id": 1, "expect": "none" }))
        .await;
    assert!(first.changed && first.lost.is_empty());
    let late = running
        .asked("POST", path)
        .json(&json!({ "model_id": 2, "expect": "none" }));
    assert_eq!(problem(late).await, (409, "unexpected_holder".into()));
    let by_id = json!({ "model_id": 2, "expect": 1, "scope": "name" });
    let rehearsed: schema::Promotion = running.post(&format!("{path}?dry_run=true"), &by_id).await;
    assert_eq!(rehearsed.lost[0].model_id, 1);
    let expected = json!({ "model_id": 1, "name": "gpt", "version": "1.0.0" });
    let body = json!({ "model_id": 2, "expect": expected, "scope": "name" });
    let rehearsed: schema::Promotion = running.post(&format!("{path}?dry_run=true"), &body).await;
    assert_eq!(rehearsed.dry_run, Some(true));
    let second: schema::Promotion = running.post(path, &body).await;
    assert_eq!((second.lost[0].model_id, second.dry_run), (1, None));
    let back: schema::Promotion = running
        .post("/api/v1/tags/production/rollback?name=gpt", &json!(null))
        .await;
    assert_eq!(back.model_id, 1);
    let further = running.asked("POST", "/api/v1/tags/production/rollback");
    assert_eq!(problem(further).await, (409, "rollback_impossible".into()));
    let nobody = running.asked("POST", path).json(&json!({ "model_id": 9 }));
    assert_eq!(problem(nobody).await, (404, "model_not_found".into()));
}

#[tokio::test]
async fn labels_exports_status_and_delete() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    let label: schema::Labelling = read(
        running
            .asked("PUT", "/api/v1/models/1/tags/a%2Fb")
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!((label.tags, label.changed), (vec!["a/b".to_owned()], true));
    let in_use = running.asked("DELETE", "/api/v1/models/1");
    assert_eq!(problem(in_use).await, (409, "model_in_use".into()));
    let model: schema::Model = read(
        running
            .asked("DELETE", "/api/v1/models/1/tags/a%2Fb")
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert!(model.tags.is_empty());
    let gone = running.asked("DELETE", "/api/v1/models/1/tags/a%2Fb");
    assert_eq!(problem(gone).await, (404, "tag_not_held".into()));

    let export = json!({ "export_format": "onnx", "export_path": "/x.onnx", "metadata": { "opset": 17 } });
    let model: schema::Model = running.post("/api/v1/models/1/exports", &export).await;
    assert_eq!(model.exports[0].export_path, "/x.onnx");
    let exports: schema::Exports = running.get("/api/v1/models/1/exports").await;
    assert_eq!(exports.exports, model.exports);
    let other = running.asked("DELETE", "/api/v1/models/1/exports/onnx?path=/y.onnx");
    assert_eq!(problem(other).await, (404, "export_not_found".into()));
    let model: schema::Model = read(
        running
            .asked("DELETE", "/api/v1/models/1/exports/onnx")
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert!(model.exports.is_empty());

    let retired: schema::Model = read(
        running
            .asked("POST", "/api/v1/models/1/retire")
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(retired.status, schema::Status::Retired);
    let promote = running
        .asked("POST", "/api/v1/tags/x/promote")
        .json(&json!({ "model_id": 1 }));
    assert_eq!(problem(promote).await, (409, "model_retired".into()));
    running
        .asked("POST", "/api/v1/models/1/restore")
        .send()
        .await
        .unwrap();
    let slip = running.asked("DELETE", "/api/v1/models/1?dryrun=true");
    assert_eq!(problem(slip).await, (400, "bad_request".into()));
    let rehearsed: schema::Deletion = read(
        running
            .asked("DELETE", "/api/v1/models/1?dry_run=true")
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!((rehearsed.model_id, rehearsed.dry_run), (1, Some(true)));
    let deleted: schema::Deletion =
        read(running.asked("DELETE", "/api/v1/models/1").send().await.unwrap()).await;
    assert!(deleted.orphans.is_empty());
    assert_eq!(
        problem(running.asked("GET", "/api/v1/models/1")).await,
        (404, "model_not_found".into())
    );
}
