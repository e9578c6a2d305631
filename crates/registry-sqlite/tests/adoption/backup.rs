//! Backups of a registry that is in use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use registry_core::{
    Actor, Checkpoint, ConfigHash, Registration, RegistryStore, Timestamp, Version, WriteContext,
};
use registry_sqlite::SqliteStore;
use registry_sqlite::migrate::create;

use crate::support::{File, history, model};

fn context() -> WriteContext {
    WriteContext::new(Actor::parse("alice").unwrap(), Timestamp::now())
}

pub(crate) fn registration(name: &str, number: u64) -> Registration {
    Registration::new(
        name.parse().unwrap(),
        Version::new(number, 0, 0),
        Checkpoint::elsewhere("s3://models/a.pt").unwrap(),
        "lm".parse().unwrap(),
        ConfigHash::parse("abc").unwrap(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_while_others_write_is_the_registry_at_one_moment() {
    let file = File::new();
    create(&file.path).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..3)
        .map(|writer| {
            let (path, stop) = (file.path.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let store = SqliteStore::open(&path).await.unwrap();
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    number += 1;
                    let mut registration = registration(&format!("gpt-{writer}"), number);
                    registration.tags = vec!["seen".parse().unwrap()];
                    store.register(&context(), registration).await.unwrap();
                }
                number
            })
        })
        .collect();
    let store = file.store().await;
    let mut copies = Vec::new();
    for number in 0..5 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let to = file.folder.path().join(format!("copy-{number}.db"));
        copies.push(store.backup(&to).await.unwrap());
    }
    stop.store(true, Ordering::Relaxed);
    let mut written = 0;
    for writer in writers {
        written += writer.await.unwrap();
    }
    for copy in &copies {
        // Each registration is one model and two events, whole or not there.
        assert_eq!(copy.events, 2 * copy.models);
        assert_eq!(copy.bytes, std::fs::metadata(&copy.path).unwrap().len());
        let restored = SqliteStore::open(&copy.path).await.unwrap();
        assert!(restored.doctor().await.unwrap().is_healthy());
        assert_eq!(history(&restored).await.len() as u64, copy.events);
    }
    assert!(copies.is_sorted_by_key(|copy| copy.models));
    assert!(copies[4].models > 0 && copies[4].models <= written);
    assert!(model(&store, 1).await.is_some());
}

#[tokio::test]
async fn what_exists_is_never_overwritten() {
    let file = File::new();
    create(&file.path).await.unwrap();
    let to = file.folder.path().join("copy.db");
    std::fs::write(&to, "precious").unwrap();
    let error = file.store().await.backup(&to).await.unwrap_err();
    assert_eq!(error.code(), "file_exists");
    assert_eq!(std::fs::read(&to).unwrap(), b"precious");
    let nowhere = file.folder.path().join("no/such/folder/copy.db");
    assert_eq!(
        file.store().await.backup(&nowhere).await.unwrap_err().code(),
        "file"
    );
}

#[tokio::test]
async fn a_backup_into_no_folder_names_the_file_that_was_asked_for() {
    let file = File::new();
    let store = SqliteStore::open_or_create(&file.path).await.unwrap();
    let to = file.folder.path().join("gone").join("copy.db");
    let error = store.backup(&to).await.unwrap_err();
    assert_eq!(error.code(), "file");
    let sentence = format!("could not create `{}`: ", to.display());
    assert!(error.to_string().starts_with(&sentence), "{error}");
}
