//! Sessions: who gets in, who doesn't, and what a page lets nobody else do.

use registry_core::Timestamp;
use registry_server::routes::{PAGES, Route};
use registry_server::{Permission, Role};

use crate::browser::{Browser, csrf};
use crate::running::Running;

fn path(page: &Route) -> String {
    let path = page.path.replace("{id}", "1").replace("{name}", "gpt");
    path.replace("{file}", "style.css")
}

#[tokio::test]
async fn a_role_sees_what_the_table_says() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    for role in Role::ALL {
        let token = running.token(role.as_str(), &[role]);
        for page in PAGES
            .iter()
            .filter(|page| !["/login", "/logout", "/live"].contains(&page.path))
        {
            let browser = Browser::of(&running, &token).await;
            let shown = if page.method == "get" {
                browser.look(&path(page)).await
            } else {
                browser.submit("/", &path(page), &[]).await
            };
            let place = format!("{} {} as {role}: {}", page.method, page.path, shown.text);
            let refused = shown.status == 403 && shown.text.contains("does not allow this");
            assert_eq!(refused, !role.may(page.permission), "{place}");
            assert!(shown.status < 500, "{place}");
        }
    }
}

#[tokio::test]
async fn without_a_session_that_counts_nobody_comes_in() {
    let running = Running::start().await;
    let gone = running.token("gone", &[Role::Admin]);
    let revoked = Browser::of(&running, &gone).await;
    running.tokens().revoke("gone", Timestamp::now()).unwrap();
    for browser in [Browser::new(&running), revoked] {
        for page in PAGES {
            let place = format!("{} {}", page.method, page.path);
            if page.method == "get" {
                let shown = browser.look(&path(page)).await;
                if page.permission == Permission::Public {
                    assert_eq!(shown.status, 200, "{place}");
                } else {
                    assert_eq!(shown.status, 303, "{place}");
                    assert!(shown.location.unwrap().starts_with("/login"), "{place}");
                }
            } else if page.permission != Permission::Public {
                assert_eq!(browser.send(&path(page), &[]).await.status, 401, "{place}");
            }
        }
    }
}

#[tokio::test]
async fn only_the_login_and_what_it_is_made_of_are_public() {
    let public = PAGES.iter().filter(|page| page.permission == Permission::Public);
    let public: Vec<&str> = public.map(|page| page.path).collect();
    assert_eq!(public, ["/assets/{file}", "/login", "/login", "/logout"]);
    for page in PAGES.iter().filter(|page| page.method != "get") {
        assert!(
            page.permission == Permission::Public || !Role::Reader.may(page.permission),
            "{}",
            page.path
        );
    }
}

#[tokio::test]
async fn a_login_leads_back_to_the_page_that_was_wanted() {
    let running = Running::start().await;
    let browser = Browser::new(&running);
    let shown = browser.look("/?where=name%20%3D%20a").await;
    let login = shown.location.unwrap();
    assert_eq!(login, "/login?next=%2F%3Fwhere%3Dname%2520%253D%2520a");
    let form = browser.look(&login).await.text;
    assert!(
        form.contains("name=\"next\" value=\"/?where=name%20%3D%20a\""),
        "{form}"
    );
    let fields = [
        ("token", running.admin.as_str()),
        ("next", "/?where=name%20%3D%20a"),
    ];
    assert_eq!(
        browser.send("/login", &fields).await.location.unwrap(),
        "/?where=name%20%3D%20a"
    );
    let elsewhere = [("token", running.admin.as_str()), ("next", "//evil.example")];
    assert_eq!(browser.send("/login", &elsewhere).await.location.unwrap(), "/");
}

#[tokio::test]
async fn a_wrong_token_opens_nothing() {
    let running = Running::start().await;
    let gone = running.token("gone", &[Role::Admin]);
    running.tokens().revoke("gone", Timestamp::now()).unwrap();
    for token in [
        "",
        "mrt_0",
        "<script>",
        gone.as_str(),
        registry_server::Secret::random().unwrap().reveal(),
    ] {
        let shown = Browser::new(&running).send("/login", &[("token", token)]).await;
        assert_eq!((shown.status, shown.cookie), (403, None), "{token}");
        assert!(
            shown.text.contains("role=\"alert\"") && !shown.text.contains("<script>"),
            "{token}"
        );
    }
}

#[tokio::test]
async fn a_logout_ends_the_session() {
    let running = Running::start().await;
    let browser = Browser::of(&running, &running.admin).await;
    let page = browser.look("/").await.text;
    assert!(page.contains("root") && page.contains("Log out"), "{page}");
    let shown = browser.submit("/", "/logout", &[]).await;
    assert_eq!((shown.status, shown.location.as_deref()), (303, Some("/login")));
    assert!(shown.cookie.unwrap().contains("Max-Age=0"));
    assert_eq!(browser.look("/").await.status, 303);
}

#[tokio::test]
async fn a_form_of_another_page_is_refused() {
    let running = Running::start().await;
    let browser = Browser::of(&running, &running.admin).await;
    let mine = browser.look("/").await.text;
    let mine = csrf(&mine).unwrap();
    let of_another = Browser::of(&running, &running.admin).await.look("/").await.text;
    for csrf in ["", "0", csrf(&of_another).unwrap()] {
        assert_eq!(
            browser.send("/logout", &[("csrf", csrf)]).await.status,
            403,
            "{csrf}"
        );
    }
    let form = || browser.form("/logout", &[("csrf", mine)]);
    for origin in [None, Some("http://evil.example"), Some("null")] {
        let request = match origin {
            Some(origin) => form().header("origin", origin),
            None => form(),
        };
        assert_eq!(request.send().await.unwrap().status(), 403, "{origin:?}");
    }
    assert_eq!(browser.send("/logout", &[("csrf", mine)]).await.status, 303);
}

#[tokio::test]
async fn a_session_is_no_token_and_a_token_is_no_session() {
    let running = Running::start().await;
    let browser = Browser::of(&running, &running.admin).await;
    assert_eq!(browser.look("/api/v1/models").await.status, 401);
    let asked = Browser::new(&running)
        .request("GET", "/")
        .bearer_auth(&running.admin);
    assert_eq!(asked.send().await.unwrap().status(), 303);
}

#[tokio::test]
async fn without_tokens_there_is_nothing_to_log_in_with() {
    let running = Running::without_tokens().await;
    let browser = Browser::new(&running);
    let shown = browser.look("/").await;
    assert_eq!(shown.status, 200);
    assert!(
        shown.text.contains("everybody") && !shown.text.contains("Log out"),
        "{}",
        shown.text
    );
    assert_eq!(browser.look("/login").await.location.as_deref(), Some("/"));
}

#[tokio::test]
async fn the_cookie_stays_where_it_belongs() {
    let running = Running::start().await;
    let browser = Browser::new(&running);
    let form = [("token", running.admin.as_str())];
    let by_tls = browser.form("/login", &form);
    let by_tls = by_tls
        .header("origin", format!("https://{}", running.address))
        .send()
        .await
        .unwrap();
    let by_tls = by_tls.headers()["set-cookie"].to_str().unwrap().to_owned();
    let plain = browser.send("/login", &form).await.cookie.unwrap();
    for cookie in [&by_tls, &plain] {
        assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
        assert!(!cookie.contains("mrt_"), "{cookie}");
    }
    assert!(by_tls.ends_with("; Secure") && !plain.contains("Secure"));
}
