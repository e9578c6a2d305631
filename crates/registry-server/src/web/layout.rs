//! What every page has: head, navigation, footer, and what browsers are told about it.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use maud::{DOCTYPE, Markup, html};

use super::assets::{Asset, ICON, LIVE, SCRIPT, STYLE};
use super::form::csrf;
use super::guard::Visitor;
use crate::access::Permission;

/// Nothing but what this server has itself; no script and no style within a page; no frame around it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The pages that every page leads to.
const PLACES: &[(&str, &str)] = &[("/", "Models"), ("/tags", "Tags"), ("/activity", "Activity")];

/// A page to be shown.
pub(super) struct Page<'a> {
    title: &'a str,
    visitor: Option<&'a Visitor>,
    /// Which of the pages of the navigation it is.
    here: Option<&'a str>,
    /// Whether it shows what happens without a reload.
    live: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(title: &'a str, visitor: &'a Visitor) -> Self {
        Self {
            title,
            visitor: Some(visitor),
            here: None,
            live: false,
        }
    }

    /// A page for anybody.
    pub(super) fn for_anybody(title: &'a str) -> Self {
        Self {
            title,
            visitor: None,
            here: None,
            live: false,
        }
    }

    /// With parts that show what happens without a reload, if this is true.
    pub(super) fn live(mut self, live: bool) -> Self {
        self.live = live;
        self
    }

    /// As this page of the navigation.
    pub(super) fn at(mut self, path: &'a str) -> Self {
        self.here = Some(path);
        self
    }

    pub(super) fn show(&self, body: &Markup) -> Response {
        sent(self.whole(body))
    }

    fn whole(&self, body: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · Model registry" }
                    link rel="stylesheet" href=(address(&STYLE));
                    link rel="icon" type="image/svg+xml" href=(address(&ICON));
                    @if self.live { script src=(address(&LIVE)) defer {} }
                    script src=(address(&SCRIPT)) defer {}
                }
                body {
                    a.skip href="#content" { "Skip to the content" }
                    header.top {
                        a.brand href="/" { img src=(address(&ICON)) alt="" width="24" height="24"; "Model registry" }
                        nav aria-label="Main" {
                            ul {
                                @for (path, text) in PLACES.iter().chain(self.of_admins()) {
                                    li { a href=(path) aria-current=[(self.here == Some(path)).then_some("page")] { (text) } }
                                }
                            }
                        }
                        (self.who())
                    }
                    main #content tabindex="-1" { (body) }
                    footer { p { "The same over HTTP: " a href="/api/v1/openapi.json" { "OpenAPI description" } } }
                }
            }
        }
    }

    /// Where only admins go; to the tokens, where the server asks for tokens.
    fn of_admins(&self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        const TOKENS: (&str, &str) = ("/tokens", "Tokens");
        const WEBHOOKS: (&str, &str) = ("/webhooks", "Webhooks");
        let admin = self.visitor.filter(|visitor| visitor.may(Permission::Administer));
        let has_tokens = admin.is_some_and(|visitor| visitor.session.is_some());
        let has_webhooks = admin.is_some_and(Visitor::may_manage_webhooks);
        let places = has_webhooks.then_some(&WEBHOOKS).into_iter();
        places.chain(has_tokens.then_some(&TOKENS))
    }

    fn who(&self) -> Markup {
        let caller = self
            .visitor
            .and_then(|visitor| Some((visitor, visitor.caller.as_ref()?)));
        html! {
            @if let Some((visitor, caller)) = caller {
                div.who {
                    span title="Who you are" { (caller.actor()) }
                    @if visitor.session.is_some() {
                        form method="post" action="/logout" { (csrf(visitor)) button.plain type="submit" { "Log out" } }
                    }
                }
            }
        }
    }
}

/// A part of a page, which a page puts into itself.
pub(super) fn fragment(body: Markup) -> Response {
    sent(body)
}

fn sent(markup: Markup) -> Response {
    let mut response = Response::new(Body::from(markup.into_string()));
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // Not `no-referrer`, under which a form would not tell its origin.
    let referrer = HeaderValue::from_static("same-origin");
    headers.insert(header::REFERRER_POLICY, referrer);
    response
}

fn address(asset: &Asset) -> String {
    format!("/assets/{}?v={}", asset.name, asset.revision())
}
