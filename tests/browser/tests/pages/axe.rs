//! No page keeps anybody out, as far as axe can tell: on a phone and on a desk, in light and in dark colours.

use browser::{Chromium, Colours, Site, Size, axe};
use registry_server::Role;

/// Every page, also those that say what is wrong.
const PAGES: &[&str] = &[
    "/",
    "/?where=name+%3D+%22support%2Freply%22&sort=created_at",
    "/?where=nam+%3D+reply",
    "/?where=name+%3D+nobody",
    "/models/9",
    "/names/support%2Freply",
    "/compare?ids=9,11,13",
    "/compare",
    "/tags",
    "/activity",
    "/activity?name=nobody",
    "/promote?model=support/reply@2.1.0&tag=production",
    "/rollback?tag=production&name=support/reply",
    "/tokens",
    "/webhooks",
    "/webhooks/1",
    "/webhooks/2",
    "/webhooks/2?status=delivered",
    "/webhooks/3",
    "/webhooks/1/delete",
    "/webhooks/deliveries/1",
    "/models/999",
    "/nowhere",
];

#[tokio::test]
async fn axe_finds_nothing_on_any_page() {
    let site = Site::with_webhooks().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    let mut found = Vec::new();
    window.open(&site.at("/login")).await;
    for (size, colours) in shapes() {
        window.shape(size, colours).await;
        found.extend(axe::violations(&window).await);
    }
    site.log_in(&window, &site.token("aiko", &[Role::Admin])).await;
    for path in PAGES {
        window.open(&site.at(path)).await;
        for (size, colours) in shapes() {
            window.shape(size, colours).await;
            let place = format!("{path} {} {}", size.as_str(), colours.as_str());
            let violations = axe::violations(&window).await;
            found.extend(
                violations
                    .into_iter()
                    .map(|violation| format!("{place}: {violation}")),
            );
            let wide = window
                .look("document.documentElement.scrollWidth > innerWidth")
                .await;
            if wide == true {
                found.push(format!("{place}: wider than the window"));
            }
        }
    }
    // What a form answers: a secret.
    window.open(&site.at("/webhooks/1")).await;
    window.click("details:last-of-type summary").await;
    window.follow("form[action='/webhooks/1/rotate'] button").await;
    window.wait_for_text("it is not shown again").await;
    for (size, colours) in shapes() {
        window.shape(size, colours).await;
        found.extend(axe::violations(&window).await);
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    site.assert_quiet(&window, &["404 (Not Found)", "400 (Bad Request)"]);
}

#[tokio::test]
async fn axe_is_at_work() {
    let site = Site::empty().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    window.open(&site.at("/login")).await;
    window.look("document.querySelector('label').remove()").await;
    let found = axe::violations(&window).await;
    assert!(
        found.iter().any(|violation| violation.starts_with("label")),
        "{found:?}"
    );
}

fn shapes() -> impl Iterator<Item = (Size, Colours)> {
    Size::ALL
        .into_iter()
        .flat_map(|size| Colours::ALL.map(|colours| (size, colours)))
}
