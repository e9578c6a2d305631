//! Random registries on SQLite, and random searches of each, as `random` makes them: some three thousand searches, in
//! parts that run side by side.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use registry_sqlite::SqliteStore;
use registry_tests::fast_folder;
use registry_tests::random::find_what_the_reference_finds;

const REGISTRIES_PER_PART: u32 = 40;

fn part() {
    find_what_the_reference_finds(REGISTRIES_PER_PART, async || {
        let folder = fast_folder();
        let store = SqliteStore::open_or_create(folder.path().join("registry.db")).await;
        (store.unwrap(), folder)
    });
}

#[test]
fn sqlite_finds_what_the_reference_finds_part_1() {
    part();
}

#[test]
fn sqlite_finds_what_the_reference_finds_part_2() {
    part();
}

#[test]
fn sqlite_finds_what_the_reference_finds_part_3() {
    part();
}
