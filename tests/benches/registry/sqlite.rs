//! Registries in SQLite files: made once for each size, kept for the next time.

#[path = "sqlite/bare.rs"]
mod bare;
#[path = "sqlite/floor.rs"]
mod floor;
#[path = "sqlite/sql.rs"]
mod sql;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use registry_core::RegistryStore;
use registry_sqlite::SqliteStore;
use registry_tests::realistic::file;

use crate::contestant::{BARE, Contestant, FLOOR, STORE};
use crate::fixture::Ground;
use crate::store::Store;

pub(crate) struct File {
    path: PathBuf,
}

impl File {
    pub(crate) async fn of(size: usize, folder: &Path) -> Self {
        Self {
            path: file::kept(folder, size, |said| eprintln!("{said}")).await,
        }
    }

    fn path_of_copy(&self, whose: &str) -> PathBuf {
        self.path.with_extension(format!("{whose}.db"))
    }

    /// A copy to write to. It goes with this.
    fn copy(&self, whose: &str) -> PathBuf {
        let copy = self.path_of_copy(whose);
        file::remove(&copy);
        std::fs::copy(&self.path, &copy).unwrap();
        copy
    }
}

const SHARED: &str = "shared";

impl Drop for File {
    fn drop(&mut self) {
        for whose in [STORE, BARE, FLOOR, SHARED] {
            file::remove(&self.path_of_copy(whose));
        }
    }
}

#[async_trait(?Send)]
impl Ground for File {
    fn address(&self) -> String {
        self.path.display().to_string()
    }

    async fn open(&self) -> Arc<dyn RegistryStore> {
        open(&self.path).await
    }

    async fn writable(&self, _writers: u32) -> Arc<dyn RegistryStore> {
        open(&self.copy(SHARED)).await
    }

    async fn readers(&self) -> Vec<Box<dyn Contestant>> {
        vec![
            Box::new(Store(self.open().await)),
            Box::new(bare::Bare::open(&self.path, 4).await),
            Box::new(floor::Floor::open(&self.path)),
        ]
    }

    async fn writers(&self) -> Vec<Box<dyn Contestant>> {
        vec![
            Box::new(Store(open(&self.copy(STORE)).await)),
            Box::new(bare::Bare::open(&self.copy(BARE), 1).await),
            Box::new(floor::Floor::open(&self.copy(FLOOR))),
        ]
    }
}

async fn open(path: &Path) -> Arc<dyn RegistryStore> {
    let store = SqliteStore::open(path).await;
    Arc::new(store.expect("remove it if it is of another schema"))
}
