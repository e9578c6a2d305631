//! Folders for the files of a test.

use std::path::Path;

use tempfile::TempDir;

/// An empty folder that goes when it is dropped; in memory where the system has such a place, since thousands of
/// short-lived registries would else wait for a disk.
pub fn fast_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    folder.unwrap()
}
