//! From finding a model to taking it back.

use browser::{Chromium, Site};
use registry_server::Role;

#[tokio::test]
async fn find_compare_promote_and_roll_back() {
    let site = Site::with_story().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    site.log_in(&window, &site.token("aiko", &[Role::Promoter])).await;

    window.press("/").await;
    window.wait("document.activeElement.id === 'where'").await;
    window
        .fill("#where", "name = \"support/reply\" and metrics.val_loss < 1.25")
        .await;
    window.follow("form.search button").await;
    window.wait_for_text("3 models").await;

    // Two that are chosen, in the order of the list.
    for version in ["2.1.0", "1.2.0"] {
        window
            .click(&format!("input[aria-label='Compare support/reply@{version}']"))
            .await;
    }
    window
        .wait("document.querySelector('form.rows button').textContent === 'Compare 2'")
        .await;
    window.follow("form.rows button").await;
    let best = window
        .look("[...document.querySelectorAll('td.best')].map((cell) => cell.textContent)")
        .await;
    assert!(best.to_string().contains("1.09"), "{best}");

    window.follow("thead a[href^='/models/']").await;
    window.wait_for_text("support/reply@2.1.0").await;
    window
        .fill("main form[action='/promote'] input[name=tag]", "production")
        .await;
    window.follow("main form[action='/promote'] button").await;
    let rehearsal = window.text().await;
    assert!(
        rehearsal.contains("support/reply@2.1.0") && rehearsal.contains("support/reply@1.2.0"),
        "{rehearsal}"
    );
    window.fill("#reason", "as good and faster").await;
    window.follow("main form.stacked button").await;
    window
        .wait_for_text("aiko promoted support/reply@2.1.0 to production")
        .await;
    window.wait_for_text("as good and faster").await;

    window.open(&site.at("/names/support%2Freply")).await;
    window.wait("[...document.querySelectorAll('tbody tr')].some((row) => /production\\s+2\\.1\\.0/.test(row.innerText))").await;

    window
        .open(&site.at("/rollback?tag=production&name=support%2Freply"))
        .await;
    window.wait_for_text("Roll back?").await;
    window.fill("#reason", "complaints at noon").await;
    window.follow("main form.stacked button").await;
    window.wait_for_text("complaints at noon").await;
    let holder = site
        .store
        .find(&"support/reply@:production".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(holder.version.to_string(), "1.2.0");
    site.assert_quiet(&window, &[]);
}

#[tokio::test]
async fn times_are_local_and_commands_can_be_copied() {
    let site = Site::with_story().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    site.log_in(&window, &site.token("aiko", &[Role::Reader])).await;
    window.open(&site.at("/models/1")).await;
    let time = window
        .look("(({ title, textContent }) => title + '|' + textContent)(document.querySelector('main time'))")
        .await;
    let time = time.as_str().unwrap();
    assert!(
        time.starts_with("2026-03-04 13:14:00.000000 UTC|") && time.contains("4 Mar 2026"),
        "{time}"
    );
    window
        .wait("document.querySelectorAll('button.copy').length > 0")
        .await;
    site.assert_quiet(&window, &[]);
}
