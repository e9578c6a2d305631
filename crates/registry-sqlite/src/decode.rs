//! Lists arrive as one row of JSON made by SQLite, several times cheaper than a row for each entry.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The numbers whose 17 digits, as SQLite writes them, are exact. Farther out its last digit can be wrong; nearer than
/// these bounds it never is (`tests/exact.rs`).
const EXACT: std::ops::RangeInclusive<f64> = 1e-60..=1e60;

/// The records in a JSON list.
pub(crate) fn list<T: DeserializeOwned>(json: &str) -> sqlx::Result<Vec<T>> {
    serde_json::from_str(json).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// One record.
pub(crate) fn one<T: DeserializeOwned>(json: &str) -> sqlx::Result<T> {
    serde_json::from_str(json).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// A value as JSON text, to bind.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// Whether SQLite reads and writes the number's decimals without an error in the last digit.
pub(crate) fn is_exact_number(number: f64) -> bool {
    number == 0.0 || EXACT.contains(&number.abs())
}
