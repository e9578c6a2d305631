//! The header `Idempotency-Key` (IETF draft "The Idempotency-Key HTTP Header Field"): a write that is sent again is
//! answered as it was, with `Idempotency-Replayed: true`.

use std::sync::OnceLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use registry_core::{IdempotencyKey, InvalidValue, ValueKind, WriteContext};

use super::problem::Problem;

/// The header of a request.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The header of an answer that is the one of an earlier request.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The key of a request, and the write under it.
#[derive(Debug, Default)]
pub(crate) struct Once {
    key: Option<IdempotencyKey>,
    context: OnceLock<WriteContext>,
}

impl Once {
    /// Reads the header: a key as it is, or as a string in quotes, as the draft has it.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut given = headers.get_all(KEY).iter();
        let key = match (given.next(), given.next()) {
            (None, _) => None,
            (Some(value), None) => Some(parse(value)?),
            (Some(_), Some(_)) => return Err(refused("", "there are several of them").into()),
        };
        Ok(Self {
            key,
            context: OnceLock::new(),
        })
    }

    /// The context of the write, under the key if there is one.
    pub(crate) fn context(&self, context: WriteContext) -> WriteContext {
        let Some(key) = &self.key else {
            return context;
        };
        let context = context.idempotency_key(key.clone());
        self.context.get_or_init(|| context).clone()
    }

    /// Says so in the answer when it is the one of an earlier request.
    pub(crate) fn mark(&self, response: &mut Response) {
        let replayed = self.context.get().is_some_and(WriteContext::is_replayed);
        if replayed && response.status().is_success() {
            response
                .headers_mut()
                .insert(REPLAYED, HeaderValue::from_static("true"));
        }
    }
}

fn parse(value: &HeaderValue) -> Result<IdempotencyKey, InvalidValue> {
    let Ok(text) = value.to_str() else {
        let shown = String::from_utf8_lossy(value.as_bytes());
        return Err(refused(&shown, "it is not ASCII"));
    };
    let text = text.trim();
    match text.strip_prefix('"') {
        None => IdempotencyKey::parse(text),
        Some(quoted) => match unquoted(quoted) {
            Some(key) => IdempotencyKey::parse(key),
            None => Err(refused(text, "its quotes are not those of one string")),
        },
    }
}

/// The rest of a string behind its first quote (RFC 9651, section 3.3.3).
fn unquoted(quoted: &str) -> Option<String> {
    let mut key = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return characters.as_str().is_empty().then_some(key),
            '\\' => key.push(characters.next().filter(|c| matches!(c, '"' | '\\'))?),
            character => key.push(character),
        }
    }
}

fn refused(value: &str, problem: &'static str) -> InvalidValue {
    InvalidValue::new(ValueKind::IdempotencyKey, value, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(KEY, HeaderValue::from_bytes(value).unwrap());
        }
        let once = Once::read(&headers).ok()?;
        Some(once.key.map_or_else(String::new, |key| key.as_str().to_owned()))
    }

    #[test]
    fn keys_are_read_with_and_without_quotes() {
        let long = "k".repeat(255);
        let (quoted, longer) = (format!("\"{long}\""), format!("{long}k"));
        let cases: &[(&[&[u8]], Option<&str>)] = &[
            (&[], Some("")),
            (&[b"abc"], Some("abc")),
            (&[b" \"abc\" "], Some("abc")),
            (&[br#""a\"b\\c""#], Some(r#"a"b\c"#)),
            (&[br"a\b"], Some(r"a\b")),
            (&[long.as_bytes()], Some(&long)),
            (&[quoted.as_bytes()], Some(&long)),
            (&[longer.as_bytes()], None),
            (&[b""], None),
            (&[b"\"\""], None),
            (&[b"\"abc"], None),
            (&[b"\"abc\"; a=1"], None),
            (&[br#""a\b""#], None),
            (&[b"\""], None),
            (&[br#""\"#], None),
            (&[b"a b"], None),
            (&[b"\"a b\""], None),
            (&[b"a\tb"], None),
            (&["schlüssel".as_bytes()], None),
            (&[b"abc", b"abc"], None),
        ];
        for (values, key) in cases {
            assert_eq!(read(values).as_deref(), *key, "{values:?}");
        }
    }
}
