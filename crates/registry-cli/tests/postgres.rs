//! The program on PostgreSQL: it answers as on SQLite, and shows no secret. Each test has a database of its own.

#![cfg(feature = "postgres")]
#![expect(
    clippy::unwrap_used,
    reason = "in a test a failed step is a failed test; clippy knows this only inside `#[test]`"
)]

#[path = "postgres/alike.rs"]
mod alike;
#[path = "postgres/copies.rs"]
mod copies;
#[path = "postgres/opening.rs"]
mod opening;
#[path = "postgres/races.rs"]
mod races;
#[path = "command_line/receiver.rs"]
mod receiver;
#[path = "postgres/replicas.rs"]
mod replicas;
#[path = "postgres/roles.rs"]
mod roles;
#[path = "command_line/sandbox.rs"]
#[expect(dead_code, reason = "the tests on files need more of it")]
mod sandbox;
#[path = "postgres/secrets.rs"]
mod secrets;
#[path = "command_line/serving.rs"]
#[expect(dead_code, reason = "the tests on files need more of it")]
mod serving;
#[path = "postgres/webhooks.rs"]
mod webhooks;

use registry_tests::Database;
use sandbox::Sandbox;

/// A folder, and an empty database that commands there work on.
struct Team {
    database: Database,
    sandbox: Sandbox,
}

impl Team {
    fn new() -> Self {
        let database = block_on(Database::new());
        let sandbox = sandbox_on(database.url());
        Self { database, sandbox }
    }

    /// Runs statements as the database's owner.
    fn execute(&self, statements: &str) {
        use sqlx::{Connection, Executor};
        block_on(async {
            let mut connection = sqlx::PgConnection::connect(self.database.url()).await.unwrap();
            connection
                .execute(sqlx::AssertSqlSafe(statements.to_owned()))
                .await
                .unwrap();
            connection.close().await.unwrap();
        });
    }
}

/// A folder in which commands work on this database.
fn sandbox_on(database: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.database = Some(database.to_owned());
    sandbox
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(work)
}
