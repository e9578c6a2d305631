//! Registries behind a pgbouncer.

use registry_postgres::{ConnectOptions, PostgresStore};
use throwaway_postgres::Pooler;
use url::Url;

use crate::PostgresRegistry;

/// A registry of its own for a test, and a pgbouncer before it that nobody else uses.
pub struct PooledRegistry {
    /// How to reach it through the pgbouncer.
    pub options: ConnectOptions,
    /// The registry behind.
    pub registry: PostgresRegistry,
    /// The pgbouncer.
    pub pooler: Pooler,
}

impl PooledRegistry {
    /// An empty registry; the pgbouncer has so many sessions of the server.
    pub async fn new(sessions: u32) -> Self {
        let registry = PostgresRegistry::new().await;
        let pooler = before(registry.url(), sessions, "");
        let mut options = ConnectOptions::parse(&through(&pooler, registry.url(), true)).unwrap();
        options.pool_size = registry.options.pool_size;
        Self {
            options,
            registry,
            pooler,
        }
    }

    /// Opens it through the pgbouncer.
    pub async fn open(&self) -> PostgresStore {
        PostgresStore::open(&self.options).await.unwrap()
    }
}

/// A pgbouncer before the server of this address.
pub fn before(url: &str, sessions: u32, settings: &str) -> Pooler {
    let driver: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let host = driver.get_socket().map_or_else(
        || driver.get_host().to_owned(),
        |folder| folder.display().to_string(),
    );
    let mut server = format!(
        "host={host} port={} user={}",
        driver.get_port(),
        driver.get_username()
    );
    if let Some(password) = Url::parse(url).unwrap().password() {
        server = format!("{server} password={password}");
    }
    Pooler::start(&server, sessions, settings).unwrap_or_else(|error| panic!("{error}"))
}

/// The address of the same database through the pgbouncer, which is named as one or not.
pub fn through(pooler: &Pooler, url: &str, named: bool) -> String {
    let (folder, port) = pooler.address();
    let database = Url::parse(url).unwrap().path().to_owned();
    let switch = if named { "&pooler=transaction" } else { "" };
    format!(
        "postgres://{database}?host={}&port={port}&user=anybody{switch}",
        folder.display()
    )
}
