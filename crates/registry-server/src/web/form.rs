//! Forms that a page sends.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use maud::{Markup, html};
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq as _;

use super::guard::Visitor;
use crate::http::problem::Problem;

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
