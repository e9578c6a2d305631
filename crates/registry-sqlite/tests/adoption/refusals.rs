//! Upgrades that can't be: a clear error, and the file as it was.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use registry_core::Error;
use registry_sqlite::SqliteStore;
use registry_sqlite::inspect::{SchemaState, inspect};
use registry_sqlite::migrate::{MigrateOptions, migrate};
use sqlx::{Connection, Executor};

use crate::support::{File, connect, execute, options, row};
use crate::unprivileged;

async fn original() -> File {
    File::original(&(1..60).map(|id| row(id, "", "")).collect::<String>()).await
}

/// Migrates in vain and checks that nothing is left of it.
async fn refused(file: &File) -> Error {
    let (bytes, others) = (file.bytes(), file.others());
    let options = MigrateOptions {
        busy_timeout: Duration::from_millis(100),
        ..options()
    };
    let error = migrate(&file.path, &options).await.unwrap_err();
    assert_eq!(file.bytes(), bytes);
    assert_eq!(file.others(), others);
    error
}

#[tokio::test]
async fn what_is_no_registry() {
    for bytes in [&b"text"[..], &[0xFF; 4096], &[0; 2048]] {
        let file = File::new();
        std::fs::write(&file.path, bytes).unwrap();
        assert_eq!(refused(&file).await.code(), "not_a_registry");
    }
    let foreign = File::new();
    execute(&foreign.path, "CREATE TABLE cities (a)").await;
    assert_eq!(refused(&foreign).await.code(), "not_a_registry");
}

#[tokio::test]
async fn a_newer_registry() {
    let file = File::new();
    registry_sqlite::migrate::create(&file.path).await.unwrap();
    execute(&file.path, "PRAGMA user_version = 99").await;
    assert_eq!(refused(&file).await.code(), "registry_newer");
}

