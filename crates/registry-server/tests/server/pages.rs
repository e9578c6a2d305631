//! What pages show, and that they show nothing but text.

use serde_json::json;

use crate::browser::{Browser, Shown};
use crate::running::{Running, a_model};

/// The most that a page may weigh.
const MOST: usize = 100_000;

pub(crate) async fn seen(running: &Running, path: &str) -> Shown {
    let shown = Browser::new(running).look(path).await;
    assert!(
        shown.text.starts_with("<!DOCTYPE html>"),
        "{path}: {}",
        shown.text
    );
    assert!(shown.text.len() <= MOST, "{path} has {} bytes", shown.text.len());
    for never in [" style=", "<style", "javascript:", " onclick=", "http://evil"] {
        assert!(!shown.text.contains(never), "{never} on {path}: {}", shown.text);
    }
    shown
}

#[tokio::test]
async fn an_empty_registry_teaches_the_first_command() {
    let running = Running::without_tokens().await;
    let page = seen(&running, "/").await.text;
    assert!(page.contains("registry-cli register --name"), "{page}");
}

#[tokio::test]
async fn browsers_are_told_to_load_nothing_from_elsewhere() {
    let running = Running::without_tokens().await;
    for path in ["/", "/activity", "/models/1", "/nowhere"] {
        let answer = Browser::new(&running).request("GET", path).send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"),
            "{policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_page_is_made_of_files_of_the_server() {
    let running = Running::without_tokens().await;
    let page = seen(&running, "/").await.text;
    for (attribute, kind) in [
        ("rel=\"stylesheet\" href=\"", "text/css"),
        ("script src=\"", "text/javascript"),
    ] {
        let address = page.split_once(attribute).unwrap().1.split('"').next().unwrap();
        let answer = Browser::new(&running)
            .request("GET", address)
            .send()
            .await
            .unwrap();
        assert!(
            answer.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with(kind)
        );
        assert!(
            answer.headers()["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        assert_eq!(answer.status(), 200);
    }
    assert_eq!(
        Browser::new(&running).look("/assets/..%2Fstyle.css").await.status,
        404
    );
}

#[tokio::test]
async fn the_list_searches_sorts_and_leads_on() {
    let running = Running::without_tokens().await;
    for number in 0..60 {
        let mut model = a_model(
            if number % 2 == 0 { "even" } else { "odd" },
            &format!("1.0.{number}"),
        );
        model["metrics"] = json!({ "val_loss": f64::from(number) / 100.0 });
        let _: serde_json::Value = running.post("/api/v1/models", &model).await;
    }
    let page = seen(&running, "/").await.text;
    assert!(
        page.contains("60 models") && page.contains("1.0.59") && !page.contains("1.0.34<"),
        "{page}"
    );
    let next = page
        .split_once("rel=\"next\" href=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    let page = seen(&running, &next.replace("&amp;", "&")).await.text;
    assert!(
        page.contains("1.0.34<") && page.contains("rel=\"prev\""),
        "{page}"
    );
    let page = seen(&running, "/?where=name+%3D+odd+and+metrics.val_loss+%3C+0.1")
        .await
        .text;
    assert!(page.contains("5 models") && !page.contains(">even<"), "{page}");
    let page = seen(&running, "/?sort=name%2C+version").await.text;
    assert!(
        page.contains("aria-sort=\"ascending\"")
            && page.contains(">even<")
            && page.contains("1.0.48")
            && !page.contains("1.0.50"),
        "{page}"
    );
    let page = seen(&running, "/?where=name+%3D+nobody").await.text;
    assert!(page.contains("No model fits"), "{page}");
}

#[tokio::test]
async fn a_mistake_in_a_search_is_shown_at_its_place() {
    let running = Running::without_tokens().await;
    let shown = seen(&running, "/?where=nam+%3D+gpt").await;
    assert_eq!(shown.status, 400);
    assert!(shown.text.contains("there is no field `nam`"), "{}", shown.text);
    assert!(
        shown.text.contains("<mark>nam</mark> = gpt") && shown.text.contains("^^^"),
        "{}",
        shown.text
    );
    assert!(shown.text.contains("<code>name</code>") && shown.text.contains("value=\"nam = gpt\""));
    // What people type first.
    let word = seen(&running, "/?where=gpt").await;
    assert!(
        word.text.contains("<code>name ~ &quot;*gpt*&quot;</code>"),
        "{}",
        word.text
    );
    for path in ["/", "/?where=gpt", "/tags"] {
        let head = running.request("HEAD", path).send().await.unwrap().status();
        let get = running.request("GET", path).send().await.unwrap().status();
        assert_eq!(head, get, "{path}");
    }
    for path in [
        "/?sort=tag",
        "/?cursor=x",
        "/?status=lost",
        "/?where=%FF",
        "/activity?before=x",
        "/activity?name=%20a%40",
    ] {
        assert!(matches!(seen(&running, path).await.status, 200 | 400), "{path}");
    }
}

#[tokio::test]
async fn what_people_typed_stays_text() {
    let running = Running::without_tokens().await;
    let evil = "<script>alert(1)</script>\" onmouseover=\"x";
    let mut model = a_model("<img src=x>'\"&", "1.0.0");
    for field in ["checkpoint_path", "task_type", "notes"] {
        model[field] = evil.into();
    }
    model["metadata"] = json!({ evil: evil });
    model["metrics"] = json!({ evil: 1.0 });
    model["tags"] = json!([evil]);
    model["exports"] = json!([{ "export_format": evil, "export_path": evil, "metadata": { evil: 1 } }]);
    let model: serde_json::Value = running.post("/api/v1/models", &model).await;
    let id = model["model_id"].as_i64().unwrap();
    let where_ = format!(
        "/?where={}",
        "name = \"<script>alert(1)</script>"
            .replace(' ', "%20")
            .replace('"', "%22")
    );
    for path in [
        "/".to_owned(),
        format!("/models/{id}"),
        "/activity".into(),
        where_,
    ] {
        let page = seen(&running, &path).await.text;
        for never in ["<script>", "<img src=x", "onmouseover=\"x\""] {
            assert!(!page.contains(never), "{never} on {path}: {page}");
        }
    }
}

#[tokio::test]
async fn a_model_shows_all_that_is_known() {
    let running = Running::without_tokens().await;
    let parent = running.register("org/gpt", "1.0.0").await;
    let mut model = a_model("org/gpt", "1.1.0");
    model["parent"] = "org/gpt@1.0.0".into();
    model["notes"] = "fine tuned".into();
    model["metadata"] = json!({ "gpu": "a100" });
    model["tags"] = json!(["baseline"]);
    let model: serde_json::Value = running.post("/api/v1/models", &model).await;
    let id = model["model_id"].as_i64().unwrap();
    let page = seen(&running, &format!("/models/{id}")).await.text;
    for text in [
        "fine tuned",
        "a100",
        "baseline",
        "val_loss",
        "0.5",
        "1.0 MB",
        "/no/such/file.pt",
        "registered",
        "config_hash",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains(&format!("href=\"/models/{parent}\"")), "{page}");
    let command = format!("registry-cli get --db http://{} org/gpt@1.1.0", running.address);
    assert!(page.contains(&command), "{page}");
    assert!(page.contains("/api/v1/names/org%2Fgpt/versions/1.1.0"), "{page}");
    let page = seen(&running, &format!("/models/{parent}")).await.text;
    assert!(page.contains(&format!("href=\"/models/{id}\"")), "{page}");
}

#[tokio::test]
async fn what_is_not_there_is_said_on_a_page() {
    let running = Running::without_tokens().await;
    for (path, status) in [
        ("/models/99", 404),
        ("/models/x", 400),
        ("/models/0", 400),
        ("/nowhere", 404),
        ("/activity?tag=%00", 400),
    ] {
        let shown = seen(&running, path).await;
        assert_eq!(shown.status, status, "{path}");
        assert!(
            shown.text.contains("<h1>") && shown.text.contains("request <code>"),
            "{path}"
        );
    }
    let of_the_api = Browser::new(&running).look("/api/v1/nowhere").await;
    assert!(of_the_api.text.starts_with('{'), "{}", of_the_api.text);
}

#[tokio::test]
async fn a_page_stays_light_whatever_a_model_holds() {
    let running = Running::without_tokens().await;
    let metrics: serde_json::Map<_, _> = (0..1000)
        .map(|n| (format!("{}{n}", "m".repeat(100)), json!(n)))
        .collect();
    let tags: Vec<String> = (0..150).map(|n| format!("{n}-{}", "t".repeat(40))).collect();
    let exports: Vec<_> = (0..100)
        .map(|n| json!({ "export_format": "onnx", "export_path": format!("/{n}/{}", "p".repeat(200)) }))
        .collect();
    let mut last = 0;
    for number in 0..26_u32 {
        let mut model = a_model(&format!("{number}{}", "模".repeat(80)), "1.0.0");
        model["metrics"] = metrics.clone().into();
        model["tags"] = tags.clone().into();
        model["exports"] = exports.clone().into();
        model["notes"] = "<".repeat(20_000).into();
        model["metadata"] = json!({ "a": "<".repeat(100_000) });
        let model: serde_json::Value = running.post("/api/v1/models", &model).await;
        last = model["model_id"].as_i64().unwrap();
    }
    seen(&running, "/").await;
    seen(&running, &format!("/models/{last}")).await;
    seen(&running, "/compare?ids=1,2,3,4,5,6,7,8,9,10").await;
    seen(&running, "/tags").await;
    let name = format!("25{}", "%E6%A8%A1".repeat(80));
    seen(&running, &format!("/names/{name}")).await;
    seen(&running, "/activity").await;
}
