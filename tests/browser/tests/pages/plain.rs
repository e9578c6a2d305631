//! Without JavaScript.

use browser::{Chromium, Site};
use registry_server::Role;

#[tokio::test]
async fn everything_works_without_scripts() {
    let site = Site::with_story().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    window.without_scripts().await;
    site.log_in(&window, &site.token("aiko", &[Role::Promoter])).await;
    assert_eq!(
        window.look("document.querySelector('[data-following]')").await,
        serde_json::Value::Null
    );

    window.fill("#where", "name = \"support/reply\"").await;
    window.follow("form.search button").await;
    window.wait_for_text("5 models").await;
    window.wait_for_text("2026-07-11").await;
    window
        .click("input[aria-label='Compare support/reply@2.1.0']")
        .await;
    window
        .click("input[aria-label='Compare support/reply@2.0.0']")
        .await;
    window.follow("form.rows button").await;
    window.wait_for_text("latency_ms").await;

    window.open(&site.at("/tags")).await;
    window
        .fill(
            "input[aria-label='Model that shall get staging']",
            "support/reply@2.0.0",
        )
        .await;
    window
        .follow("form[action='/promote']:has(input[aria-label='Model that shall get staging']) button")
        .await;
    window.wait_for_text("Promote?").await;
    window.fill("#reason", "without a script").await;
    window.follow("main form.stacked button").await;
    window.wait_for_text("without a script").await;
    site.assert_quiet(&window, &[]);
}
