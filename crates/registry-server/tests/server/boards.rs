//! The pages of names, tags and comparisons.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::pages::seen;
use crate::running::{Running, a_model};

async fn measured(running: &Running, name: &str, version: &str, loss: f64) -> i64 {
    let mut model = a_model(name, version);
    model["metrics"] = json!({ "val_loss": loss });
    model["metadata"] = json!({ "seed": loss, "gpu": "a100" });
    let model: Value = running.post("/api/v1/models", &model).await;
    model["model_id"].as_i64().unwrap()
}

async fn promote(running: &Running, id: i64, tag: &str) {
    let path = format!("/api/v1/tags/{tag}/promote");
    let _: Value = running.post(&path, &json!({ "model_id": id })).await;
}

#[tokio::test]
async fn a_name_shows_its_versions_as_semver_orders_them() {
    let running = Running::without_tokens().await;
    for (version, loss) in [
        ("1.10.0", 0.3),
        ("1.9.0", 0.4),
        ("1.10.0-rc.1", 0.35),
        ("2.0.0", 0.5),
    ] {
        measured(&running, "org/gpt", version, loss).await;
    }
    let page = seen(&running, "/names/org%2Fgpt").await.text;
    let table = page.split_once("<tbody").unwrap().1;
    let place = |version: &str| table.find(&format!(">{version}</a>")).unwrap();
    assert!(
        place("2.0.0") < place("1.10.0") && place("1.10.0") < place("1.10.0-rc.1"),
        "{page}"
    );
    assert!(place("1.10.0-rc.1") < place("1.9.0"), "{page}");
    assert!(
        page.contains("val_loss over versions") && page.contains("1.10.0: 0.3, the best"),
        "{page}"
    );
    assert_eq!(page.matches("<circle").count(), 4);
    assert_eq!(seen(&running, "/names/nobody").await.status, 404);
    assert_eq!(seen(&running, "/names/org%2Fgpt?metric=other").await.status, 200);
}

#[tokio::test]
async fn a_name_says_who_holds_its_tags_since_when() {
    let running = Running::without_tokens().await;
    let first = measured(&running, "gpt", "1.0.0", 0.5).await;
    let second = measured(&running, "gpt", "1.1.0", 0.4).await;
    promote(&running, first, "production").await;
    promote(&running, second, "production").await;
    let page = seen(&running, "/names/gpt").await.text;
    let row = page
        .split_once("production</a>")
        .unwrap()
        .1
        .split("</tr>")
        .next()
        .unwrap();
    assert!(
        row.contains(">1.1.0</a>") && row.contains("by promotion") && row.contains("<time"),
        "{row}"
    );
}

#[tokio::test]
async fn every_name_has_its_page() {
    let running = Running::without_tokens().await;
    let names = [
        "org/gpt", "a//b", "%2f", "ünï", "模型", "a b", "a?b=c", "a#b", "<script>", "'\"", ".", "..",
        "../../x",
    ];
    for name in names {
        running.register(name, "1.0.0").await;
    }
    let list = seen(&running, "/").await.text;
    let mut found = 0;
    for link in list.split("class=\"name\" href=\"").skip(1) {
        let address = link.split('"').next().unwrap().replace("&amp;", "&");
        let page = seen(&running, &address).await;
        assert_eq!(page.status, 200, "{address}");
        assert!(page.text.contains("1.0.0"), "{address}: {}", page.text);
        found += 1;
    }
    assert_eq!(found, names.len());
}

