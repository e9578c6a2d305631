//! A process that writes into a registry, for the tests that kill it or run many of it.
//!
//! `crash-writer crash <file> <n>` takes the n-th write and all after it, and prints the number of each once it is
//! durable. `crash-writer share <file> <writer> <seconds>` writes among others and prints what it did.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use registry_sqlite::SqliteStore;
use registry_tests::writer::{nth_write, write_among_others};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["crash", file, first] => {
            let store = SqliteStore::open_or_create(file).await?;
            for n in first.parse::<u64>()?.. {
                nth_write(n).run(&store).await;
                writeln!(std::io::stdout(), "{n}")?;
            }
        }
        ["share", file, writer, seconds] => {
            let store = SqliteStore::open(file).await?;
            let time = Duration::from_secs(seconds.parse()?);
            let tally = write_among_others(&store, writer, time).await?;
            writeln!(std::io::stdout(), "{tally}")?;
        }
        _ => return Err("crash-writer crash <file> <n> | share <file> <writer> <seconds>".into()),
    }
    Ok(())
}
