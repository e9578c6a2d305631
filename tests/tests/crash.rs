//! A writer killed at random moments: what it had acknowledged is there, what it was doing is there whole or not at
//! all, and the file is sound. Sent again under its key, it is made once.
//!
//! The writes are a fixed sequence, so the reference registry can follow: after a kill the file holds exactly what
//! the reference holds after the last acknowledged write, or after the one that followed it.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test stops at what it did not expect, and says what it did"
)]

use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use registry_sqlite::SqliteStore;
use registry_tests::writer::nth_write;
use registry_tests::{Dump, Reference, dump};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

const FILES_PER_PART: u64 = 3;
const KILLS_PER_FILE: u64 = 10;

/// A number below the limit.
fn random(limit: u64) -> u64 {
    RandomState::new().hash_one(()) % limit
}

/// Runs a writer from its n-th write on, kills it, and returns how many writes are acknowledged now.
fn write_and_kill(file: &Path, acknowledged: u64) -> u64 {
    let mut writer = Command::new(env!("CARGO_BIN_EXE_crash-writer"))
        .args(["crash", file.to_str().unwrap(), &acknowledged.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(writer.stdout.take().unwrap()).lines();
    // The first kill of a file may come while it is made.
    let seen = if acknowledged == 0 { 0 } else { random(12) };
    let mut last = acknowledged;
    for line in output.by_ref().take(usize::try_from(seen).unwrap()) {
        last = line.unwrap().parse::<u64>().unwrap() + 1;
    }
    // Not a wait for anything: the moment of the kill is random.
    let moment = if seen == 0 { random(20_000) } else { random(4_000) };
    std::thread::sleep(Duration::from_micros(moment));
    writer.kill().unwrap();
    assert_eq!(writer.wait().unwrap().code(), None, "the writer ended by itself");
    for line in output {
        last = line.unwrap().parse::<u64>().unwrap() + 1;
    }
    last
}

/// Rows that contradict each other, and what SQLite says about the file.
const CHECKS: &[(&str, &str)] = &[
    ("SELECT integrity_check FROM pragma_integrity_check", "ok"),
    ("SELECT count(*) FROM pragma_foreign_key_check", "0"),
    (
        "SELECT count(*) FROM models m WHERE (SELECT count(*) FROM json_each(m.metrics))
         <> (SELECT count(*) FROM model_metrics x WHERE x.model_id = m.model_id)",
        "0",
    ),
    (
        "SELECT count(*) FROM models m WHERE NOT EXISTS
         (SELECT 1 FROM events e WHERE e.model_id = m.model_id AND e.kind = 'registered')",
        "0",
    ),
    (
        "SELECT count(*) FROM model_tags t WHERE NOT EXISTS
         (SELECT 1 FROM events e WHERE e.event_id = t.event_id AND e.model_id = t.model_id AND e.tag = t.tag_name)",
        "0",
    ),
    (
        "SELECT count(*) FROM model_names n WHERE n.last_ordinal
         < (SELECT max(ordinal) FROM models m WHERE m.name = n.name)",
        "0",
    ),
];

async fn check_rows(file: &Path) {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection: SqliteConnection = options.connect().await.unwrap();
    for (check, expected) in CHECKS {
        let check = format!("SELECT CAST(({check}) AS TEXT)");
        let found: String = sqlx::query_scalar(sqlx::AssertSqlSafe(check.clone()))
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(&found, expected, "{check}");
    }
}

/// The reference registry, and how many writes it has taken.
struct Oracle {
    reference: Reference,
    writes: u64,
}

impl Oracle {
    async fn follow_to(&mut self, writes: u64) -> Dump {
        while self.writes < writes {
            nth_write(self.writes).run(&self.reference).await;
            self.writes += 1;
        }
        dump(&self.reference).await.unwrap()
    }
}

async fn one_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    let mut oracle = Oracle {
        reference: Reference::new(),
        writes: 0,
    };
    for _ in 0..KILLS_PER_FILE {
        let acknowledged = write_and_kill(&file, oracle.writes);
        println!("killed after write {acknowledged} (file made: {})", file.exists());
        let store = SqliteStore::open_or_create(&file).await.unwrap();
        let found = dump(&store).await.unwrap();
        if found != oracle.follow_to(acknowledged).await {
            println!("killed between commit and acknowledgement of write {acknowledged}");
            let after_the_next = oracle.follow_to(acknowledged + 1).await;
            assert_eq!(found, after_the_next, "lost or half after write {acknowledged}");
        }
        // Whoever lost the answer sends the write again: it is made once, whether it had been made or not.
        nth_write(acknowledged).run(&store).await;
        let found = dump(&store).await.unwrap();
        assert_eq!(
            found,
            oracle.follow_to(acknowledged + 1).await,
            "made twice: {acknowledged}"
        );
        store.close().await;
        check_rows(&file).await;
    }
}

async fn part() {
    for _ in 0..FILES_PER_PART {
        one_file().await;
    }
}

#[tokio::test]
async fn nothing_is_lost_in_thirty_kills_part_1() {
    part().await;
}

#[tokio::test]
async fn nothing_is_lost_in_thirty_kills_part_2() {
    part().await;
}

#[tokio::test]
async fn nothing_is_lost_in_thirty_kills_part_3() {
    part().await;
}

#[tokio::test]
async fn nothing_is_lost_in_thirty_kills_part_4() {
    part().await;
}
