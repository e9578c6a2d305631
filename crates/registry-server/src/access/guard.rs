//! The check of every request: who calls, and may they do what the route needs.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use registry_core::{Actor, Event, ModelName, Reason, Revision, TagName, Timestamp, WriteContext};

use super::file::{Contents, TokenFile, TokensError};
use super::permission::Permission;
use super::secret::Secret;
use super::token::{TokenRecord, TokenState};
use crate::app::App;
use crate::http::idempotency::Once;
use crate::http::precondition;
use crate::http::problem::Problem;
use crate::http::rate::Peer;

/// Who writes, to a server that believes it; percent-encoded.
const ACTOR: &str = "registry-actor";
/// When, to the same.
const TIME: &str = "registry-time";

/// How callers are told apart.
#[derive(Debug)]
pub(crate) enum Gate {
    /// By their tokens.
    Tokens(TokenFile),
    /// Not at all: everybody is this actor and may do everything.
    Open(Actor),
    /// By what they say of themselves; everybody may do everything.
    Believing,
}

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    actor: Actor,
    token: Option<TokenRecord>,
    known: Arc<Contents>,
    /// The time that the caller said, where it is believed.
    at: Option<Timestamp>,
    once: Arc<Once>,
    expected: Option<Vec<Revision>>,
}

/// The layer of a route: lets the request pass with its [`Caller`], or says why not.
pub(crate) async fn authorize(
    State((app, permission)): State<(Arc<App>, Permission)>,
    mut request: Request,
    next: Next,
) -> Response {
    if permission == Permission::Public {
        return next.run(request).await;
    }
    let headers = request.headers();
    let path = request.extensions().get::<MatchedPath>();
    let conditional =
        path.is_some_and(|path| precondition::takes(request.method().as_str(), permission, path.as_str()));
    let peer = request.extensions().get::<Peer>();
    // Who guesses tokens is slowed down too.
    let caller = peer.map_or(Ok(()), |peer| app.addresses.of_address(*peer));
    let caller = caller.and_then(|()| caller_of(&app.gate, headers, permission));
    let caller = caller.and_then(|caller| {
        if let Some(token) = &caller.token {
            app.tokens.take(|| token.id.clone())?;
        }
        let expected = precondition::expected(headers, conditional)?;
        Ok(Caller { expected, ..caller })
    });
    match caller {
        Ok(caller) => {
            let once = Arc::clone(&caller.once);
            request.extensions_mut().insert(caller);
            let mut response = next.run(request).await;
            once.mark(&mut response);
            response
        }
        Err(problem) => problem.into_response(),
    }
}

impl Gate {
    /// The file of the tokens, where there is one.
    pub(crate) fn file(&self) -> Result<&TokenFile, Problem> {
        match self {
            Self::Tokens(file) => Ok(file),
            Self::Open(_) | Self::Believing => Err(Problem::new(
                StatusCode::NOT_FOUND,
                "route_not_found",
                "this server asks for no tokens, so it has none",
                "start it without `--insecure-no-auth` to tell people apart",
            )),
        }
    }

    /// Whether who was let in before would still be: their token was neither revoked nor has it expired.
    pub(crate) fn still_admits(&self, caller: &Caller) -> bool {
        let (Self::Tokens(file), Some(token)) = (self, &caller.token) else {
            return true;
        };
        let is = |other: &&TokenRecord| other.sha256 == token.sha256;
        let now = Timestamp::now();
        let admitted = file.contents().is_ok_and(|known| {
            let known = known.tokens.iter().find(is);
            known.is_some_and(|token| token.state(now) == TokenState::Valid)
        });
        if admitted {
            file.used(&token.id, now);
        }
        admitted
    }
}

