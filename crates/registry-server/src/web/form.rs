//! Forms that a page sends.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::Response;
use maud::{Markup, html};
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq as _;

use super::guard::Visitor;
use crate::http::problem::{Problem, Told};

/// The field that shows that the form came from a page of this visitor.
const CSRF: &str = "csrf";

/// That field.
pub(super) fn csrf(visitor: &Visitor) -> Markup {
    html! {
        @if let Some(csrf) = &visitor.csrf {
            input type="hidden" name=(CSRF) value=(csrf);
        }
    }
}

/// What of a form was refused.
pub(super) struct Refused {
    /// Which field; `None`: it is about the whole form.
    pub(super) field: Option<&'static str>,
    pub(super) problem: Problem,
}

impl Refused {
    /// What is wrong with this field.
    pub(super) fn of<E: Into<Problem>>(field: &'static str) -> impl Fn(E) -> Self {
        move |error| Self {
            field: Some(field),
            problem: error.into(),
        }
    }

    /// The page that shows it, with its status.
    pub(super) fn answer(&self, page: Response) -> Response {
        told(&self.problem, page)
    }
}

/// A page that tells of a problem in its own words, with its status.
pub(super) fn told(problem: &Problem, mut page: Response) -> Response {
    *page.status_mut() = problem.status();
    page.extensions_mut().insert(Told(problem.clone()));
    page
}

/// What a form shows of a refusal, at each of its fields.
#[derive(Clone, Copy)]
pub(super) struct Mistake<'r>(pub(super) Option<&'r Refused>);

impl<'r> Mistake<'r> {
    fn at(self, field: &str) -> Option<&'r Problem> {
        let refused = self.0.filter(|refused| refused.field == Some(field));
        refused.map(|refused| &refused.problem)
    }

    /// Whether this field is the one.
    pub(super) fn is_at(self, field: &str) -> bool {
        self.at(field).is_some()
    }

    /// What describes a field: what is wrong with it, and the help that it has anyway.
    pub(super) fn described(self, field: &str, help: Option<&str>) -> Option<String> {
        let error = self.is_at(field).then(|| format!("{field}-error"));
        let parts: Vec<String> = error.into_iter().chain(help.map(str::to_owned)).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// What is wrong with a field, to stand beside it.
    pub(super) fn beside(self, field: &str) -> Markup {
        html! {
            @if let Some(problem) = self.at(field) {
                p.mistake id={ (field) "-error" } role="alert" { (problem.message()) "; " (problem.hint()) "." }
            }
        }
    }

    /// Whether it is the form as a whole.
    pub(super) fn is_above(self) -> bool {
        self.0.is_some_and(|refused| refused.field.is_none())
    }

    /// What is wrong with the whole form, to stand above it.
    pub(super) fn above(self) -> Markup {
        html! {
            @if let Some(refused) = self.0.filter(|refused| refused.field.is_none()) {
                div.notice.bad role="alert" {
                    p { (refused.problem.message()) }
                    p { (refused.problem.hint()) }
                }
            }
        }
    }
}

/// A form, sent from a page of the same visitor. Fields that were left empty count as not there.
pub(crate) struct Posted<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        if kind.is_none_or(|kind| kind != "application/x-www-form-urlencoded") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "this is not the form of a page",
                "send the form from the page itself; programs use `/api/v1`",
            ));
        }
        let wanted = request
            .extensions()
            .get::<Visitor>()
            .and_then(|visitor| visitor.csrf.clone());
        let unreadable = |_| Problem::bad_request("the form could not be read");
        let body = Bytes::from_request(request, state).await.map_err(|error| {
            Problem::bad_request("the form could not be received").private(error.to_string())
        })?;
        let mut fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&body).map_err(unreadable)?;
        if let Some(wanted) = wanted {
            let mut given = fields.iter().filter(|(name, _)| name == CSRF);
            let fits =
                |given: &str| !wanted.is_empty() && bool::from(given.as_bytes().ct_eq(wanted.as_bytes()));
            if !given.next().is_some_and(|(_, given)| fits(given)) {
                return Err(
                    Problem::forbidden("the form is not of a page that this session was shown")
                        .hinted("go back, load the page again, and send the form once more"),
                );
            }
        }
        fields.retain(|(name, value)| name != CSRF && !value.is_empty());
        let text = serde_urlencoded::to_string(fields)
            .map_err(|_| Problem::bad_request("the form could not be read"))?;
        serde_urlencoded::from_str(&text).map(Self).map_err(unreadable)
    }
}
