//! The line and its turns, on a file of two tables: what is kept, what is undone, who hears what.

mod cancellation;
mod failures;
mod sharing;

use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions, Executor, Row};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::turn::Outcome;
use super::*;

impl Writer {
    /// How many wait for their turn.
    pub(crate) fn waiting(&self) -> usize {
        let state = self.line.state();
        state.waiting.iter().filter(|next| !next.is_closed()).count()
    }

    /// Whether the connection is open; while somebody has it, it is.
    pub(crate) fn is_open(&self) -> bool {
        let state = self.line.state();
        state.taken || state.resting.is_some()
    }
}

impl Tx {
    /// A statement that succeeds.
    async fn run(&mut self, statements: &'static str) {
        self.connection().unwrap().execute(statements).await.unwrap();
    }

    /// A statement that fails.
    async fn run_badly(&mut self, statement: &'static str) {
        let error = self.connection().unwrap().execute(statement).await.unwrap_err();
        self.fail(error);
    }

    /// Writes a number twice, in two statements: to be found twice or not at all.
    async fn put(&mut self, number: i64) {
        for _ in 0..2 {
            let insert = format!("INSERT INTO numbers VALUES ({number})");
            let connection = self.connection().unwrap();
            connection.execute(sqlx::AssertSqlSafe(insert)).await.unwrap();
        }
    }
}

const LIMITS: Limits = Limits {
    turn: Duration::from_mins(1),
    members: 64,
    // Longer than any test, so that the number of commits doesn't depend on the machine.
    open: Duration::from_hours(1),
};

struct File {
    writer: Writer,
    path: PathBuf,
    _folder: TempDir,
}

impl File {
    async fn new() -> Self {
        Self::with(LIMITS).await
    }

    async fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers.db");
        let options = options(&path).create_if_missing(true);
        let mut connection = options.clone().connect().await.unwrap();
        let tables = "CREATE TABLE numbers (number);
            CREATE TABLE ids (id INTEGER PRIMARY KEY);
            CREATE TABLE checked (id REFERENCES ids DEFERRABLE INITIALLY DEFERRED)";
        connection.execute(tables).await.unwrap();
        connection.close().await.unwrap();
        Self {
            writer: Writer::new(options, limits),
            path,
            _folder: folder,
        }
    }

    async fn begin(&self) -> Tx {
        self.writer.begin().await.unwrap()
    }

    /// A task that writes a number.
    fn put(&self, number: i64) -> JoinHandle<Outcome> {
        let writer = self.writer.clone();
        tokio::spawn(async move {
            let mut tx = writer.begin().await.unwrap();
            tx.put(number).await;
            tx.commit().await
        })
    }

    /// A task that waits for its turn and returns with it.
    async fn queue(&self) -> JoinHandle<Tx> {
        let writer = self.writer.clone();
        let before = writer.waiting();
        let task = tokio::spawn(async move { writer.begin().await.unwrap() });
        self.until_waiting(before + 1).await;
        task
    }

    async fn until_waiting(&self, tasks: usize) {
        while self.writer.waiting() < tasks {
            tokio::task::yield_now().await;
        }
    }

    /// What others see.
    async fn numbers(&self) -> Vec<i64> {
        let mut connection = options(&self.path).connect().await.unwrap();
        let rows = connection
            .fetch_all("SELECT number FROM numbers ORDER BY number")
            .await
            .unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// How many commits the log holds, by the frames that end one.
    fn commits(&self) -> usize {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let log = std::fs::read(log).unwrap();
        let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
        let page = usize::try_from(number(8)).unwrap();
        let frames = (32..log.len()).step_by(24 + page);
        frames.filter(|frame| number(frame + 4) != 0).count()
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    crate::connect::options(path)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .busy_timeout(Duration::ZERO)
}

/// Each number twice.
fn twice(numbers: impl IntoIterator<Item = i64>) -> Vec<i64> {
    numbers.into_iter().flat_map(|number| [number, number]).collect()
}

fn code(outcome: Outcome) -> String {
    match outcome {
        Ok(()) => "none".to_owned(),
        Err(error) => crate::error::shared_meaning("numbers.db", "commit", error)
            .code()
            .to_owned(),
    }
}
