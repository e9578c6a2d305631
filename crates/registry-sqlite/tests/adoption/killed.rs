//! An upgrade that is killed: the file is as it was, or upgraded.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use registry_core::RegistryStore;
use registry_sqlite::SqliteStore;
use registry_sqlite::inspect::{SchemaState, inspect};
use registry_sqlite::migrate::migrate;
use sqlx::{Connection, Executor, Row};

use crate::support::{File, connect, history, options, row};

const MODELS: i64 = 1500;
const KILLS: u32 = 40;
const VICTIM: &str = "REGISTRY_TEST_VICTIM";

async fn large() -> File {
    let rows: String = (1..=MODELS)
        .map(|id| {
            let version = if id % 3 == 0 {
                format!("'v{id}'")
            } else {
                format!("'{id}.0.0'")
            };
            let row = row(id, "version", &version).replace(&format!("00:00:{id:02}"), "00:00:00");
            let tag = format!("INSERT INTO model_tags (model_id, tag_name) VALUES ({id}, 'seen');");
            format!("{row}{tag}")
        })
        .collect();
    File::original(&format!("BEGIN;{rows}COMMIT;")).await
}

/// The program that is killed: it upgrades the file that the environment names, or by itself one of its own.
#[tokio::test]
async fn victim() {
    match std::env::var_os(VICTIM).map(PathBuf::from) {
        Some(path) => drop(migrate(&path, &options()).await.unwrap()),
        None => assert!(large().await.migrate().await.changed),
    }
}

fn start(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::victim", "--quiet"])
        .env(VICTIM, path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Starts an upgrade of the file and kills it after this time.
fn kill_after(path: &Path, time: Duration) {
    let mut child = start(path);
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// How long an upgrade takes, starting the program included.
fn duration(path: &Path) -> Duration {
    let begun = Instant::now();
    assert!(start(path).wait().unwrap().success());
    begun.elapsed()
}

#[tokio::test]
async fn an_adoption_killed_at_any_moment() {
    let source = large().await;
    let whole = source.bytes();
    let trial = File::new();
    std::fs::write(&trial.path, &whole).unwrap();
    let longest = duration(&trial.path);
    let (mut as_it_was, mut upgraded) = (0, 0);
    for number in 1..=KILLS {
        let file = File::new();
        std::fs::write(&file.path, &whole).unwrap();
        kill_after(&file.path, longest * number / KILLS);
        match inspect(&file.path).await.unwrap() {
            SchemaState::Original => {
                as_it_was += 1;
                let mut connection = connect(&file.path).await;
                let count = connection
                    .fetch_one("SELECT (SELECT count(*) FROM models) + (SELECT count(*) FROM model_tags)")
                    .await
                    .unwrap();
                assert_eq!(count.get::<i64, _>(0), 2 * MODELS);
                connection.close().await.unwrap();
                assert!(file.migrate().await.changed);
            }
            SchemaState::Current => upgraded += 1,
            other => panic!("killed after {number}/{KILLS}: {other:?}"),
        }
        let store = SqliteStore::open(&file.path).await.unwrap();
        assert!(store.doctor().await.unwrap().is_healthy());
        assert_eq!(i64::try_from(history(&store).await.len()).unwrap(), 2 * MODELS);
        assert!(store.find(&":seen".parse().unwrap()).await.unwrap().is_some());
    }
    println!("{KILLS} kills: {as_it_was} files as they were, {upgraded} upgraded");
    assert!(as_it_was > KILLS / 4, "the kills came too late to show anything");
}

#[tokio::test]
async fn a_creation_killed_at_any_moment() {
    let trial = File::new();
    let longest = duration(&trial.path);
    for number in 1..=20 {
        let file = File::new();
        kill_after(&file.path, longest * number / 20);
        let state = inspect(&file.path).await.unwrap();
        assert!(
            matches!(
                state,
                SchemaState::Missing | SchemaState::Empty | SchemaState::Current
            ),
            "{state:?}"
        );
        let store = SqliteStore::open_or_create(&file.path).await.unwrap();
        assert!(store.doctor().await.unwrap().is_healthy());
    }
}

#[tokio::test]
async fn several_processes_upgrade_the_same_file() {
    let source = large().await;
    let children: Vec<Child> = (0..4).map(|_| start(&source.path)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert!(source.store().await.doctor().await.unwrap().is_healthy());
    let backups = source.others().into_iter().filter(|name| name.contains("backup"));
    assert_eq!(backups.count(), 1);
}

#[tokio::test]
async fn ten_processes_create_the_same_registry() {
    let file = File::new();
    let children: Vec<Child> = (0..10).map(|_| start(&file.path)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(inspect(&file.path).await.unwrap(), SchemaState::Current);
    assert!(file.store().await.doctor().await.unwrap().findings.is_empty());
}