fn caller_of(gate: &Gate, headers: &HeaderMap, permission: Permission) -> Result<Caller, Problem> {
    let file = match gate {
        Gate::Open(actor) => {
            return Ok(Caller {
                actor: actor.clone(),
                token: None,
                known: Arc::default(),
                at: None,
                once: once(headers, permission)?,
                expected: None,
            });
        }
        Gate::Believing => return believed(headers, permission),
        Gate::Tokens(file) => file,
    };
    let secret = bearer(headers)?;
    let known = contents(file)?;
    let Some(token) = known.find(&secret).cloned() else {
        return Err(unauthorized("token_invalid", "there is no such token"));
    };
    admitted(file, token, known, permission, once(headers, permission)?)
}

/// The caller of a page: whoever has logged in with the token of this hash, or everybody.
pub(crate) fn visitor(gate: &Gate, sha256: Option<&str>, permission: Permission) -> Result<Caller, Problem> {
    let file = match gate {
        Gate::Open(actor) => {
            return Ok(Caller {
                actor: actor.clone(),
                token: None,
                known: Arc::default(),
                at: None,
                expected: None,
                once: Arc::default(),
            });
        }
        Gate::Believing => return believed(&HeaderMap::new(), permission),
        Gate::Tokens(file) => file,
    };
    let known = contents(file)?;
    let token = sha256.and_then(|hash| known.tokens.iter().find(|token| token.sha256 == hash));
    match token.cloned() {
        Some(token) => admitted(file, token, known, permission, Arc::default()),
        None => Err(unauthorized("token_missing", "nobody has logged in")),
    }
}

/// The token of a secret that somebody logs in with.
pub(crate) fn token_of(file: &TokenFile, secret: &str) -> Result<TokenRecord, Problem> {
    let known = contents(file)?;
    let token = Secret::parse(secret).and_then(|secret| known.find(&secret).cloned());
    let token = token.ok_or_else(|| unauthorized("token_invalid", "there is no such token"))?;
    admitted(file, token.clone(), known, Permission::Read, Arc::default()).map(|_| token)
}

fn contents(file: &TokenFile) -> Result<Arc<Contents>, Problem> {
    file.contents().map_err(|error| unreadable(&error))
}

/// What is said when the file of the tokens can be neither read nor written.
pub(crate) fn unreadable(error: &TokensError) -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "tokens_unreadable",
        "the server cannot read or write its tokens",
        "tell who runs the server",
    )
    .private(error.to_string())
}

/// Lets a token in that counts now and may do this. It was used, whatever it may.
fn admitted(
    file: &TokenFile,
    token: TokenRecord,
    known: Arc<Contents>,
    permission: Permission,
    once: Arc<Once>,
) -> Result<Caller, Problem> {
    let now = Timestamp::now();
    match token.state(now) {
        TokenState::Valid => file.used(&token.id, now),
        TokenState::Expired => return Err(unauthorized("token_expired", "the token has expired")),
        TokenState::Revoked => return Err(unauthorized("token_revoked", "the token was revoked")),
    }
    if !token.may(permission) {
        let roles: Vec<&str> = token.roles.iter().map(|role| role.as_str()).collect();
        return Err(Problem::forbidden(format!(
            "the token's role ({}) does not allow this",
            roles.join(", ")
        )));
    }
    Ok(Caller {
        actor: token.name.clone(),
        token: Some(token),
        known,
        at: None,
        once,
        expected: None,
    })
}

/// Who the caller says to be, and when.
fn believed(headers: &HeaderMap, permission: Permission) -> Result<Caller, Problem> {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let actor = said(ACTOR).map_or(Ok("nobody".into()), decoded)?;
    Ok(Caller {
        actor: Actor::parse(actor)?,
        token: None,
        known: Arc::default(),
        at: said(TIME).map(Timestamp::parse).transpose()?,
        once: once(headers, permission)?,
        expected: None,
    })
}

/// A text as the part of a query, since a header has no Unicode.
fn decoded(text: &str) -> Result<String, Problem> {
    let pairs: Result<Vec<(String, String)>, _> = serde_urlencoded::from_str(&format!("it={text}"));
    match pairs.ok().and_then(|mut pairs| pairs.pop()) {
        Some((_, text)) => Ok(text),
        None => Err(Problem::bad_request(format!(
            "the header `{ACTOR}` cannot be read"
        ))),
    }
}

