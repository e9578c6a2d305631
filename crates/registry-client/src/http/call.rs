//! A request before it is sent.

use std::time::Duration;

use registry_core::{Error, Result, Revision, Timestamp, WriteContext};
use reqwest::Method;
use serde::Serialize;
use url::Url;
use url::form_urlencoded::byte_serialize;

/// The headers by which a server for tests is told who writes and when.
const ACTOR: &str = "registry-actor";
const TIME: &str = "registry-time";

/// The header of a write's key.
const KEY: &str = "idempotency-key";

/// A key that nobody has used.
/// The header of a write that counts only for these revisions. No revision at all is one that no model has.
fn if_match(revisions: &[Revision]) -> (&'static str, String) {
    let quoted: Vec<String> = revisions
        .iter()
        .map(|revision| format!("\"{revision}\""))
        .collect();
    let all = if quoted.is_empty() {
        "\"\"".to_owned()
    } else {
        quoted.join(", ")
    };
    ("if-match", all)
}

fn new_key() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

/// What is asked of the server.
#[derive(Debug)]
pub(crate) struct Call {
    pub(super) method: Method,
    segments: Vec<String>,
    query: Vec<(&'static str, String)>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<(&'static str, Vec<u8>)>,
    /// Whether it changes something, so that it cannot be asked twice without a thought.
    pub(super) is_write: bool,
    pub(super) is_bulk: bool,
    /// Whether the server makes it once, however often it is sent.
    pub(super) is_known: bool,
    /// How long the server is asked to wait, on top of its time to answer.
    pub(super) wait: Duration,
}

impl Call {
    fn new<'s>(method: Method, segments: impl IntoIterator<Item = &'s str>) -> Self {
        Self {
            method,
            segments: segments.into_iter().map(str::to_owned).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            is_write: false,
            is_bulk: false,
            is_known: false,
            wait: Duration::ZERO,
        }
    }

    /// Reads what is below `/api/v1`.
    pub(crate) fn get<'s>(segments: impl IntoIterator<Item = &'s str>) -> Self {
        Self::new(Method::GET, segments)
    }

    /// Reads, with a question that a query cannot hold.
    pub(crate) fn ask<'s>(segments: impl IntoIterator<Item = &'s str>) -> Self {
        Self::new(Method::POST, segments)
    }

    /// Changes something. Everything that holds for every write stands here.
    pub(crate) fn write<'s>(
        method: Method,
        segments: impl IntoIterator<Item = &'s str>,
        context: &WriteContext,
        tells_context: bool,
    ) -> Self {
        let mut call = Self::new(method, segments);
        // A rehearsal can be asked for as often as one likes.
        call.is_write = !context.dry_run;
        call.key(context);
        if let Some(reason) = &context.reason {
            call = call.with("reason", reason);
        }
        if context.dry_run {
            call = call.with("dry_run", true);
        }
        if tells_context {
            let actor = byte_serialize(context.actor.as_str().as_bytes()).collect();
            call.headers.push((ACTOR, actor));
            call = call.at(context.at);
        }
        call.headers.extend(context.expected().map(if_match));
        call
    }

    /// With the key under which the write is made once, however often it is sent: the caller's, or one for this call
    /// alone. Without a key, for want of randomness, it is sent once.
    fn key(&mut self, context: &WriteContext) {
        let key = match context.key() {
            Some(key) => Some(key.as_str().to_owned()),
            None if self.is_write => new_key(),
            None => None,
        };
        let Some(key) = key else { return };
        let quoted = key.replace('\\', r"\\").replace('"', "\\\"");
        self.headers.push((KEY, format!("\"{quoted}\"")));
        self.is_known = true;
    }

    /// What time it is, for a server for tests.
    pub(crate) fn at(mut self, now: Timestamp) -> Self {
        self.headers.push((TIME, now.to_string()));
        self
    }

    /// With a parameter.
    pub(crate) fn with(self, name: &'static str, value: impl ToString) -> Self {
        self.with_some(name, Some(value))
    }

    /// With a parameter, where there is a value.
    pub(crate) fn with_some(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// With a body of JSON.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(body).map_err(|source| Error::Storage {
            action: "write the request as JSON".into(),
            source: source.into(),
        })?;
        self.body = Some(("application/json", body));
        Ok(self)
    }

    /// With a body of lines of JSON.
    pub(crate) fn lines(mut self, body: Vec<u8>) -> Self {
        self.body = Some(("application/x-ndjson", body));
        self.is_bulk = true;
        self
    }

    /// The server may take so much longer.
    pub(crate) fn waiting(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    pub(super) fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        // An `http` address always has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]).extend(&self.segments);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_segment_whatever_they_hold() {
        let base = Url::parse("https://host/team/registry").unwrap();
        let call = Call::get(["tags", "a/b%2F?#é ;:", "holding"])
            .with("name", "a&b=c d+é")
            .with_some("at", None::<String>);
        assert_eq!(
            call.url(&base).as_str(),
            "https://host/team/registry/api/v1/tags/a%2Fb%252F%3F%23%C3%A9%20;:/holding?name=a%26b%3Dc+d%2B%C3%A9"
        );
    }
}
