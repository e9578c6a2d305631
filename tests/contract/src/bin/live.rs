//! Serves what the tests ask, for a look by hand: prints an address and a token of an admin, and ends at Ctrl-C.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for a person at a terminal, who sees why it ends"
)]

use contract::Live;
use registry_server::{Role, stop_signal};

#[tokio::main]
async fn main() {
    let live = Live::start().await;
    println!("{} {}", live.url(), live.token("admin", &[Role::Admin]));
    stop_signal().unwrap().await;
}
