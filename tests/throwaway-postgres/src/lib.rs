//! PostgreSQL servers for tests and chores, and poolers before them: each in a temporary folder, reached through a socket there and by no
//! port, gone with the program that started it.

mod binaries;
mod pooler;
mod server;
mod shared;

pub use binaries::{Binaries, HOW_TO_INSTALL};
pub use pooler::{HOW_TO_INSTALL_POOLER, Pooler};
pub use server::Server;
pub use shared::{VARIABLE, shared};
