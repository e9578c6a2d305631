//! Going back to a moment: a base backup and the archived log give the registry as it was then, whole.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use registry_postgres::{ConnectOptions, PostgresStore};
use registry_tests::{Session, a_model};
use sqlx::{Connection, Executor, PgConnection, Row};
use throwaway_postgres::{Binaries, Server};

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

async fn ask(url: &str, statement: &'static str) -> String {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let row = connection.fetch_one(statement).await.unwrap();
    connection.close().await.unwrap();
    row.get(0)
}

#[tokio::test]
async fn a_registry_goes_back_to_a_moment() {
    let archive = tempfile::tempdir().unwrap();
    // The server may be another user.
    fs::set_permissions(archive.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let keep = format!("cp %p {}/%f", archive.path().display());
    let binaries = Binaries::find().unwrap();
    let settings = [
        ("wal_level", "replica"),
        ("archive_mode", "on"),
        ("archive_command", keep.as_str()),
    ];
    let server = Server::start(&binaries, &settings).unwrap();
    let url = server.url("postgres");
    let options = ConnectOptions::parse(&url).unwrap();
    let session = Session::new(Arc::new(PostgresStore::open_or_create(&options).await.unwrap()));
    let first = session.register(a_model("gpt", "1.0.0").tagged("best")).await;
    session.promote(&first, "production").await;

    // The base backup, while the registry is in use.
    let (data, base) = (server.folder().join("data"), server.folder().join("base"));
    let mut backup = Command::new(binaries.program("pg_basebackup"));
    let host = server.folder().display().to_string();
    done(
        backup
            .args([
                "--host",
                &host,
                "--username",
                "registry",
                "--checkpoint",
                "fast",
                "--pgdata",
            ])
            .arg(&base),
    );

    // What is in no backup, only in the log; then the moment; then a mishap.
    let second = session
        .register(a_model("gpt", "1.1.0").metadata(r#"{"seed": 42}"#))
        .await;
    session.promote(&second, "production").await;
    let before = session.dump().await;
    let moment = ask(&url, "SELECT clock_timestamp()::text").await;
    session.delete(&second).await;
    session.register(a_model("mishap", "1.0.0")).await;
    ask(&url, "SELECT pg_switch_wal()::text").await;
    drop(session);

    server.halt("fast").unwrap();
    fs::rename(&data, server.folder().join("lost")).unwrap();
    recover(&base, archive.path(), &moment);
    fs::rename(&base, &data).unwrap();
    done(
        Command::new("chown")
            .arg("-R")
            .arg("--reference")
            .arg(server.folder())
            .arg(&data),
    );
    server.run().unwrap();
    while ask(&url, "SELECT pg_is_in_recovery()::text").await == "true" {}

    let store = PostgresStore::open(&options).await.unwrap();
    let found: Vec<_> = store.doctor().await.unwrap().findings;
    let found: Vec<_> = found
        .iter()
        .filter(|finding| !finding.code.starts_with("checkpoint"))
        .collect();
    assert!(found.is_empty(), "{found:?}");
    let session = Session::new(Arc::new(store));
    assert_eq!(session.dump().await, before);
    // And it goes on: no id is given that was seen before the moment.
    assert!(session.register(a_model("next", "1.0.0")).await.id > second.id);
}

/// Has a server that starts in the folder read the log up to the moment, and go on from there.
fn recover(base: &Path, archive: &Path, moment: &str) {
    let file = base.join("postgresql.auto.conf");
    let settings = fs::read_to_string(&file).unwrap();
    let archive = archive.display();
    let recovery = format!(
        "restore_command = 'cp {archive}/%f %p'\nrecovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n"
    );
    fs::write(file, settings + &recovery).unwrap();
    fs::write(base.join("recovery.signal"), "").unwrap();
}
