//! Answers to searches are kept while nothing is written, and not a moment longer.

use registry_core::{RegistryStore, Timestamp, WriteContext};
use registry_server::Role;
use registry_sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::running::Running;

const LIST: &str = "/api/v1/models?limit=2";

/// How many answers were kept ones.
async fn used(running: &Running) -> u64 {
    let text = running.metrics().await;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("registry_kept_answers_total "));
    line.unwrap().parse().unwrap()
}

async fn versions(running: &Running) -> Vec<String> {
    let page: Value = running.get(LIST).await;
    let models = page["models"].as_array().unwrap();
    let versions = models
        .iter()
        .map(|model| model["version"].as_str().unwrap().to_owned());
    versions.collect()
}

#[tokio::test]
async fn the_same_question_gets_the_same_answer() {
    let running = Running::start().await;
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        running.register("gpt", version).await;
    }
    let reader = running.token("rita", &[Role::Reader]);
    for path in [LIST, "/api/v1/count", "/api/v1/facets?models=5"] {
        let before = used(&running).await;
        let first = running.asked("GET", path).send().await.unwrap();
        let again = running
            .request("GET", path)
            .bearer_auth(&reader)
            .send()
            .await
            .unwrap();
        for header in ["content-type", "link"] {
            assert_eq!(first.headers().get(header), again.headers().get(header), "{path}");
        }
        assert_eq!(first.headers().contains_key("link"), path == LIST);
        assert_eq!(first.text().await.unwrap(), again.text().await.unwrap(), "{path}");
        assert_eq!(used(&running).await, before + 1, "{path}");
    }
    // Nobody is answered who may not ask.
    let nobody = running.request("GET", LIST).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
}

#[tokio::test]
async fn what_was_written_is_in_the_next_answer_whoever_wrote_it() {
    let running = Running::start().await;
    let first = running.register("gpt", "1.0.0").await;
    assert_eq!(versions(&running).await, ["1.0.0"]);
    running.register("gpt", "1.1.0").await;
    assert_eq!(versions(&running).await, ["1.1.0", "1.0.0"]);
    let beside = running.beside(None).await;
    beside.register("gpt", "1.2.0").await;
    assert_eq!(versions(&running).await, ["1.2.0", "1.1.0"]);
    // A program that has the file open.
    let store = SqliteStore::open(running.registry()).await.unwrap();
    let context = WriteContext::new("carol".parse().unwrap(), Timestamp::now());
    let id = first.try_into().unwrap();
    store.delete(&context, id, true).await.unwrap();
    let counted: Value = running.get("/api/v1/count").await;
    assert_eq!(counted["count"], 2);
    let _: Value = running.post("/api/v1/models/2/retire", &json!({})).await;
    let counted: Value = running.get("/api/v1/count").await;
    assert_eq!(counted["count"], 1);
    // A rehearsal leaves it.
    let before = used(&running).await;
    let _: Value = running
        .post("/api/v1/models/3/retire?dry_run=true", &json!({}))
        .await;
    let counted: Value = running.get("/api/v1/count").await;
    assert_eq!((&counted["count"], used(&running).await), (&json!(1), before + 1));
}

#[tokio::test]
async fn what_counts_from_now_is_asked_each_time() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    for path in [
        "/api/v1/models?where=created_at%20%3E%201h%20ago",
        "/api/v1/count?where=created_at%20%3E%201h%20ago",
        "/api/v1/facets?where=created_at%20%3E%201h%20ago",
    ] {
        let before = used(&running).await;
        for _ in 0..3 {
            let _: Value = running.get(path).await;
        }
        assert_eq!(used(&running).await, before, "{path}");
    }
}

/// Who writes and reads at once misses nothing that he was told is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_reads_what_he_has_written() {
    let running = Running::start().await;
    let write_and_look = async |name: String| {
        for patch in 0..20 {
            running.register(&name, &format!("1.0.{patch}")).await;
            let path = format!("/api/v1/models?where=name%20%3D%20%22{name}%22&limit=1");
            let page: Value = running.get(&path).await;
            assert_eq!(page["models"][0]["version"], format!("1.0.{patch}"));
        }
    };
    let all = (0..6).map(|number| write_and_look(format!("gpt-{number}")));
    futures::future::join_all(all).await;
}
