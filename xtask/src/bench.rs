//! `cargo xtask bench`: how fast the registry is beside bare sqlx and rusqlite, and whether that has become worse. On
//! PostgreSQL it starts a server of its own, or takes the one in `REGISTRY_TEST_POSTGRES_URL`.
//!
//! The measuring is `tests/benches`, and `tests/src/load` for a server; this builds what they need and says where they
//! put things.

mod server;

use std::path::Path;

use clap::Args;

use crate::metadata::Metadata;
use crate::process::{Failure, cargo, run as run_command};

/// How many models the check compares at: enough that a scan would show.
const CHECKED_AT: usize = 20_000;

const SQLITE: &str = "sqlite";

#[derive(Args)]
pub(crate) struct Bench {
    /// The database
    #[arg(long, default_value = SQLITE, value_parser = [SQLITE, "postgres"], conflicts_with_all = ["check", "accept"])]
    db: String,
    /// How many models the registry has
    #[arg(long, default_value_t = 100_000)]
    size: usize,
    /// Several sizes, such as 10000,1000000: the last is also compared with the first
    #[arg(long, value_delimiter = ',', conflicts_with = "size")]
    sizes: Vec<usize>,
    /// Compare ratios on SQLite with the committed baseline and fail when one is much worse
    #[arg(long)]
    check: bool,
    /// Take this machine's ratios as the new baseline
    #[arg(long, conflicts_with = "check")]
    accept: bool,
    /// Measure a server over HTTP instead, on SQLite
    #[arg(long, conflicts_with_all = ["db", "sizes", "check", "accept"])]
    server: bool,
    /// With --server: how many minutes memory is looked at under load
    #[arg(long, requires = "server")]
    minutes: Option<f64>,
    /// Only operations whose name contains this
    #[arg(long)]
    only: Option<String>,
}

/// Compares ratios with the committed baseline.
///
/// # Errors
/// When one is much worse.
pub(crate) fn check(root: &Path) -> Result<(), Failure> {
    let bench = Bench {
        db: SQLITE.to_owned(),
        size: CHECKED_AT,
        sizes: Vec::new(),
        check: true,
        accept: false,
        server: false,
        minutes: None,
        only: None,
    };
    run(root, &bench)
}

pub(crate) fn run(root: &Path, bench: &Bench) -> Result<(), Failure> {
    if bench.server {
        return server::run(root, bench);
    }
    let folder = Metadata::load(root)?.target_directory;
    let sizes = match (bench.check || bench.accept, bench.sizes.as_slice()) {
        (true, _) => CHECKED_AT.to_string(),
        (false, []) => bench.size.to_string(),
        (false, sizes) => sizes
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(","),
    };
    let mut measure = cargo(root);
    measure.args([
        "bench",
        "--package",
        "registry-tests",
        "--bench",
        "registry",
        "--",
    ]);
    measure
        .args(["--db", &bench.db, "--sizes", &sizes, "--out"])
        .arg(folder.join("bench"));
    if bench.check {
        measure.arg("--check");
    } else if bench.accept {
        measure.arg("--accept");
    } else {
        let mut program = cargo(root);
        program.args(["build", "--release", "--package", "registry-cli"]);
        if bench.db == SQLITE {
            // What its goals are for: the build for files alone.
            program.arg("--no-default-features");
        }
        run_command(&mut program)?;
        measure.arg("--cli").arg(folder.join("release/registry-cli"));
    }
    measure.args(bench.only.iter().flat_map(|only| ["--only", only]));
    run_command(&mut measure)
}
