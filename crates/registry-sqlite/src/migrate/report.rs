//! What a migration did or would do, and which migrations a file has.

use std::path::PathBuf;

use serde::Serialize;

pub use crate::adopt::Mending;

/// What a migration did, or in a rehearsal would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MigrationReport {
    /// The file.
    pub location: String,
    /// Whether this was a rehearsal: nothing was changed.
    pub dry_run: bool,
    /// What the file was.
    pub from: String,
    /// Its schema version; `None` where it had none.
    pub from_version: Option<i64>,
    /// The schema version that it has now.
    pub to_version: i64,
    /// Whether there was anything to do.
    pub changed: bool,
    /// The backup that was made of the file before.
    pub backup: Option<PathBuf>,
    /// Models taken over from the original.
    pub models: u64,
    /// Tags taken over.
    pub tags: u64,
    /// Exports taken over.
    pub exports: u64,
    /// Events written about that.
    pub events: u64,
    /// Every value that had to change to fit the rules.
    pub mendings: Vec<Mending>,
    /// Things of the users' own that stood in the way: renamed, or gone with their definitions.
    pub set_aside: Vec<String>,
    /// Tables and views of the users' own, left as they were.
    pub left_alone: Vec<String>,
}

impl MigrationReport {
    /// A report of nothing done yet.
    pub(super) fn new(location: String, from: &str, from_version: Option<i64>, dry_run: bool) -> Self {
        Self {
            location,
            dry_run,
            from: from.to_owned(),
            from_version,
            to_version: super::schema::latest(),
            changed: false,
            backup: None,
            models: 0,
            tags: 0,
            exports: 0,
            events: 0,
            mendings: Vec::new(),
            set_aside: Vec::new(),
            left_alone: Vec::new(),
        }
    }

    /// The report in plain text, line by line.
    pub fn lines(&self) -> Vec<String> {
        if !self.changed {
            return vec![format!(
                "`{}` is up to date (schema {})",
                self.location, self.to_version
            )];
        }
        let mut lines = vec![if self.dry_run {
            format!(
                "`{}` would go from {} to schema {}; nothing was changed",
                self.location, self.from, self.to_version
            )
        } else {
            format!(
                "`{}`: from {} to schema {}",
                self.location, self.from, self.to_version
            )
        }];
        if let Some(backup) = &self.backup {
            lines.push(format!("backup: {}", backup.display()));
        }
        if self.events > 0 || self.models > 0 {
            lines.push(format!(
                "taken over: {} models, {} tags, {} exports; {} events written",
                self.models, self.tags, self.exports, self.events
            ));
        }
        lines.extend(self.set_aside.iter().map(|what| format!("set aside: {what}")));
        lines.extend(
            self.left_alone
                .iter()
                .map(|what| format!("left as it was: {what}")),
        );
        if !self.mendings.is_empty() {
            lines.push(format!(
                "{} values had to change; each is kept under `adopted` in its model's metadata and in the history:",
                self.mendings.len()
            ));
            lines.extend(self.mendings.iter().map(|mending| format!("  {mending}")));
        }
        lines
    }
}

impl std::fmt::Display for MigrationReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

/// Which migrations a file has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationStatus {
    /// The file.
    pub location: String,
    /// What the file is, in words.
    pub state: String,
    /// Whether it is a registry and up to date.
    pub current: bool,
    /// Its schema version; `None` where it has none.
    pub found: Option<i64>,
    /// The version this program works with.
    pub needed: i64,
    /// Every migration, in order.
    pub migrations: Vec<MigrationState>,
}

/// One migration of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationState {
    /// Its number.
    pub version: i64,
    /// What it is called.
    pub description: String,
    /// Whether the file has it.
    pub applied: bool,
}

impl std::fmt::Display for MigrationStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
