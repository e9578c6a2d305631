//! The registries that are measured, whichever database they are on.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use clap::ValueEnum;
use registry_core::{ModelId, RegistryStore, Selector};
use registry_tests::realistic;

use crate::contestant::Contestant;
use crate::others::Figure;
use crate::postgres::{self, Server};
use crate::sqlite;

/// Which database is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// Where registries are made.
pub(crate) enum Place<'a> {
    Folder(&'a Path),
    Server(Server),
}

impl<'a> Place<'a> {
    pub(crate) fn of(database: Database, folder: &'a Path) -> Self {
        match database {
            Database::Sqlite => Self::Folder(folder),
            Database::Postgres => Self::Server(Server::start()),
        }
    }
}

/// A registry of some size.
pub(crate) struct Fixture {
    pub(crate) size: usize,
    pub(crate) ground: Box<dyn Ground>,
    /// The last of a chain of ten.
    pub(crate) end_of_chain: ModelId,
}

/// What is different about a registry on each database.
#[async_trait(?Send)]
pub(crate) trait Ground {
    /// Its address.
    fn address(&self) -> String;

    /// Opens it.
    async fn open(&self) -> Arc<dyn RegistryStore>;

    /// Opens one that is the same and may be written to by so many at once.
    async fn writable(&self, writers: u32) -> Arc<dyn RegistryStore>;

    /// Those who read, the store first.
    async fn readers(&self) -> Vec<Box<dyn Contestant>>;

    /// Those who write, the store first.
    async fn writers(&self) -> Vec<Box<dyn Contestant>>;

    /// What is only measured here.
    async fn figures(&self, _size: usize, _wanted: &dyn Fn(&str) -> bool) -> Vec<Figure> {
        Vec::new()
    }
}

impl Fixture {
    pub(crate) async fn of(size: usize, place: &Place<'_>) -> Self {
        assert!(size >= 100, "a registry of fewer than 100 models says nothing");
        let ground: Box<dyn Ground> = match place {
            Place::Folder(folder) => Box::new(sqlite::File::of(size, folder).await),
            Place::Server(server) => Box::new(postgres::Registry::of(size, server).await),
        };
        let chain: Selector = realistic::CHAIN.parse().unwrap();
        let store = ground.open().await;
        let end = store.find(&chain).await.unwrap();
        Self {
            size,
            ground,
            end_of_chain: end.expect("a registry made by this benchmark").id,
        }
    }

    /// Ids all over the registry, in no order.
    pub(crate) fn ids(&self, count: usize) -> Vec<ModelId> {
        let step = 7_919 * 31;
        (0..count)
            .map(|place| ModelId::try_from(i64::try_from(place * step % self.size).unwrap() + 1).unwrap())
            .collect()
    }
}

/// The store fills it, without the indexes that a registration has no use for, if they are dropped: a million entries
/// are sorted in a fraction of the time that it takes to put each in its place. `then` makes them as they were.
pub(crate) async fn fill(store: &dyn RegistryStore, size: usize, then: impl AsyncFnOnce()) {
    realistic::fill_and_tell(store, size, |said| eprintln!("{said}"), then)
        .await
        .unwrap();
}
