//! What one does is seen by another.

use browser::{Chromium, Site, Window};
use registry_server::Role;

const FOLLOWS: &str = "document.querySelector('[data-following]') !== null";

/// The value of a row's mark, if it is there and marked.
fn marked(title: &str, word: &str) -> String {
    format!("document.querySelector('[data-title=\"{title}\"]')?.dataset.fresh === '{word}'")
}

async fn promote(site: &Site, window: &Window, model: &str) {
    window
        .open(&site.at(&format!("/promote?tag=production&model={model}")))
        .await;
    window.fill("#reason", "now").await;
    window.follow("main form.stacked button").await;
}

#[tokio::test]
async fn a_second_window_shows_what_happens_in_the_first() {
    let site = Site::with_story().await;
    let chromium = Chromium::start().await;
    let (first, second) = (chromium.window().await, chromium.window().await);
    site.log_in(&first, &site.token("aiko", &[Role::Admin])).await;
    site.log_in(&second, &site.token("jonas", &[Role::Reader])).await;
    second.wait(FOLLOWS).await;
    let opened = second.look("performance.timeOrigin").await;
    second
        .click("input[aria-label='Compare support/reply@2.1.0']")
        .await;

    promote(&site, &first, "support/reply@2.1.0").await;
    second.wait(&marked("support/reply@2.1.0", "changed")).await;
    second
        .wait("document.querySelector('#news').textContent.includes('changed: ')")
        .await;
    let row = second
        .look("document.querySelector('[data-title=\"support/reply@2.1.0\"]').innerText")
        .await;
    assert!(row.as_str().unwrap().contains("production"), "{row}");
    // Who was choosing goes on choosing.
    second
        .wait("document.querySelector('[data-title=\"support/reply@2.1.0\"] input').checked")
        .await;

    let mut model = browser::a_registration("support/reply", "2.2.0");
    model.notes = Some("seen at once".parse().unwrap());
    let context = browser::context("jonas");
    let registered = site.store.register(&context, model).await.unwrap();
    second.wait(&marked("support/reply@2.2.0", "new")).await;
    second
        .wait("document.querySelector('[data-rows] > :first-child').dataset.title === 'support/reply@2.2.0'")
        .await;
    second
        .wait("document.querySelector('.count').textContent === '15 models'")
        .await;

    site.store
        .delete(&context, registered.model.id, true)
        .await
        .unwrap();
    second
        .wait("document.querySelector('[data-title=\"support/reply@2.2.0\"]') === null")
        .await;
    second
        .wait("document.querySelector('#news').textContent.includes('gone: support/reply@2.2.0')")
        .await;
    assert_eq!(
        second.look("performance.timeOrigin").await,
        opened,
        "the page was loaded anew"
    );
    site.assert_quiet(&second, &[]);
    site.assert_quiet(&first, &[]);
}

#[tokio::test]
async fn what_does_not_fit_the_search_stays_out() {
    let site = Site::with_story().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    site.log_in(&window, &site.token("jonas", &[Role::Reader])).await;
    window
        .open(&site.at("/?where=name+%3D+%22search%2Frank%22"))
        .await;
    window.wait(FOLLOWS).await;
    let context = browser::context("sam");
    for name in ["vision/defects", "search/rank"] {
        let model = browser::a_registration(name, "3.0.0");
        site.store.register(&context, model).await.unwrap();
    }
    window.wait(&marked("search/rank@3.0.0", "new")).await;
    let titles = window
        .look("[...document.querySelectorAll('[data-title]')].map((row) => row.dataset.title)")
        .await;
    assert!(!titles.to_string().contains("vision"), "{titles}");
    site.assert_quiet(&window, &[]);
}

#[tokio::test]
async fn the_first_model_takes_the_place_of_the_lesson() {
    let site = Site::empty().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    site.log_in(&window, &site.token("jonas", &[Role::Reader])).await;
    window.wait_for_text("No models yet").await;
    window.wait(FOLLOWS).await;
    let model = browser::a_registration("gpt", "1.0.0");
    site.store
        .register(&browser::context("sam"), model)
        .await
        .unwrap();
    window
        .wait("document.querySelector('[data-title=\"gpt@1.0.0\"]') !== null")
        .await;
    window
        .wait("document.querySelector('#news').textContent === 'new: gpt@1.0.0. '")
        .await;
    site.assert_quiet(&window, &[]);
}

#[tokio::test]
async fn the_activity_grows_while_it_is_read() {
    let site = Site::with_story().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    site.log_in(&window, &site.token("jonas", &[Role::Reader])).await;
    window.open(&site.at("/activity")).await;
    window.wait(FOLLOWS).await;
    let model = browser::a_registration("gpt", "1.0.0");
    site.store
        .register(&browser::context("sam"), model)
        .await
        .unwrap();
    window
        .wait("(({ dataset, innerText }) => dataset.fresh === 'new' && innerText.includes('sam registered gpt@1.0.0'))(document.querySelector('[data-rows] > li'))")
        .await;
    window
        .wait("document.querySelector('#news').textContent.includes('sam registered gpt@1.0.0')")
        .await;
    site.assert_quiet(&window, &[]);
}

#[tokio::test]
async fn a_session_that_ends_ends_the_stream() {
    let site = Site::with_story().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    site.log_in(&window, &site.token("jonas", &[Role::Reader])).await;
    window.wait(FOLLOWS).await;
    site.revoke("jonas");
    // The next thing that happens is not told any more.
    let model = browser::a_registration("gpt", "1.0.0");
    site.store
        .register(&browser::context("sam"), model)
        .await
        .unwrap();
    window.wait(&format!("!({FOLLOWS})")).await;
    assert!(!window.text().await.contains("gpt"));
    site.assert_quiet(&window, &[]);
}