#[tokio::test]
async fn a_registry_whose_record_of_migrations_has_a_gap_or_an_end_that_never_came() {
    for (spoil, problem) in [
        (
            "DELETE FROM _sqlx_migrations WHERE version = 2",
            "its migration 2 is missing",
        ),
        (
            "UPDATE _sqlx_migrations SET success = FALSE WHERE version = 2",
            "its migration 2 was begun and never finished",
        ),
    ] {
        let file = File::new();
        registry_sqlite::migrate::create(&file.path).await.unwrap();
        execute(&file.path, spoil).await;
        // The marks in the header say what the next look would rely on.
        execute(&file.path, "PRAGMA application_id = 0").await;
        let error = refused(&file).await;
        assert_eq!(error.code(), "damaged");
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_is_cut_off_or_overwritten() {
    let whole = original().await.bytes();
    let file = File::new();
    std::fs::write(&file.path, &whole[..whole.len() - 4096]).unwrap();
    assert_eq!(refused(&file).await.code(), "damaged");
    let mut bytes = whole.clone();
    let end = bytes.len();
    bytes[end - 4096..].fill(0xAB);
    std::fs::write(&file.path, &bytes).unwrap();
    assert_eq!(refused(&file).await.code(), "damaged");
}

#[tokio::test]
async fn a_file_that_another_writes() {
    let file = original().await;
    let mut writer = connect(&file.path).await;
    writer.execute("BEGIN IMMEDIATE").await.unwrap();
    assert_eq!(refused(&file).await.code(), "busy");
    writer.execute("ROLLBACK").await.unwrap();
    // Who only reads, but all the time, is in the way of the commit.
    writer
        .execute("BEGIN; SELECT count(*) FROM models")
        .await
        .unwrap();
    let (bytes, options) = (
        file.bytes(),
        MigrateOptions {
            busy_timeout: Duration::from_millis(100),
            ..options()
        },
    );
    assert_eq!(migrate(&file.path, &options).await.unwrap_err().code(), "busy");
    assert_eq!(file.others(), Vec::<String>::new());
    writer.execute("ROLLBACK").await.unwrap();
    writer.close().await.unwrap();
    assert_eq!(file.bytes(), bytes);
    assert!(file.migrate().await.changed);
}

#[tokio::test]
async fn a_folder_that_may_not_be_written() {
    let Some(folder) = unprivileged::folder() else {
        let file = original().await;
        let before = file.bytes();
        unprivileged::forbid_writing(file.folder.path(), true);
        unprivileged::run("refusals::a_folder_that_may_not_be_written", file.folder.path());
        unprivileged::forbid_writing(file.folder.path(), false);
        assert_eq!((file.bytes(), file.others()), (before, Vec::new()));
        return;
    };
    let path = folder.join("models.db");
    assert_eq!(migrate(&path, &options()).await.unwrap_err().code(), "read_only");
    let rehearsal = MigrateOptions {
        dry_run: true,
        ..options()
    };
    assert!(migrate(&path, &rehearsal).await.unwrap().changed);
    // Nor can a registry be made there, and a rehearsal says so too.
    let path = folder.join("new.db");
    for error in [
        migrate(&path, &options()).await.unwrap_err(),
        migrate(&path, &rehearsal).await.unwrap_err(),
        SqliteStore::open_or_create(&path).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "read_only", "{error}");
        assert!(error.to_string().contains(&*folder.to_string_lossy()), "{error}");
    }
}

/// A process may make no file larger than so: with room for neither backup nor upgrade, or for the backup alone.
#[tokio::test]
async fn a_file_that_may_not_grow() {
    let Some(folder) = unprivileged::folder() else {
        let file = original().await;
        let before = file.bytes();
        let size = u64::try_from(before.len()).unwrap() / 1024;
        for kilobytes in [4, size / 2, size - 4, size, size + 4] {
            let test = "refusals::a_file_that_may_not_grow";
            unprivileged::run_with_file_limit(test, file.folder.path(), kilobytes);
            assert_eq!((file.bytes(), file.others()), (before.clone(), Vec::new()));
        }
        assert!(file.migrate().await.changed);
        return;
    };
    let path = folder.join("models.db");
    let error = migrate(&path, &options()).await.unwrap_err();
    // A limit is no full disk, but an error of the system like any other.
    assert!(["storage", "storage_full"].contains(&error.code()), "{error}");
    assert_eq!(inspect(&path).await.unwrap(), SchemaState::Original);
}

/// A file system of one megabyte, mounted for the test.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None`, said loudly, where nothing may be mounted; in CI that is a failure. What such disks show besides the
    /// tests above is the error of a disk that is really full or read-only.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(folder.path())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(folder));
        }
        let missing = "a full disk and a read-only disk need the right to mount a file system";
        let on_ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
        assert!(!on_ci, "{missing}");
        eprintln!("SKIPPED: {missing}");
        None
    }

    fn make_read_only(&self) {
        let remounted = Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(self.0.path())
            .status();
        assert!(remounted.unwrap().success());
    }

    fn free(path: &Path) -> u64 {
        let used = std::fs::metadata(path).unwrap().len();
        (1 << 20) - used
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// Runs an upgrade in a folder of its own on the small disk, which must be left as it was.
async fn refused_on(disk: &SmallDisk) -> Error {
    let path = disk.0.path().join("models.db");
    let before = std::fs::read(&path).unwrap();
    let error = migrate(&path, &options()).await.unwrap_err();
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let names: Vec<_> = std::fs::read_dir(disk.0.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name != "models.db" && name != "ballast")
        .collect();
    assert!(names.is_empty(), "{names:?}");
    assert_eq!(inspect(&path).await.unwrap(), SchemaState::Original);
    error
}

#[tokio::test]
async fn a_full_disk() {
    let Some(disk) = SmallDisk::mount() else { return };
    let path = disk.0.path().join("models.db");
    std::fs::copy(&original().await.path, &path).unwrap();
    let size = std::fs::metadata(&path).unwrap().len();
    // No room for the backup; for the backup but not for the upgrade.
    for room in [0, size / 2, size + 4096, 2 * size, 2 * size + 16_384] {
        let ballast = vec![0; usize::try_from(SmallDisk::free(&path) - room).unwrap() / 4096 * 4096];
        // What doesn't fit any more is no matter: the disk is to be full.
        let _ = std::fs::write(disk.0.path().join("ballast"), ballast);
        let error = refused_on(&disk).await;
        assert_eq!(error.code(), "storage_full", "{room}: {error}");
    }
    std::fs::remove_file(disk.0.path().join("ballast")).unwrap();
    assert!(migrate(&path, &options()).await.unwrap().changed);
}

#[tokio::test]
async fn a_disk_that_is_read_only() {
    let Some(disk) = SmallDisk::mount() else { return };
    let path = disk.0.path().join("models.db");
    std::fs::copy(&original().await.path, &path).unwrap();
    disk.make_read_only();
    assert_eq!(refused_on(&disk).await.code(), "read_only");
    let rehearsal = MigrateOptions {
        dry_run: true,
        ..options()
    };
    assert!(migrate(&path, &rehearsal).await.unwrap().changed);
}

#[tokio::test]
async fn a_folder_in_the_place_of_the_backup() {
    let file = original().await;
    let to = file.folder.path().join("folder");
    std::fs::create_dir(&to).unwrap();
    let options = MigrateOptions {
        backup_to: Some(to),
        ..options()
    };
    let before = file.bytes();
    assert_eq!(
        migrate(&file.path, &options).await.unwrap_err().code(),
        "file_exists"
    );
    assert_eq!(file.bytes(), before);
}

#[tokio::test]
async fn a_place_where_no_registry_can_be_made() {
    let file = File::new();
    let dangling = file.folder.path().join("link.db");
    std::os::unix::fs::symlink("/no/such/folder/models.db", &dangling).unwrap();
    let nowhere = file.folder.path().join("gone").join("models.db");
    let rehearsal = MigrateOptions {
        dry_run: true,
        ..options()
    };
    for path in [dangling, nowhere] {
        for error in [
            migrate(&path, &options()).await.unwrap_err(),
            migrate(&path, &rehearsal).await.unwrap_err(),
            SqliteStore::open_or_create(&path).await.unwrap_err(),
        ] {
            assert_eq!(error.code(), "file", "{error}");
            let sentence = format!("could not create `{}`: ", path.display());
            assert!(error.to_string().starts_with(&sentence), "{error}");
        }
    }
}
