//! The registry's own settings.

use serde::{Deserialize, Serialize};

use crate::tag::PromotionScope;

/// Settings that are kept in the registry and hold for everyone who uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// From whom a promotion takes the tag when it doesn't say.
    #[serde(rename = "promotion-scope")]
    pub promotion_scope: PromotionScope,
}

impl Settings {
    /// The settings' stored key for the promotion scope.
    pub const PROMOTION_SCOPE: &'static str = "promotion-scope";
}
