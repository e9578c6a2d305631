//! What a database holds, before anybody opens it as a registry.

use registry_core::{Error, Result};
use sqlx::PgConnection;
use sqlx::migrate::Migrate;

use crate::migrate::schema;
use crate::options::ConnectOptions;
use crate::{connect, error};

/// How text is kept: any other encoding lacks letters, or puts them in another order.
const ENCODING: &str = "UTF8";

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
    let state = connect::answered(options, state(&mut connection, &location)).await;
    connect::close(connection).await;
    Ok(state?.0)
}

/// The state, and the migrations that it has.
pub(crate) async fn state(connection: &mut PgConnection, location: &str) -> Result<(SchemaState, Vec<i64>)> {
    let failed = |error| error::meaning(location, "look what is there", error);
    let tables = schema::tables();
    let found = sqlx::query_file!("queries/inspect/schema.sql", &tables)
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    if found.encoding != ENCODING {
        return Err(Error::NotARegistry {
            location: location.to_owned(),
            found: format!(
                "its database has the encoding {}, and one for a registry has {ENCODING}: `createdb --encoding \
                 {ENCODING} --template template0` makes it",
                found.encoding
            ),
        });
    }
    if let Some(schema) = found.closed {
        let reader = found.reader;
        return Err(Error::AccessDenied {
            location: location.to_owned(),
            problem: format!(
                "it may not use the schema {schema}, whose owner can run `GRANT USAGE ON SCHEMA {schema} TO {reader}`"
            ),
        });
    }
    if !found.tables.iter().any(|table| table == schema::TABLE) {
        return match found.tables.first() {
            None => Ok((SchemaState::Missing, Vec::new())),
            Some(table) => Err(Error::NotARegistry {
                location: location.to_owned(),
                found: format!("it has a table `{table}` of another program"),
            }),
        };
    }
    let versions = migrations(connection, location).await?;
    let needed = schema::latest();
    let state = match versions.iter().max() {
        None => SchemaState::Missing,
        Some(&found) if found < needed => SchemaState::Outdated { found, needed },
        Some(&found) if found > needed => SchemaState::Newer { found, needed },
        Some(_) => SchemaState::Current,
    };
    Ok((state, versions))
}

/// The migrations that are recorded, after a look whether they are ours, whole and without a gap.
async fn migrations(connection: &mut PgConnection, location: &str) -> Result<Vec<i64>> {
    let failed = |error| schema::failed(location, error);
    let damaged = |problem| Error::Damaged {
        location: location.to_owned(),
        problem,
    };
    let begun = connection.dirty_version(schema::TABLE).await.map_err(failed)?;
    if let Some(version) = begun {
        return Err(damaged(format!(
            "its migration {version} was begun and never finished"
        )));
    }
    let applied = connection.list_applied_migrations(schema::TABLE).await;
    let applied = applied.map_err(failed)?;
    for known in schema::migrations() {
        match applied.iter().find(|row| row.version == known.version) {
            Some(row) if row.checksum != known.checksum => {
                return Err(damaged(format!(
                    "its migration {} is not the one of this program",
                    known.version
                )));
            }
            None if applied.iter().any(|row| row.version > known.version) => {
                return Err(damaged(format!(
                    "its migration {} is missing, and a later one is there",
                    known.version
                )));
            }
            _ => {}
        }
    }
    Ok(applied.iter().map(|row| row.version).collect())
}
