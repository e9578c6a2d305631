//! One server for all the processes of a test run.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::parent_id;

use crate::binaries::Binaries;
use crate::server::{Server, temporary, url};

/// Names a server to use instead of a throw-away one: the address of a database of a user who may create databases.
pub const VARIABLE: &str = "REGISTRY_TEST_POSTGRES_URL";

/// The address of the run's server. The first process that asks starts it; it ends with the run.
///
/// # Errors
/// When PostgreSQL is not there or does not start.
pub fn shared() -> io::Result<String> {
    if let Ok(url) = std::env::var(VARIABLE) {
        return Ok(url);
    }
    // Nextest runs each test in a process of its own; all are its children.
    let (run, owner) = match std::env::var("NEXTEST_RUN_ID") {
        Ok(run) => (run, parent_id()),
        Err(_) => (std::process::id().to_string(), std::process::id()),
    };
    let folder = temporary().join(format!("throwaway-postgres-run-{run}"));
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    if folder.join("running").exists() {
        return Ok(url(&folder, "postgres"));
    }
    let binaries = Binaries::find()?;
    let server = Server::start_in(&binaries, folder.clone(), &[], owner)?;
    fs::write(folder.join("running"), "")?;
    let url = server.url("postgres");
    // It lives on; the process that watches ends it.
    std::mem::forget(server);
    Ok(url)
}
