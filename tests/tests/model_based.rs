//! Random sequences of all verbs on SQLite and on the reference registry: every answer and error is the same, and so
//! is everything in the end. 1,000 runs of 40 steps, in parts that run side by side; what failed once is kept in
//! `tests/regressions/model_based.txt` and tried again first.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at what it did not expect"
)]

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestCaseError, TestRunner};
use registry_core::RegistryStore;
use registry_sqlite::SqliteStore;
use registry_tests::random::{Step, steps};
use registry_tests::{Reference, dump, fast_folder};
use tokio::runtime::Runtime;

const STEPS: usize = 40;
const RUNS_PER_PART: u32 = 250;

async fn agree(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let folder = fast_folder();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db")).await;
    let store = store.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let reference = Reference::new();
    let (store, reference): (&dyn RegistryStore, &dyn RegistryStore) = (&store, &reference);
    for (place, step) in steps.iter().enumerate() {
        prop_assert_eq!(
            step.run(store).await,
            step.run(reference).await,
            "left: SQLite, right: the reference, at step {}: {:?}",
            place,
            step
        );
    }
    let stored = dump(store).await;
    let stored = stored.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let expected = dump(reference).await;
    let expected = expected.map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(stored, expected);
    Ok(())
}

fn part() {
    let config = ProptestConfig {
        cases: RUNS_PER_PART,
        max_shrink_iters: 2_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/regressions/model_based.txt",
        ))),
        ..ProptestConfig::default()
    };
    let runtime = Runtime::new().unwrap();
    let result = TestRunner::new(config).run(&steps(STEPS), |steps| runtime.block_on(agree(steps)));
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

#[test]
fn sqlite_answers_as_the_reference_part_1() {
    part();
}

#[test]
fn sqlite_answers_as_the_reference_part_2() {
    part();
}

#[test]
fn sqlite_answers_as_the_reference_part_3() {
    part();
}

#[test]
fn sqlite_answers_as_the_reference_part_4() {
    part();
}
