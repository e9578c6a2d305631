//! The model registry of a server: [`HttpStore`] is a [`RegistryStore`](registry_core::RegistryStore) over the REST API
//! of `registry-server`, so that whoever holds one does not see that it is elsewhere.
//!
//! Answers and errors are those of the registry: the same types, the same codes. What is different follows from the
//! line in between:
//!
//! - who writes is the owner of the token, and when is told by the server's clock: [`WriteContext`] names both, and
//!   neither is sent;
//! - relative times of searches count from the server's clock;
//! - a list longer than a page of the server is asked for page by page, so it is not of one moment;
//! - a tag or a format called `.` or `..` cannot be named in a path, and is refused.
//!
//! What fails on the line is tried again, with longer and longer pauses. A write has a key of its own, or the caller's,
//! by which the server knows it again: it is made once, however often it is sent.
//!
//! ```no_run
//! use registry_client::{ConnectOptions, HttpStore};
//! use registry_core::{RegistryStore, Selector};
//!
//! # async fn example() -> registry_core::Result<()> {
//! let options = ConnectOptions::parse("https://models.example")?.find_token()?;
//! let store = HttpStore::new(options)?;
//! let model = store.find(&"gpt-small@:production".parse::<Selector>()?).await?;
//! # let _ = model;
//! # Ok(())
//! # }
//! ```
//!
//! [`WriteContext`]: registry_core::WriteContext

pub mod credentials;
mod feed;
mod http;
mod options;
mod store;
mod token;
mod whoami;

pub use options::ConnectOptions;
pub use store::HttpStore;
pub use token::Token;
pub use whoami::WhoAmI;
