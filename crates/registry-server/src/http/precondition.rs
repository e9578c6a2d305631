//! The header `If-Match` (RFC 9110): a write goes ahead only if the model, or the webhook, still has a revision that the
//! caller has seen. The store compares and writes in one.

use axum::http::{HeaderMap, StatusCode, header};
use registry_core::Revision;

use super::problem::Problem;
use crate::access::Permission;

/// The webhooks of the API, whose writes compare what they change.
const WEBHOOKS: &[&str] = &["/api/v1/webhooks/{id}", "/api/v1/webhooks/{id}/rotate"];

/// What moves a tag to one model.
const MOVES: &[&str] = &["/api/v1/tags/{tag}/promote", "/api/v1/tags/{tag}/rollback"];

/// Whether a route takes the header: those that write to the one model that their path names, a promotion, whose body
/// names it, a rollback, of which it is the model that loses the tag, and those that change the one webhook that their
/// path names.
pub(crate) fn takes(method: &str, permission: Permission, path: &str) -> bool {
    let reads = ["get", "head"]
        .iter()
        .any(|read| method.eq_ignore_ascii_case(read));
    let writes = !reads && !matches!(permission, Permission::Public | Permission::Read);
    writes && (path.starts_with("/api/v1/models/{id}") || MOVES.contains(&path) || changes_a_webhook(path))
}

/// Whether what the path names is a webhook that its writes change.
pub(crate) fn changes_a_webhook(path: &str) -> bool {
    WEBHOOKS.contains(&path)
}

/// The revisions that the caller expects; `None`: whatever is there.
///
/// # Errors
/// Where the route can't keep what the header promises, it is refused rather than overlooked.
pub(crate) fn expected(headers: &HeaderMap, taken: bool) -> Result<Option<Vec<Revision>>, Problem> {
    let mut given = headers.get_all(header::IF_MATCH).iter().peekable();
    if headers.contains_key(header::IF_UNMODIFIED_SINCE) || given.peek().is_some() && !taken {
        return Err(Problem::new(
            StatusCode::NOT_IMPLEMENTED,
            "precondition_unsupported",
            "this path does not take `If-Match`, and none takes `If-Unmodified-Since`; nothing was done",
            "leave it out; writes to `/api/v1/models/{id}`, promotions, rollbacks, and changes of a webhook take `If-Match`",
        ));
    }
    if given.peek().is_none() {
        return Ok(None);
    }
    let mut revisions = Vec::new();
    for value in given {
        for tag in value.to_str().unwrap_or_default().split(',') {
            let tag = tag.trim();
            if tag == "*" {
                return Ok(None);
            }
            // The revision is the model's, however an answer is packed: a weak tag says the same as a strong one.
            let opaque = tag.strip_prefix("W/").unwrap_or(tag);
            let quoted = opaque.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            revisions.extend(quoted.and_then(Revision::parse));
        }
    }
    Ok(Some(revisions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_revision_fits_no_model() {
        let one = "0123456789abcdef0123456789abcdef";
        let two = "ffffffffffffffffffffffffffffffff";
        let of = |tags: &[&str]| {
            let mut headers = HeaderMap::new();
            for tag in tags {
                headers.append(header::IF_MATCH, tag.parse().unwrap());
            }
            let expected = expected(&headers, true).unwrap();
            expected.map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["*"]), None);
        assert_eq!(of(&[&format!("\"{one}\"")]), Some(vec![one.into()]));
        assert_eq!(
            of(&[&format!("W/\"{one}\" , \"x\""), &format!("\"{two}\"")]),
            Some(vec![one.into(), two.into()])
        );
        for bad in ["", one, "\"x\"", "\"", "w/\"\"", "**"] {
            assert_eq!(of(&[bad]), Some(Vec::new()), "{bad}");
        }
    }
}
