//! The server itself, and the registry's settings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether the server can do its work.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// `ok` or `unavailable`
    pub status: String,
}

/// The registry's settings.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// From whom a promotion takes the tag when it doesn't say: `registry`, `name` or `none`
    #[serde(rename = "promotion-scope")]
    pub promotion_scope: String,
    /// True: nothing was changed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// Who the caller is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhoAmI {
    /// The owner of the token: the actor in the history
    pub name: String,
    /// What the token is for: `reader`, `writer`, `promoter`, `admin`
    pub roles: Vec<String>,
    /// Only models whose name fits this pattern, for everything but reading
    pub names: Option<String>,
    /// Only these tags may be given and taken
    pub tags: Option<Vec<String>>,
    /// Until when the token can be used
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// The tokens of a server.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Every token that was made, the oldest first
    pub tokens: Vec<Token>,
    /// The tags that are left to promoters and admins
    pub protected_tags: Vec<String>,
}

/// A token, without its secret.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The first digits of the hash of its secret
    pub id: String,
    /// Its owner: the actor in the history
    pub name: String,
    /// What it is for: `reader`, `writer`, `promoter`, `admin`
    pub roles: Vec<String>,
    /// Only models whose name fits this pattern, for everything but reading
    pub names: Option<String>,
    /// Only these tags may be given and taken
    pub tags: Option<Vec<String>>,
    /// When it was made
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Until when it can be used
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// When it was revoked
    #[schema(format = DateTime)]
    pub revoked_at: Option<String>,
    /// When it was last used, to the minute; null: never, as far as is known
    #[schema(format = DateTime)]
    pub last_used_at: Option<String>,
    /// `valid`, `expired` or `revoked`
    pub state: String,
}
