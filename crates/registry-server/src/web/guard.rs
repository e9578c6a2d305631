//! The check of every page: who looks, and may they.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use registry_core::TagName;

use super::parts::encoded;
use super::session::Session;
use crate::access::{Caller, Gate, Permission, visitor};
use crate::api::webhooks::check_unlimited;
use crate::app::App;
use crate::http::problem::Problem;

/// Who looks at a page.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Nobody on a public page where nobody has logged in.
    pub(super) caller: Option<Caller>,
    /// What the forms of this visitor must hold.
    pub(super) csrf: Option<String>,
    /// Of who has logged in, and can log out.
    pub(super) session: Option<Session>,
}

impl Visitor {
    /// Whoever has sent these headers, if they may look at pages at all.
    pub(super) fn of(app: &App, headers: &HeaderMap) -> Option<Self> {
        let session = app.sessions.find(headers);
        let hash = session.as_ref().map(|session| session.sha256.as_str());
        let caller = visitor(&app.gate, hash, Permission::Read).ok()?;
        let csrf = csrf(app, session.as_ref());
        Some(Self {
            caller: Some(caller),
            csrf,
            session,
        })
    }

    /// Whether they may do what needs this.
    pub(super) fn may(&self, permission: Permission) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.may(permission))
    }

    /// Whether a form to promote or roll back this tag makes sense for them. The write is checked by itself.
    pub(super) fn may_move(&self, tag: &TagName) -> bool {
        let caller = self.caller.as_ref();
        caller.is_some_and(|caller| caller.may(Permission::Promote) && caller.check_tag(tag).is_ok())
    }

    /// Whether a link to the webhooks makes sense for them.
    pub(super) fn may_manage_webhooks(&self) -> bool {
        let caller = self.caller.as_ref();
        caller.is_some_and(|caller| caller.may(Permission::Administer) && check_unlimited(caller).is_ok())
    }

    /// Who writes.
    pub(super) fn caller(&self) -> Result<&Caller, Problem> {
        let nobody = || Problem::forbidden("nobody has logged in");
        self.caller.as_ref().ok_or_else(nobody)
    }
}

/// The layer of a page: lets the request pass with its [`Visitor`], leads to the login, or says why not.
pub(crate) async fn admit(
    State((app, permission)): State<(Arc<App>, Permission)>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Err(problem) = comes_from_a_page(&request) {
        return problem.into_response();
    }
    let session = app.sessions.find(request.headers());
    let hash = session.as_ref().map(|session| session.sha256.as_str());
    let csrf = csrf(&app, session.as_ref());
    let caller = if permission == Permission::Public {
        visitor(&app.gate, hash, Permission::Read).ok()
    } else {
        match visitor(&app.gate, hash, permission) {
            Ok(caller) => Some(caller),
            Err(problem) if problem.status() == StatusCode::UNAUTHORIZED && wants_a_page(&request) => {
                return to_login(&request).into_response();
            }
            Err(problem) => return problem.into_response(),
        }
    };
    request.extensions_mut().insert(Visitor {
        session: session.filter(|_| caller.is_some()),
        caller,
        csrf,
    });
    next.run(request).await
}

/// What the forms of this session must hold.
fn csrf(app: &App, session: Option<&Session>) -> Option<String> {
    match (&app.gate, session) {
        (Gate::Open(_) | Gate::Believing, _) => Some(app.sessions.shared_csrf().to_owned()),
        (Gate::Tokens(_), session) => session.map(|session| session.csrf.clone()),
    }
}

/// Whether nothing is to be done.
fn looks(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

/// A browser names the origin of every form that it sends. That it is this server's own is checked for every request;
/// here it must be there. Together with the token in the form and the cookie's `SameSite` no other site can write.
fn comes_from_a_page(request: &Request) -> Result<(), Problem> {
    if looks(request) || request.headers().contains_key(header::ORIGIN) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "origin_refused",
        "the request does not say from which page it comes",
        "send the form from the page itself; programs use `/api/v1`",
    ))
}

/// A page is led to the login; a stream or a form that comes too late is refused.
fn wants_a_page(request: &Request) -> bool {
    let mut accepted = request.headers().get_all(header::ACCEPT).iter();
    looks(request) && !accepted.any(|kind| kind == "text/event-stream")
}

fn to_login(request: &Request) -> Redirect {
    let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if wanted == "/" {
        return Redirect::to("/login");
    }
    Redirect::to(&format!("/login?next={}", encoded(wanted)))
}

/// Whether the browser has spoken to this server by TLS, as far as it says so itself.
pub(super) fn by_tls(headers: &HeaderMap) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    origin.is_some_and(|origin| origin.starts_with("https://"))
}
