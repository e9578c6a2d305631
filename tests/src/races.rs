//! Many who write the same few models at once, and what must hold whoever wins. For every backend; each function takes
//! stores on one registry, as several programs would have them.

pub mod conflicts;
pub mod keys;
pub mod mixed;
pub mod promotions;
pub mod sound;

use std::sync::Arc;
use std::time::Duration;

use registry_core::{Category, Error, RegistryStore, Result};
use tokio::task::JoinHandle;

/// Stores on one registry.
pub type Stores = [Arc<dyn RegistryStore>];

/// How many write at once.
pub const WRITERS: usize = 16;

/// Longer than any of this takes, even on a slow machine.
const DEADLINE: Duration = Duration::from_mins(3);

/// The store of a writer.
fn store_of(stores: &Stores, writer: usize) -> Arc<dyn RegistryStore> {
    Arc::clone(&stores[writer % stores.len()])
}

/// The answers of tasks, in order; none may hang.
async fn answers<T>(tasks: Vec<JoinHandle<T>>) -> Vec<T> {
    let all = async {
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        answers
    };
    tokio::time::timeout(DEADLINE, all).await.expect("it hangs")
}

/// Whether it was done. A refusal must be one of the domain: that others were in the way is nobody's business.
fn done<T>(outcome: Result<T>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => {
            assert_domain(&error);
            false
        }
    }
}

fn assert_domain(error: &Error) {
    assert_ne!(error.category(), Category::Failure, "{error}");
}
