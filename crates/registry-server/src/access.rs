//! Who may do what: tokens, roles, and the rules that a token carries.

mod file;
mod guard;
mod permission;
mod secret;
mod token;

pub use file::{TokenFile, TokensError};
pub use guard::Caller;
pub(crate) use guard::{Gate, authorize, token_of, unreadable, visitor};
pub use permission::{Permission, Role};
pub use secret::Secret;
pub use token::{NewToken, TokenRecord, TokenState};
