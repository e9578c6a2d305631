//! `cargo xtask prepare`: the query data in `.sqlx`, made from databases that hold nothing but the migrations.
//!
//! Builds read that data, so that nobody needs a database to compile; this chore is the only one that makes any.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::metadata::Metadata;
use crate::postgres;
use crate::process::{self, Failure, cargo};
use crate::tools::SQLX;

/// Where `cargo sqlx prepare --check` leaves what it found, inside the target folder.
const FOUND: &str = "sqlx-prepare-check";

/// Refreshes `.sqlx`, or with `check` only fails if that would change it.
pub(crate) fn run(root: &Path, check: bool) -> Result<(), Failure> {
    SQLX.require(root)?;
    let folder = tempfile::tempdir().map_err(Failure::files("make a temporary folder"))?;
    let server = postgres::start()?;
    let databases = Databases {
        sqlite: format!("sqlite://{}", folder.path().join("prepare.db").display()),
        postgres: server.url("postgres"),
    };

    let sqlite = ["--no-dotenv", "--database-url", &databases.sqlite];
    process::run(databases.sqlx(root).args(["database", "create"]).args(sqlite))?;
    for (url, migrations) in [
        (&databases.sqlite, "migrations/sqlite"),
        (&databases.postgres, "migrations/postgres"),
    ] {
        let mut migrate = databases.sqlx(root);
        migrate.args(["migrate", "run", "--source", migrations]);
        process::run(migrate.args(["--no-dotenv", "--database-url", url]))?;
    }

    let mut prepare = databases.sqlx(root);
    prepare
        .args(["prepare", "--workspace"])
        .args(check.then_some("--check"))
        .args(sqlite);
    prepare.args(["--", "--workspace", "--all-targets"]);
    let outcome = process::run(&mut prepare);
    if !check {
        return outcome;
    }
    outcome
        .and_then(|()| require_no_leftovers(root))
        .inspect_err(|_| {
            eprintln!("hint: if the query data is stale, run `cargo xtask prepare` and commit `.sqlx`");
        })
}

struct Databases {
    sqlite: String,
    postgres: String,
}

impl Databases {
    /// `cargo sqlx`, with the variables that the backends' `sqlx.toml` name: whichever of the databases the command
    /// itself is for, queries of both are checked.
    fn sqlx(&self, root: &Path) -> Command {
        let mut command = cargo(root);
        command
            .arg("sqlx")
            .env("REGISTRY_SQLITE_URL", &self.sqlite)
            .env("REGISTRY_POSTGRES_URL", &self.postgres)
            .env("SQLX_OFFLINE", "false");
        command
    }
}

/// `cargo sqlx prepare --check` only warns about query data that no query uses any more.
fn require_no_leftovers(root: &Path) -> Result<(), Failure> {
    let found = query_files(&Metadata::load(root)?.target_directory.join(FOUND))?;
    let leftovers: Vec<_> = query_files(&root.join(".sqlx"))?
        .difference(&found)
        .cloned()
        .collect();
    if leftovers.is_empty() {
        return Ok(());
    }
    Err(Failure::Found(format!(
        "no query uses these files of `.sqlx`: {}",
        leftovers.join(", ")
    )))
}

fn query_files(folder: &Path) -> Result<BTreeSet<String>, Failure> {
    if !folder.exists() {
        return Ok(BTreeSet::new());
    }
    let list = || Failure::files(format!("list the folder `{}`", folder.display()));
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(list())? {
        let name = entry.map_err(list())?.file_name().to_string_lossy().into_owned();
        if name.starts_with("query-") {
            names.insert(name);
        }
    }
    Ok(names)
}
