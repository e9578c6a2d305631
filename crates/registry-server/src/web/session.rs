//! Sessions: a random id in a cookie stands for a token that has logged in. They live in memory and end with the
//! server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};
use registry_core::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::parts::hexadecimal;
use crate::random::random;

/// The cookie.
const COOKIE: &str = "registry_session";
/// How long a session lasts.
const SECONDS: i64 = 12 * 60 * 60;
/// The most sessions at the same time; the oldest makes room.
const MOST: usize = 10_000;
/// How many pages of one session may show what happens at the same time: more than a browser has connections.
const LIVE_PAGES: usize = 12;

/// A session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The hash of the token: whether it still counts is asked with every request.
    pub(super) sha256: String,
    /// What the forms of this session must hold.
    pub(super) csrf: String,
    expires_at: i64,
    /// Places for pages that show what happens.
    places: Arc<Semaphore>,
    over: watch::Receiver<()>,
}

/// A session as it is kept. It is over for everyone who has a copy when this is dropped.
#[derive(Debug)]
struct Kept {
    session: Session,
    _over: watch::Sender<()>,
}

impl Session {
    /// A place for one more page that shows what happens.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Done when the session ended before its time.
    pub(super) async fn over(&mut self) {
        while self.over.changed().await.is_ok() {}
    }

    /// Whether its time is over.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now.as_micros()
    }
}

/// Every session of this run, by the hash of its id: nobody can find an id by the time that a look takes.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: Mutex<HashMap<[u8; 32], Kept>>,
    shared_csrf: OnceLock<String>,
}

impl Sessions {
    /// Opens a session; answers the cookie.
    pub(super) fn enter(&self, sha256: String, now: Timestamp, by_tls: bool) -> std::io::Result<HeaderValue> {
        let id = secret()?;
        let (over, ended) = watch::channel(());
        let session = Session {
            sha256,
            csrf: secret()?,
            expires_at: now.as_micros() + SECONDS * 1_000_000,
            places: Arc::new(Semaphore::new(LIVE_PAGES)),
            over: ended,
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, kept| !kept.session.is_over(now));
        if open.len() >= MOST {
            let oldest = open.iter().min_by_key(|(_, kept)| kept.session.expires_at);
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                open.remove(&oldest);
            }
        }
        let kept = Kept { session, _over: over };
        open.insert(key(&id), kept);
        cookie(&id, SECONDS, by_tls)
    }

    /// The session of a request.
    pub(super) fn find(&self, headers: &HeaderMap) -> Option<Session> {
        self.at(headers, Timestamp::now())
    }

    fn at(&self, headers: &HeaderMap, now: Timestamp) -> Option<Session> {
        let key = key(&id(headers)?);
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let session = &open.get(&key)?.session;
        (!session.is_over(now)).then(|| session.clone())
    }

    /// Ends the session of a request; answers what takes the cookie back.
    pub(super) fn leave(&self, headers: &HeaderMap, by_tls: bool) -> std::io::Result<HeaderValue> {
        if let Some(id) = id(headers) {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.remove(&key(&id));
        }
        cookie("", 0, by_tls)
    }

    /// What forms hold where nobody logs in: other sites cannot read it. Empty, which fits no form, without
    /// randomness.
    pub(super) fn shared_csrf(&self) -> &str {
        self.shared_csrf.get_or_init(|| secret().unwrap_or_default())
    }
}

fn cookie(id: &str, seconds: i64, by_tls: bool) -> std::io::Result<HeaderValue> {
    let secure = if by_tls { "; Secure" } else { "" };
    let text = format!("{COOKIE}={id}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).map_err(std::io::Error::other)
}

fn id(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let mut cookies = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='));
    cookies
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, id)| id.to_owned())
}

fn key(id: &str) -> [u8; 32] {
    Sha256::digest(id.as_bytes()).into()
}

fn secret() -> std::io::Result<String> {
    Ok(hexadecimal(&random::<32>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(cookie: &HeaderValue) -> HeaderMap {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("other=1; {pair}").parse().unwrap());
        headers
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    #[test]
    fn a_session_ends_with_its_time_and_with_a_logout() {
        let sessions = Sessions::default();
        let headers = with(&sessions.enter("a".into(), Timestamp::EPOCH, false).unwrap());
        assert_eq!(sessions.at(&headers, after(SECONDS - 1)).unwrap().sha256, "a");
        assert!(sessions.at(&headers, after(SECONDS)).is_none());
        assert!(sessions.at(&HeaderMap::new(), after(0)).is_none());
        let gone = sessions.leave(&headers, false).unwrap();
        assert!(gone.to_str().unwrap().contains("Max-Age=0"));
        assert!(sessions.at(&headers, after(0)).is_none());
    }

    #[test]
    fn the_oldest_session_makes_room() {
        let sessions = Sessions::default();
        let first = with(&sessions.enter("a".into(), after(0), false).unwrap());
        for _ in 1..=MOST {
            sessions.enter("b".into(), after(1), false).unwrap();
        }
        assert!(sessions.at(&first, after(1)).is_none());
        assert_eq!(sessions.open.lock().unwrap().len(), MOST);
    }

    #[test]
    fn no_script_and_no_other_site_gets_the_cookie() {
        let sessions = Sessions::default();
        for by_tls in [false, true] {
            let cookie = sessions.enter("a".into(), after(0), by_tls).unwrap();
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict"));
            assert_eq!(cookie.contains("; Secure"), by_tls);
        }
    }
}
