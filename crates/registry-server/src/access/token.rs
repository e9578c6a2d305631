//! A token as it is stored, and what it allows.

use registry_core::search::Glob;
use registry_core::{Actor, ModelName, TagName, Timestamp};
use serde::{Deserialize, Serialize};

use super::permission::{Permission, Role};
use super::secret::Secret;

/// What a new token shall be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whose it is: the actor in the history.
    pub name: Actor,
    /// What it is for.
    pub roles: Vec<Role>,
    /// Only models whose name fits this pattern, for everything but reading.
    pub names: Option<String>,
    /// Only these tags may be given and taken; `None`: every one.
    pub tags: Option<Vec<TagName>>,
    /// Until when it can be used.
    pub expires_at: Option<Timestamp>,
}

/// A stored token: everything but the secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRecord {
    /// What people call it by: the first digits of its hash.
    pub id: String,
    /// Whose it is: the actor in the history.
    pub name: Actor,
    /// What it is for.
    pub roles: Vec<Role>,
    /// Only models whose name fits this pattern, for everything but reading.
    pub names: Option<String>,
    /// Only these tags may be given and taken; `None`: every one.
    pub tags: Option<Vec<TagName>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be used.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The SHA-256 of its secret, in hexadecimal digits.
    pub sha256: String,
}

/// A token as it is shown: without its hash.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TokenDocument<'t> {
    /// What people call it by: the first digits of its hash.
    pub id: &'t str,
    /// Whose it is: the actor in the history.
    pub name: &'t Actor,
    /// What it is for.
    pub roles: &'t [Role],
    /// Only models whose name fits this pattern, for everything but reading.
    pub names: Option<&'t str>,
    /// Only these tags may be given and taken; `None`: every one.
    pub tags: Option<&'t [TagName]>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be used.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute; `None`: never, as far as is known.
    pub last_used_at: Option<Timestamp>,
    /// Whether it can be used.
    pub state: TokenState,
}

/// Whether a token can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenState {
    /// It can.
    Valid,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}

impl NewToken {
    /// Whether it would limit an admin, who may do everything: no such token shall be made.
    pub fn limits_an_admin(&self) -> bool {
        self.roles.contains(&Role::Admin) && (self.names.is_some() || self.tags.is_some())
    }
}

impl TokenRecord {
    pub(super) fn new(token: NewToken, secret: &Secret, now: Timestamp) -> Self {
        let sha256 = hexadecimal(&secret.hash());
        Self {
            id: sha256.chars().take(12).collect(),
            name: token.name,
            roles: token.roles,
            names: token.names,
            tags: token.tags,
            created_at: now,
            expires_at: token.expires_at,
            revoked_at: None,
            sha256,
        }
    }

    /// What is shown of it at this time.
    pub fn document(&self, last_used_at: Option<Timestamp>, now: Timestamp) -> TokenDocument<'_> {
        TokenDocument {
            id: &self.id,
            name: &self.name,
            roles: &self.roles,
            names: self.names.as_deref(),
            tags: self.tags.as_deref(),
            created_at: self.created_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
            last_used_at,
            state: self.state(now),
        }
    }

    /// Whether it is what was asked for here.
    pub(crate) fn is_as(&self, asked: &NewToken) -> bool {
        self.name == asked.name
            && self.roles == asked.roles
            && self.names == asked.names
            && self.tags == asked.tags
            && self.expires_at == asked.expires_at
    }

    /// Whether it can be used at this time.
    pub fn state(&self, now: Timestamp) -> TokenState {
        if self.revoked_at.is_some() {
            TokenState::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            TokenState::Expired
        } else {
            TokenState::Valid
        }
    }

    /// Whether one of its roles may do what needs this.
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| role.may(permission))
    }

    /// Whether it may change models of this name. A pattern that cannot be read fits nothing.
    pub fn covers_name(&self, name: &ModelName) -> bool {
        let Some(pattern) = &self.names else { return true };
        Glob::new(pattern.as_str()).is_ok_and(|glob| glob.matches(name.as_str()))
    }

    /// Whether it may give and take this tag.
    pub fn covers_tag(&self, tag: &TagName) -> bool {
        self.tags.as_ref().is_none_or(|tags| tags.contains(tag))
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