/// The key of a write; what only reads needs none.
fn once(headers: &HeaderMap, permission: Permission) -> Result<Arc<Once>, Problem> {
    match permission {
        Permission::Public | Permission::Read => Ok(Arc::default()),
        _ => Once::read(headers).map(Arc::new),
    }
}

fn bearer(headers: &HeaderMap) -> Result<Secret, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Err(unauthorized("token_missing", "the request has no token"));
    };
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    token
        .and_then(Secret::parse)
        .ok_or_else(|| unauthorized("token_invalid", "what was sent is no token of this registry"))
}

fn unauthorized(code: &'static str, message: &str) -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        code,
        message,
        "send a token: `Authorization: Bearer mrt_...`; `registry-cli token create` makes one where the server runs",
    )
}

impl Caller {
    /// The owner of the token.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The token; `None` on a server that asks for none.
    pub fn token(&self) -> Option<&TokenRecord> {
        self.token.as_ref()
    }

    /// Whether the caller may do what needs this.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.token.as_ref().is_none_or(|token| token.may(permission))
    }

    /// The context of a write: the actor is the token's owner, whatever the request says.
    pub(crate) fn context(&self, reason: Option<String>, dry_run: bool) -> Result<WriteContext, Problem> {
        let mut context = WriteContext::new(self.actor.clone(), self.now()).dry_run(dry_run);
        context.reason = reason.map(Reason::parse).transpose()?;
        if let Some(expected) = &self.expected {
            context = context.expect(expected.clone());
        }
        Ok(self.once.context(context))
    }

    /// The same caller, who expects one of these revisions of the model that is written to.
    pub(crate) fn expecting(&self, revisions: Vec<Revision>) -> Self {
        Self {
            expected: Some(revisions),
            ..self.clone()
        }
    }

    /// The moment from which relative times count, and at which a write happens.
    pub(crate) fn now(&self) -> Timestamp {
        self.at.unwrap_or_else(Timestamp::now)
    }

    /// Whether the token is limited to some names.
    pub(crate) fn is_limited_to_names(&self) -> bool {
        self.token.as_ref().is_some_and(|token| token.names.is_some())
    }

    /// Whether it matters which tags a model holds.
    pub(crate) fn minds_held_tags(&self) -> bool {
        self.token.is_some() && !self.known.protected_tags.is_empty()
    }

    /// Whether a tag is protected.
    pub(crate) fn is_protected(&self, tag: &TagName) -> bool {
        self.known.protected_tags.contains(tag)
    }

    /// Whether who is limited to some names is told of this event.
    pub(crate) fn hears_of(&self, event: &Event) -> bool {
        match &self.token {
            Some(token) if token.names.is_some() => {
                let model = event.model.as_ref();
                model.is_some_and(|model| token.covers_name(&model.name))
            }
            _ => true,
        }
    }

    /// May models of this name be changed?
    pub(crate) fn check_name(&self, name: &ModelName) -> Result<(), Problem> {
        match &self.token {
            Some(token) if !token.covers_name(name) => {
                let pattern = token.names.as_deref().unwrap_or_default();
                Err(Problem::forbidden(format!(
                    "the token is for models named `{pattern}`, not for `{name}`"
                )))
            }
            _ => Ok(()),
        }
    }

    /// May this tag be given and taken? A protected one only by whoever may promote.
    pub(crate) fn check_tag(&self, tag: &TagName) -> Result<(), Problem> {
        let Some(token) = &self.token else { return Ok(()) };
        if !token.covers_tag(tag) {
            return Err(Problem::forbidden(format!(
                "the token is not for the tag `{tag}`"
            )));
        }
        if self.is_protected(tag) && !token.may(Permission::Promote) {
            return Err(Problem::forbidden(format!(
                "the tag `{tag}` is protected: only a promoter may give or take it"
            )));
        }
        Ok(())
    }
}
