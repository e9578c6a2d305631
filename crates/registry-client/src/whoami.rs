//! Who the server says the caller is.

use registry_core::{Actor, Result, TagName, Timestamp};
use serde::{Deserialize, Serialize};

use crate::http::Call;
use crate::store::HttpStore;

/// The caller, as the server knows them by their token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoAmI {
    /// The owner of the token: the actor in the history.
    pub name: Actor,
    /// What the token is for, such as `reader`.
    pub roles: Vec<String>,
    /// Only models whose name fits this pattern, for everything but reading.
    pub names: Option<String>,
    /// Only these tags may be given and taken.
    pub tags: Option<Vec<TagName>>,
    /// Until when the token can be used.
    pub expires_at: Option<Timestamp>,
}

impl HttpStore {
    /// Asks the server who the caller is: whether it is a registry, can be reached, and takes the token.
    ///
    /// # Errors
    /// The refusal of the token, or why the server cannot be asked.
    pub async fn whoami(&self) -> Result<WhoAmI> {
        self.http.read(Call::get(["whoami"])).await
    }
}
