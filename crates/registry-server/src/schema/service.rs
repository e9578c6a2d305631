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