#[tokio::test]
async fn a_long_name_is_read_page_by_page() {
    let running = Running::without_tokens().await;
    for number in 0..60 {
        measured(&running, "gpt", &format!("1.{number}.0"), f64::from(number)).await;
    }
    let page = seen(&running, "/names/gpt").await.text;
    assert!(
        page.contains("The highest 40 versions")
            && page.contains(">1.59.0</a>")
            && !page.contains(">1.34.0</a>")
    );
    let next = page
        .split_once("rel=\"next\" href=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    assert!(seen(&running, next).await.text.contains(">1.34.0</a>"));
}

#[tokio::test]
async fn the_board_says_who_holds_what() {
    let running = Running::without_tokens().await;
    let page = seen(&running, "/tags").await.text;
    assert!(page.contains("registry-cli promote"), "{page}");
    let id = measured(&running, "gpt", "1.0.0", 0.5).await;
    promote(&running, id, "production").await;
    promote(&running, id, "a%20%3Cb%3E%2Fc").await;
    let page = seen(&running, "/tags").await.text;
    assert!(
        page.contains(">production</a>") && page.contains("a &lt;b&gt;/c</a>"),
        "{page}"
    );
    assert!(page.contains(&format!("href=\"/models/{id}\"")), "{page}");
    assert!(page.contains("one holder in the registry"), "{page}");
}

#[tokio::test]
async fn only_what_was_promoted_is_offered_to_be_rolled_back() {
    let running = Running::without_tokens().await;
    let first = measured(&running, "gpt", "1.0.0", 0.5).await;
    let second = measured(&running, "gpt", "1.1.0", 0.4).await;
    promote(&running, first, "production").await;
    for id in [first, second] {
        let path = format!("/api/v1/models/{id}/tags/beta");
        let labelled = running.asked("PUT", &path).send().await.unwrap();
        assert_eq!(labelled.status(), 200);
    }
    let offered = |page: &str| page.matches(">Roll back…<").count();
    let page = seen(&running, "/tags").await.text;
    assert_eq!(offered(&page), 1, "{page}");
    assert!(page.contains("/rollback?tag=production"), "{page}");
    // Who holds it as a label now has got it last.
    let path = format!("/api/v1/models/{second}/tags/production");
    running.asked("PUT", &path).send().await.unwrap();
    let page = seen(&running, "/tags").await.text;
    assert_eq!(offered(&page), 0, "{page}");
    promote(&running, second, "production").await;
    let page = seen(&running, "/tags").await.text;
    assert_eq!(offered(&page), 1, "{page}");
}

#[tokio::test]
async fn a_comparison_marks_the_best_and_what_differs() {
    let running = Running::without_tokens().await;
    let first = measured(&running, "gpt", "1.0.0", 0.5).await;
    let second = measured(&running, "gpt", "1.1.0", 0.4).await;
    for path in [
        format!("/compare?ids={first},{second}"),
        format!("/compare?ids={first}&ids={second}"),
        "/compare?ids=gpt%401.0.0&ids=gpt".into(),
    ] {
        let page = seen(&running, &path).await.text;
        assert!(page.contains("★ 0.4") && !page.contains("★ 0.5"), "{page}");
        let differs = |title: &str| {
            let row = page.rsplit_once(&format!("<th scope=\"row\">{title}")).unwrap().0;
            row.ends_with("<tr class=\"differs\">")
        };
        assert!(differs("seed") && !differs("gpu") && !differs("Task"), "{page}");
        assert!(differs("Registered<") && !differs("Tags<"), "{page}");
    }
    let path = format!("/compare?ids={first},{second}");
    promote(&running, second, "production").await;
    let page = seen(&running, &path).await.text;
    let tags = "<tr class=\"differs\"><th scope=\"row\">Tags<span class=\"unseen\"> differs</span></th>";
    assert!(page.contains(tags), "{page}");
    let page = seen(&running, &format!("/compare?ids={first},99,nobody")).await;
    assert!(
        page.status == 200 && page.text.contains("nobody, 99"),
        "{}",
        page.text
    );
    assert!(
        seen(&running, "/compare")
            .await
            .text
            .contains("Nothing to compare yet")
    );
    let many: Vec<String> = (1..=11).map(|id| id.to_string()).collect();
    assert_eq!(
        seen(&running, &format!("/compare?ids={}", many.join(",")))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn whoever_may_not_promote_sees_no_form_for_it() {
    let running = Running::start().await;
    let id = running.register("gpt", "1.0.0").await;
    promote(&running, id, "production").await;
    let model = format!("/models/{id}");
    for (role, sees) in [
        (registry_server::Role::Reader, false),
        (registry_server::Role::Promoter, true),
    ] {
        let browser = Browser::of(&running, &running.token(role.as_str(), &[role])).await;
        for path in ["/tags", model.as_str()] {
            let page = browser.look(path).await.text;
            assert_eq!(page.contains("action=\"/promote\""), sees, "{role} {path}");
        }
    }
}

#[tokio::test]
async fn a_comparison_is_drawn_with_the_best_marked() {
    let running = Running::without_tokens().await;
    for (version, loss) in [("1.0.0", 0.5), ("1.1.0", 0.25), ("1.2.0", 0.75)] {
        let mut model = a_model("gpt", version);
        model["metrics"] = serde_json::json!({ "val_loss": loss, "accuracy": 1.0 - loss, "seen": 1.0 });
        let _: Value = running.post("/api/v1/models", &model).await;
    }
    let page = seen(&running, "/compare?ids=1,2,3").await.text;
    assert!(page.contains("A: 0.5; B: 0.25, the best; C: 0.75"), "{page}");
    assert!(page.contains("A: 0.5; B: 0.75, the best; C: 0.25"), "{page}");
    // What is the same for all is no axis.
    assert!(
        page.contains("A line for each model over val_loss, accuracy;"),
        "{page}"
    );
    assert_eq!(page.matches("<polyline").count(), 3, "{page}");
    for picture in page
        .split("<svg")
        .skip(1)
        .filter(|picture| picture.contains("role=\"img\""))
    {
        assert!(
            picture.contains("<title") && picture.contains("<desc"),
            "{picture}"
        );
    }
    let alone = seen(&running, "/compare?ids=1").await.text;
    assert!(!alone.contains("role=\"img\""), "{alone}");
}

#[tokio::test]
async fn a_name_says_who_holds_production_since_when() {
    let running = Running::without_tokens().await;
    for version in ["1.0.0", "1.1.0", "2.0.0-rc.1"] {
        running.register("gpt", version).await;
    }
    running.register("other", "1.0.0").await;
    let promote = |id: i64, tag: &str| {
        let path = format!("/api/v1/tags/{tag}/promote?reason=tried");
        let body = serde_json::json!({ "model_id": id });
        let running = &running;
        async move { running.post::<Value>(&path, &body).await }
    };
    promote(1, "production").await;
    promote(2, "staging").await;
    promote(4, "elsewhere").await;
    let _ = running
        .asked("PUT", "/api/v1/models/2/tags/candidate")
        .send()
        .await
        .unwrap();
    let page = seen(&running, "/names/gpt").await.text;
    let table = page
        .split_once("id=\"tags\"")
        .unwrap()
        .1
        .split_once("</table>")
        .unwrap()
        .0;
    let model: Value = running.get("/api/v1/models/1").await;
    let since = model["tag_details"][0]["since"].as_str().unwrap();
    let row = |tag: &str| {
        table
            .split("<tr>")
            .find(|row| row.contains(&format!(">{tag}</a>")))
            .unwrap()
            .to_owned()
    };
    let production = row("production");
    assert!(
        production.contains("/models/1\"") && production.contains("by promotion"),
        "{table}"
    );
    assert!(
        production.contains(&format!("datetime=\"{since}\"")),
        "{model} {table}"
    );
    assert!(
        row("staging").contains("/models/2\"") && row("candidate").contains("as a label"),
        "{table}"
    );
    assert!(!table.contains("elsewhere"), "{table}");
}
