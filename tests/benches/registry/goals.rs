//! What is to be reached.

use crate::contestant::BARE;
use crate::fixture::Database;

/// The highest ratio to another contestant that is good enough.
pub(crate) fn against(database: Database, operation: &str, other: &str) -> f64 {
    if database == Database::Postgres {
        return 1.3;
    }
    let (bare, floor) = match operation {
        "compare three" => (1.25, 6.0),
        "register" | "promote" => (1.3, 2.5),
        "bulk register, per model" => (1.3, 3.0),
        get if get.starts_with("get ") => (1.25, 10.0),
        _ => (1.1, 4.0),
    };
    if other == BARE { bare } else { floor }
}

/// How much longer an operation may take with a hundred times as many models.
pub(crate) fn growth(operation: &str) -> f64 {
    match operation {
        "register" | "promote" | "bulk register, per model" => 2.0,
        _ => 1.5,
    }
}

/// How many write at once, and how many times the writes of one they are to reach.
pub(crate) fn together(database: Database) -> (usize, f64) {
    match database {
        Database::Sqlite => (64, 2.5),
        Database::Postgres => (16, 1.5),
    }
}

/// How many times the gets of one reading task eight are to reach.
pub(crate) const PARALLEL_READS: f64 = 1.6;
