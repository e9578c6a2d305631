//! Registries on a PostgreSQL server, each in a database of its own that is made anew. Contestants share it: each writes
//! under names of its own.

#[path = "postgres/bare.rs"]
mod bare;
#[path = "postgres/bulk.rs"]
mod bulk;
#[path = "postgres/sql.rs"]
mod sql;

use std::sync::Arc;

use async_trait::async_trait;
use registry_core::RegistryStore;
use registry_postgres::{ConnectOptions, PostgresStore};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use throwaway_postgres::{Binaries, VARIABLE};
use url::Url;

use crate::contestant::Contestant;
use crate::fixture::{Ground, fill};
use crate::others::Figure;
use crate::store::Store;

/// What one would set on a server of this size that others rely on. What is committed is on the disk.
const SETTINGS: &[(&str, &str)] = &[
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("autovacuum", "on"),
    ("shared_buffers", "1GB"),
    ("effective_cache_size", "4GB"),
    ("max_wal_size", "8GB"),
    ("random_page_cost", "1.1"),
];

pub(crate) struct Server {
    url: String,
    /// Stops when the benchmark ends.
    _own: Option<throwaway_postgres::Server>,
}

impl Server {
    /// A server of its own, on a disk; or the one that is named.
    pub(crate) fn start() -> Self {
        if let Ok(url) = std::env::var(VARIABLE) {
            return Self { url, _own: None };
        }
        let binaries = Binaries::find().expect("no PostgreSQL");
        let server = throwaway_postgres::Server::start_on_disk(&binaries, SETTINGS).unwrap();
        Self {
            url: server.url("postgres"),
            _own: Some(server),
        }
    }

    async fn run(&self, statement: &str) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    }
}

/// A database with a registry in it.
pub(crate) struct Registry {
    url: String,
}

impl Registry {
    pub(crate) async fn of(size: usize, server: &Server) -> Self {
        let name = format!("registry_bench_{size}");
        server
            .run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await;
        server
            .run(&format!("CREATE DATABASE {name} TEMPLATE template0"))
            .await;
        let mut url = Url::parse(&server.url).unwrap();
        url.set_path(&name);
        let registry = Self { url: url.into() };
        registry.make(size).await;
        registry
    }

    async fn make(&self, size: usize) {
        let store = PostgresStore::open_or_create(&self.options(4)).await.unwrap();
        let mut connection = self.connect().await;
        let indexes = indexes(&mut connection).await;
        for (name, _) in &indexes {
            run(&mut connection, &format!("DROP INDEX {name}")).await;
        }
        fill(&store, size, async || {
            let mut connection = self.connect().await;
            run(&mut connection, "SET maintenance_work_mem = '512MB'").await;
            for (_, statement) in &indexes {
                run(&mut connection, statement).await;
            }
        })
        .await;
        store.close().await;
        // As it is after a while.
        run(&mut connection, "VACUUM ANALYZE").await;
        run(&mut connection, "CHECKPOINT").await;
        let bytes = connection
            .fetch_one("SELECT pg_database_size(current_database())")
            .await;
        eprintln!("{size} models, {} MB", bytes.unwrap().get::<i64, _>(0) >> 20);
    }

    fn options(&self, connections: u32) -> ConnectOptions {
        let mut options = ConnectOptions::parse(&self.url).unwrap();
        options.pool_size = connections;
        options
    }

    async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }
}

#[async_trait(?Send)]
impl Ground for Registry {
    fn address(&self) -> String {
        self.url.clone()
    }

    async fn open(&self) -> Arc<dyn RegistryStore> {
        self.writable(8).await
    }

    async fn writable(&self, writers: u32) -> Arc<dyn RegistryStore> {
        Arc::new(PostgresStore::open(&self.options(writers)).await.unwrap())
    }

    async fn readers(&self) -> Vec<Box<dyn Contestant>> {
        vec![
            Box::new(Store(self.writable(4).await)),
            Box::new(bare::Bare::open(&self.url, 4).await),
        ]
    }

    async fn writers(&self) -> Vec<Box<dyn Contestant>> {
        self.readers().await
    }

    async fn figures(&self, size: usize, wanted: &dyn Fn(&str) -> bool) -> Vec<Figure> {
        if wanted("copy") {
            bulk::measure(self, size).await
        } else {
            Vec::new()
        }
    }
}

/// Every index but those of keys and the one by which a registration finds the highest version: name and statement.
async fn indexes(connection: &mut PgConnection) -> Vec<(String, String)> {
    const INDEXES: &str = "SELECT indexname::text, indexdef FROM pg_indexes \
        WHERE schemaname = current_schema() AND indexname <> 'models_by_name' \
        AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY 1";
    let rows = connection.fetch_all(INDEXES).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn run(connection: &mut PgConnection, statement: &str) {
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}
