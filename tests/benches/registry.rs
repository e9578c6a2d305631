//! How fast the registry is, compared within one run with what one could have at best: the same answers by a bare sqlx
//! statement, and on SQLite by the floor, rusqlite with cached statements. Run it by `cargo xtask bench`.
//!
//! An own harness, because what matters are ratios of interleaved runs on the same data, of several contestants and of
//! two sizes of the registry, some of which write durably; criterion and divan measure one function after another.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a benchmark is a program for its developers, and writes by hand the SQL that it compares with"
)]

#[path = "registry/check.rs"]
mod check;
#[path = "registry/contest.rs"]
mod contest;
#[path = "registry/contestant.rs"]
mod contestant;
#[path = "registry/fixture.rs"]
mod fixture;
#[path = "registry/goals.rs"]
mod goals;
#[path = "registry/model.rs"]
mod model;
#[path = "registry/others.rs"]
mod others;
#[path = "registry/plot.rs"]
mod plot;
#[path = "registry/postgres.rs"]
mod postgres;
#[path = "registry/reads.rs"]
mod reads;
#[path = "registry/report.rs"]
mod report;
#[path = "registry/rows.rs"]
mod rows;
#[path = "registry/sql.rs"]
mod sql;
#[path = "registry/sqlite.rs"]
mod sqlite;
#[path = "registry/store.rs"]
mod store;
#[path = "registry/writes.rs"]
mod writes;

use std::path::PathBuf;

use clap::Parser;

use crate::fixture::{Database, Fixture, Place};
use crate::report::Report;

/// Measures the registry against bare sqlx and rusqlite.
#[derive(Parser)]
struct Arguments {
    /// The database
    #[arg(long, value_enum, default_value = "sqlite")]
    db: Database,
    /// How many models the registries have, such as `10000,1000000`; the last is compared with the first
    #[arg(long, value_delimiter = ',', default_value = "100000")]
    sizes: Vec<usize>,
    /// Where registries are kept for the next time, and where results go
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
    /// The program `registry-cli`, to be timed as whole processes
    #[arg(long)]
    cli: Option<PathBuf>,
    /// Only compare the ratios with the baseline, which is that of SQLite, and fail when one is much worse
    #[arg(long)]
    check: bool,
    /// Take what is measured as the new baseline
    #[arg(long)]
    accept: bool,
    /// Only operations whose name contains this
    #[arg(long)]
    only: Option<String>,
    /// Passed by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let passed = runtime.block_on(run(&arguments));
    std::process::exit(i32::from(!passed));
}

async fn run(arguments: &Arguments) -> bool {
    std::fs::create_dir_all(&arguments.out).unwrap();
    let mut report = Report {
        database: arguments.db,
        sizes: Vec::new(),
        others: Vec::new(),
    };
    let place = Place::of(arguments.db, &arguments.out);
    for &size in &arguments.sizes {
        let fixture = Fixture::of(size, &place).await;
        let wanted = |name: &str| {
            arguments
                .only
                .as_ref()
                .is_none_or(|only| name.contains(only.as_str()))
        };
        let mut rows = reads::measure(&fixture, &wanted).await;
        rows.extend(writes::measure(&fixture, &wanted).await);
        if !arguments.check && !arguments.accept {
            report
                .others
                .extend(others::measure(&fixture, arguments.db, arguments.cli.as_deref(), &wanted).await);
        }
        report.sizes.push((size, rows));
    }
    if arguments.check || arguments.accept {
        return check::against_baseline(arguments, &report).await;
    }
    report.write(&arguments.out);
    true
}
