//! Who gets in, and what is refused.

use browser::{Chromium, Site};
use registry_server::Role;

#[tokio::test]
async fn a_login_leads_on_and_a_logout_ends_it() {
    let site = Site::with_story().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    window.open(&site.at("/names/search%2Frank")).await;
    window
        .wait_for_address("/login?next=%2Fnames%2Fsearch%252Frank")
        .await;
    window.fill("#token", "mrt_wrong").await;
    window.follow("main button").await;
    window
        .wait("document.querySelector('[role=alert]') !== null")
        .await;
    window.fill("#token", &site.token("sam", &[Role::Reader])).await;
    window.follow("main button").await;
    window.wait_for_address("/names/search%2Frank").await;
    assert_eq!(
        window.look("document.cookie").await,
        "",
        "a script can read the session"
    );

    window.follow(".who button").await;
    window.wait_for_address("/login").await;
    window.open(&site.at("/tags")).await;
    window.wait_for_address("/login?next=%2Ftags").await;
    site.assert_quiet(&window, &["403 (Forbidden)"]);
}

#[tokio::test]
async fn who_may_only_read_is_shown_no_forms_and_is_refused() {
    let site = Site::with_story().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    site.log_in(&window, &site.token("sam", &[Role::Reader])).await;
    for path in ["/", "/tags", "/models/1"] {
        window.open(&site.at(path)).await;
        let forms = window
            .look("document.querySelectorAll('form[action=\"/promote\"], form[action^=\"/tokens\"]').length")
            .await;
        assert_eq!(forms, 0, "{path}");
    }
    window
        .open(&site.at("/promote?model=search/rank&tag=production"))
        .await;
    window.wait_for_text("Not allowed").await;
    window.wait_for_text("does not allow this").await;
    // A page of somebody else's cannot write either: the session's own secret is not in its form.
    window.open(&site.at("/")).await;
    let refused = window
        .look("fetch('/logout', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'csrf=guessed' }).then((answer) => answer.status)")
        .await;
    assert_eq!(refused, 403);
    site.assert_quiet(&window, &["403 (Forbidden)"]);
}
