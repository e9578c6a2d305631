//! What a database holds, before anybody opens it as a registry.

use registry_core::{Error, Result};
use sqlx::PgConnection;
use sqlx::migrate::Migrate;

use crate::migrate::schema;
use crate::options::ConnectOptions;
use crate::{connect, error};

/// What a schema of a database is to this registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// There is no registry in it.
    Missing,
    /// A registry of an earlier schema.
    Outdated {
        /// Its schema version.
        found: i64,
        /// The version this program works with.
        needed: i64,
    },
    /// A registry, up to date.
    Current,
    /// A registry of a later release.
    Newer {
        /// Its schema version.
        found: i64,
        /// The version this program works with.
        needed: i64,
    },
}

impl SchemaState {
    /// Refuses everything but a registry that is up to date, with the error that says what to do.
    pub(crate) fn require_current(self, location: &str) -> Result<()> {
        let location = location.to_owned();
        match self {
            Self::Current => Ok(()),
            Self::Missing => Err(Error::RegistryMissing { location }),
            Self::Outdated { found, needed } => Err(Error::RegistryOutdated {
                location,
                found,
                needed,
            }),
            Self::Newer { found, needed } => Err(Error::RegistryNewer {
                location,
                found,
                needed,
            }),
        }
    }
}

/// Says what is there. Never changes it.
pub(crate) async fn inspect(options: &ConnectOptions) -> Result<SchemaState> {
    let location = options.location();
    let mut connection = connect::single(options).await?;
    let state = state(&mut connection, &location).await;
    connect::close(connection).await;
    Ok(state?.0)
}

/// The state, and the migrations that it has.
pub(crate) async fn state(connection: &mut PgConnection, location: &str) -> Result<(SchemaState, Vec<i64>)> {
    let failed = |error| error::meaning(location, "look what is there", error);
    let tables = schema::tables();
    let found = sqlx::query_file_scalar!("queries/inspect/tables.sql", &tables)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    if !found.iter().any(|table| table == schema::TABLE) {
        return match found.first() {
            None => Ok((SchemaState::Missing, Vec::new())),
            Some(table) => Err(Error::NotARegistry {
                location: location.to_owned(),
                found: format!("it has a table `{table}` of another program"),
            }),
        };
    }
    let applied = connection.list_applied_migrations(schema::TABLE).await;
    let applied = applied.map_err(|error| schema::failed(location, error))?;
    for known in schema::migrations() {
        let row = applied.iter().find(|row| row.version == known.version);
        if row.is_some_and(|row| row.checksum != known.checksum) {
            return Err(Error::Damaged {
                location: location.to_owned(),
                problem: format!("its migration {} is not the one of this program", known.version),
            });
        }
    }
    let versions: Vec<i64> = applied.iter().map(|row| row.version).collect();
    let needed = schema::latest();
    let state = match versions.iter().max() {
        None => SchemaState::Missing,
        Some(&found) if found < needed => SchemaState::Outdated { found, needed },
        Some(&found) if found > needed => SchemaState::Newer { found, needed },
        Some(_) => SchemaState::Current,
    };
    Ok((state, versions))
}
