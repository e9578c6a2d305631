//! Databases of a PostgreSQL server that lives as long as the test run.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use registry_postgres::{ConnectOptions, PostgresStore, migrate};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use url::Url;

/// A registry of its own for a test; the database goes when this is dropped.
pub struct PostgresRegistry {
    /// How to reach it.
    pub options: ConnectOptions,
    database: Database,
}

/// An empty database of its own for a test; it goes when this is dropped.
pub struct Database {
    name: String,
    url: String,
}

impl PostgresRegistry {
    /// An empty registry, copied from one that the first test made.
    pub async fn new() -> Self {
        let template = template().await;
        let database = Database::copied_from(&template).await;
        let mut options = ConnectOptions::parse(database.url()).unwrap();
        options.pool_size = 4;
        Self { options, database }
    }

    /// An empty registry in a database whose own order of text is that of a language: other letters than ASCII among
    /// them, small ones before large ones, and so on.
    pub async fn sorted_by_language() -> Self {
        let database =
            Database::copied_from("template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' ENCODING 'UTF8'").await;
        let mut options = ConnectOptions::parse(database.url()).unwrap();
        options.pool_size = 4;
        migrate::migrate(&options).await.unwrap();
        Self { options, database }
    }

    /// Opens it.
    pub async fn open(&self) -> PostgresStore {
        PostgresStore::open(&self.options).await.unwrap()
    }

    /// Makes it empty again, as if nothing had ever been in it.
    pub async fn clear(&self) {
        const EVERYTHING: &str = "
            DELETE FROM model_tags; DELETE FROM models; DELETE FROM events;
            DELETE FROM model_names; DELETE FROM settings;
            ALTER SEQUENCE model_ids RESTART; ALTER SEQUENCE event_ids RESTART;
        ";
        run(&mut self.connect().await, EVERYTHING).await;
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.database.url()
    }

    /// A connection of its own.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(self.database.url()).await.unwrap()
    }
}

impl Database {
    /// A database with nothing in it.
    pub async fn new() -> Self {
        Self::copied_from("template0").await
    }

    /// One that keeps text in this encoding.
    pub async fn encoded(encoding: &str) -> Self {
        let template = format!("template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'");
        Self::copied_from(&template).await
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its address for another role.
    pub fn url_as(&self, role: &str) -> String {
        let mut url = Url::parse(&self.url).unwrap();
        let others: Vec<(String, String)> = url
            .query_pairs()
            .into_owned()
            .filter(|(name, _)| name != "user")
            .collect();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(others)
            .append_pair("user", role);
        url.into()
    }

    async fn copied_from(template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("registry_test_{}_{count}", std::process::id());
        let mut server = server().await;
        // One of this name may be left from a process that had the same number.
        run(
            &mut server,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
        .await;
        run(
            &mut server,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        let url = url_of(&name);
        Self { name, url }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // Not on the test's own runtime, which may be the one that is dropping this.
        let dropping = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                run(&mut server().await, &drop).await;
            });
        });
        // A test that has failed already says why; this would only hide it.
        let _ = dropping.join();
    }
}

/// The name of a database with an empty registry in it, made by the first that asks.
async fn template() -> String {
    let name = format!("registry_template_{:016x}", digest_of_migrations());
    let mut server = server().await;
    let exists = format!("SELECT 1 FROM pg_database WHERE datname = '{name}' AND datallowconn = FALSE");
    if server
        .fetch_optional(AssertSqlSafe(exists.clone()))
        .await
        .unwrap()
        .is_some()
    {
        return name;
    }
    run(&mut server, "SELECT pg_advisory_lock(7)").await;
    if server
        .fetch_optional(AssertSqlSafe(exists))
        .await
        .unwrap()
        .is_none()
    {
        run(
            &mut server,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
        .await;
        run(&mut server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        let options = ConnectOptions::parse(&url_of(&name)).unwrap();
        migrate::migrate(&options).await.unwrap();
        // Nobody connects to it, so that it can always be copied; and so it is known to be complete.
        run(
            &mut server,
            &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS FALSE"),
        )
        .await;
    }
    name
}

/// A template of older migrations may be left on a server that outlives the run.
fn digest_of_migrations() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/postgres");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        std::fs::read(file).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}

/// A connection to the server, to make and drop databases.
async fn server() -> PgConnection {
    PgConnection::connect(&address()).await.unwrap()
}

fn address() -> String {
    throwaway_postgres::shared().unwrap_or_else(|error| panic!("{error}"))
}

fn url_of(database: &str) -> String {
    let mut url = Url::parse(&address()).unwrap();
    url.set_path(database);
    url.into()
}

async fn run(connection: &mut PgConnection, statement: &str) {
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}
