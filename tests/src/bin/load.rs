//! The load program of `cargo xtask bench --server`: see `registry_tests::load`.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use registry_tests::load::{Plan, measure, serve_empty};

/// Measures a server.
#[derive(Parser)]
struct Arguments {
    /// Serve a route that does nothing, until standard input ends; measure nothing
    #[arg(long)]
    empty: bool,
    /// The program `registry-cli`
    #[arg(long, required_unless_present = "empty")]
    cli: Option<PathBuf>,
    /// Where registries are kept for the next time, and where results go
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
    /// How many models the registry has
    #[arg(long, default_value_t = 100_000)]
    size: usize,
    /// How many ask at once
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// How many seconds each load lasts
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How many minutes the mixed load lasts under which memory is looked at
    #[arg(long, default_value_t = 0.5)]
    minutes: f64,
    /// How many follow the events
    #[arg(long, default_value_t = 2_000)]
    followers: usize,
    /// How many registrations they are told of
    #[arg(long, default_value_t = 100)]
    burst: usize,
    /// Only parts whose name contains this: round trips, gets, lists, registrations, memory, followers
    #[arg(long)]
    only: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    if arguments.empty {
        return Ok(tokio::task::spawn_blocking(serve_empty).await??);
    }
    std::fs::create_dir_all(&arguments.out)?;
    let plan = Plan {
        cli: arguments.cli.unwrap_or_default().canonicalize()?,
        empty: std::env::current_exe()?,
        folder: arguments.out.canonicalize()?,
        models: arguments.size,
        clients: arguments.clients,
        time: Duration::try_from_secs_f64(arguments.seconds)?,
        steady: Duration::try_from_secs_f64(arguments.minutes * 60.0)?,
        followers: arguments.followers,
        burst: arguments.burst,
        only: arguments.only,
    };
    let mut out = std::io::stdout();
    let outcome = measure(&plan, |said| {
        // Whoever does not listen to how it goes on gets the table all the same.
        let _ = writeln!(std::io::stderr(), "{said}");
    })
    .await;
    let table = outcome.table();
    std::fs::write(arguments.out.join("bench-server.md"), &table)?;
    std::fs::write(
        arguments.out.join("bench-server.json"),
        format!("{:#}\n", outcome.json()),
    )?;
    writeln!(out, "{table}")?;
    let folder = arguments.out.display();
    writeln!(out, "also in {folder}: bench-server.md, bench-server.json")?;
    Ok(())
}
