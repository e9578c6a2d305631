//! A store and the reference registry take the same steps.

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestCaseError, TestRunner};
use registry_core::RegistryStore;
use tokio::runtime::Runtime;

use super::{Step, steps};
use crate::{Reference, dump};

const STEPS: usize = 40;

/// Runs of random steps on fresh stores that `open` makes, each with what must live as long as it: every answer and
/// error is as the reference's, and so is everything in the end. What failed once is kept in the file `regressions`
/// and tried again first.
pub fn agree_with_the_reference<S: RegistryStore, G>(
    runs: u32,
    regressions: &'static str,
    open: impl AsyncFn() -> (S, G),
) {
    let config = ProptestConfig {
        cases: runs,
        max_shrink_iters: 2_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(regressions))),
        ..ProptestConfig::default()
    };
    let runtime = Runtime::new().unwrap();
    let result = TestRunner::new(config).run(&steps(STEPS), |steps| {
        runtime.block_on(async {
            let (store, _guard) = open().await;
            agree(&store, &steps).await
        })
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

async fn agree(store: &dyn RegistryStore, steps: &[Step]) -> Result<(), TestCaseError> {
    let reference = Reference::new();
    let reference: &dyn RegistryStore = &reference;
    for (place, step) in steps.iter().enumerate() {
        prop_assert_eq!(
            step.run(store).await,
            step.run(reference).await,
            "left: the store, right: the reference, at step {}: {:?}",
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
