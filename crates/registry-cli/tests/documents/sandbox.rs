//! The folder in which a document's commands run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tempfile::TempDir;

/// What documents show in place of the sandbox's own path.
const SHOWN_PATH: &str = "/home/alice/models";

/// A folder of its own, and a fixed environment.
pub(crate) struct Sandbox {
    folder: TempDir,
    path: PathBuf,
    /// The folder of a PostgreSQL server's socket, which documents show as [`SHOWN_HOST`].
    pub(crate) server: Option<String>,
}

/// What documents show in place of the server.
const SHOWN_HOST: &str = "db.example.com";

/// What a command answered.
pub(crate) struct Answer {
    pub(crate) status: i32,
    /// Both streams, in the order in which they were written.
    pub(crate) output: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        Self {
            folder,
            path,
            server: None,
        }
    }

    /// Runs a command line with the built program first on the path.
    pub(crate) fn run(&self, command: &str) -> Answer {
        let command = match &self.server {
            Some(folder) => command.replace(SHOWN_HOST, &folder.replace('/', "%2F")),
            None => command.to_owned(),
        };
        let program = Path::new(env!("CARGO_BIN_EXE_registry-cli"));
        // What a document puts into `bin` stands for what it can't run.
        let mut search: Vec<PathBuf> = vec![self.path.join("bin"), program.parent().unwrap().to_owned()];
        search.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        let output = Command::new("bash")
            .arg("-c")
            .arg(format!("exec 2>&1\n{command}"))
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::join_paths(search).unwrap())
            .env("HOME", &self.path)
            .env("TMPDIR", &self.path)
            .env("LANG", "C.UTF-8")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .env("REGISTRY_ACTOR", "alice")
            .envs(self.server.iter().map(|folder| ("PGHOST", folder)))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        Answer {
            status: output.status.code().unwrap(),
            output: self.with_shown_host(text.replace(self.path.to_str().unwrap(), SHOWN_PATH)),
        }
    }

    /// An address by a socket, as `postgres:///models?user=alice&host=/tmp/x&port=5432`, as one by a host.
    fn with_shown_host(&self, mut text: String) -> String {
        let Some(folder) = &self.server else { return text };
        while let Some(start) = text.find("postgres:///") {
            let rest = &text[start + "postgres:///".len()..];
            let length = rest
                .find(|c: char| c.is_whitespace() || "`'\"".contains(c))
                .unwrap_or(rest.len());
            let length = rest[..length].trim_end_matches([':', '.', ',']).len();
            let (database, parameters) = rest[..length].split_once('?').unwrap();
            let mut user = "";
            let mut kept = String::new();
            for parameter in parameters.split('&') {
                match parameter.split_once('=').unwrap() {
                    ("user", name) => user = name,
                    ("host" | "port", _) => {}
                    (name, value) => kept = format!("?{name}={value}"),
                }
            }
            let shown = format!("postgres://{user}@{SHOWN_HOST}:5432/{database}{kept}");
            text.replace_range(start..start + "postgres:///".len() + length, &shown);
        }
        text.replace(folder, SHOWN_HOST)
    }

    /// Makes a file that a document shows.
    pub(crate) fn make_file(&self, file: &str, text: &str) {
        std::fs::write(self.path.join(file), text).unwrap();
    }

    /// Makes a file as the original registry left it: its schema, no version, these rows.
    pub(crate) fn make_original(&self, file: &str, rows: &str) {
        let schema = include_str!("../../../../migrations/sqlite/0001_original.sql");
        let options = SqliteConnectOptions::new()
            .filename(self.path.join(file))
            .create_if_missing(true);
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut connection = options.foreign_keys(false).connect().await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(format!("{schema}\n{rows}")))
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
        });
    }

    /// Runs a script that must succeed.
    pub(crate) fn set_up(&self, script: &str, place: &str) {
        let answer = self.run(&format!("set -euo pipefail\n{script}"));
        assert_eq!(answer.status, 0, "the setup at {place} failed: {}", answer.output);
    }
}
