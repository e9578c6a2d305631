//! What a migration did or would do, and which migrations a registry has.

use std::fmt;

use serde::Serialize;

use super::schema;
use crate::inspect::SchemaState;

/// What a migration did, or in a rehearsal would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationReport {
    /// The registry.
    pub location: String,
    /// Whether this was a rehearsal: nothing was changed.
    pub dry_run: bool,
    /// What there was.
    pub from: String,
    /// Its schema version; `None` where there was none.
    pub from_version: Option<i64>,
    /// The schema version that it has now.
    pub to_version: i64,
    /// Whether there was anything to do.
    pub changed: bool,
}

impl MigrationReport {
    pub(super) fn new(location: String, found: SchemaState, dry_run: bool) -> Self {
        Self {
            location,
            dry_run,
            from: describe(found),
            from_version: version(found),
            to_version: schema::latest(),
            changed: found != SchemaState::Current,
        }
    }
}

impl fmt::Display for MigrationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            location,
            from,
            to_version,
            ..
        } = self;
        match (self.changed, self.dry_run) {
            (false, _) => write!(f, "`{location}` is up to date (schema {to_version})"),
            (true, false) => write!(f, "`{location}`: from {from} to schema {to_version}"),
            (true, true) => write!(
                f,
                "`{location}` would go from {from} to schema {to_version}; nothing was changed"
            ),
        }
    }
}

/// Which migrations a registry has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationStatus {
    /// The registry.
    pub location: String,
    /// What is there, in words.
    pub state: String,
    /// Whether it is a registry and up to date.
    pub current: bool,
    /// Its schema version; `None` where there is none.
    pub found: Option<i64>,
    /// The version this program works with.
    pub needed: i64,
    /// Every migration, in order.
    pub migrations: Vec<MigrationState>,
}

/// One migration of a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationState {
    /// Its number.
    pub version: i64,
    /// What it is called.
    pub description: String,
    /// Whether the registry has it.
    pub applied: bool,
}

impl MigrationStatus {
    pub(super) fn new(location: String, state: SchemaState, applied: &[i64]) -> Self {
        let known = schema::migrations().map(|migration| MigrationState {
            version: migration.version,
            description: migration.description.to_string(),
            applied: applied.contains(&migration.version),
        });
        let is_known = |version: i64| schema::migrations().any(|migration| migration.version == version);
        let unknown = applied.iter().filter(|&&version| !is_known(version));
        let unknown = unknown.map(|&version| MigrationState {
            version,
            description: "of a later release".into(),
            applied: true,
        });
        Self {
            location,
            state: describe(state),
            current: state == SchemaState::Current,
            found: applied.iter().copied().max(),
            needed: schema::latest(),
            migrations: known.chain(unknown).collect(),
        }
    }
}

impl fmt::Display for MigrationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.location, self.state)?;
        for migration in &self.migrations {
            let applied = if migration.applied { "applied" } else { "pending" };
            write!(
                f,
                "\n{:04} {} {applied}",
                migration.version, migration.description
            )?;
        }
        Ok(())
    }
}

fn version(state: SchemaState) -> Option<i64> {
    match state {
        SchemaState::Missing => None,
        SchemaState::Outdated { found, .. } | SchemaState::Newer { found, .. } => Some(found),
        SchemaState::Current => Some(schema::latest()),
    }
}

fn describe(state: SchemaState) -> String {
    match state {
        SchemaState::Missing => "no registry".into(),
        SchemaState::Outdated { found, .. } => format!("schema {found}"),
        SchemaState::Current => format!("schema {}, up to date", schema::latest()),
        SchemaState::Newer { found, .. } => format!("schema {found} of a later release"),
    }
}
