//! PostgreSQL servers for tests and chores: each in a temporary folder, reached through a socket there and by no
//! port, gone with the program that started it.

mod binaries;
mod server;
mod shared;

pub use binaries::{Binaries, HOW_TO_INSTALL};
pub use server::Server;
pub use shared::{VARIABLE, shared};
