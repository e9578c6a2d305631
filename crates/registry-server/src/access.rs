//! Who may do what: tokens, roles, and the rules that a token carries.

mod file;
mod guard;
mod keeping;
mod permission;
mod replaced;
mod secret;
mod token;
mod uses;

pub use file::{TokenFile, TokensError};
pub use guard::Caller;
pub(crate) use guard::{Gate, authorize, token_of, unreadable, visitor};
pub(crate) use keeping::{keep_uses, write_last_uses};
pub use permission::{Permission, Role};
pub use secret::Secret;
pub use token::{NewToken, TokenDocument, TokenRecord, TokenState};
