//! A statement made at run time: its text, in which every value is a numbered parameter, and the values.

use registry_core::search::{Number, SearchText};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, SqliteExecutor};

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Missing,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Self::Real(value.get())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl Value {
    /// A text of a search.
    pub(super) fn text(text: &SearchText) -> Self {
        Self::from(text.as_str())
    }
}

/// The values of a statement in the making. A value may stand in several places of the text under its number.
#[derive(Debug, Default)]
pub(super) struct Binds(Vec<Value>);

impl Binds {
    /// Takes a value and says how the text names it: `+?7`. The `+` keeps the planner from looking at the value; where
    /// it has looked (at a `LIMIT`, a pattern, or what statistics are about) it plans anew for each value that is bound.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("+?{}", self.0.len())
    }

    /// The comparison of what stands before it with any of some values: `= +?7` or `IN (+?7, +?8)`. Lists are filled up to
    /// a power of two, so that few texts exist and each is prepared once.
    pub(super) fn any_of(&mut self, values: &[Value]) -> String {
        match values {
            [] => "IN ()".to_owned(),
            [value] => format!("= {}", self.bind(value.clone())),
            [.., last] => {
                let room = values.len().next_power_of_two();
                let filled = values.iter().chain(std::iter::repeat(last)).take(room);
                let names: Vec<String> = filled.map(|value| self.bind(value.clone())).collect();
                format!("IN ({})", names.join(", "))
            }
        }
    }

    /// The whole statement.
    pub(super) fn statement(self, text: String) -> Statement {
        Statement { text, values: self.0 }
    }
}

/// A statement ready to run. It has one column of text.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) text: String,
    values: Vec<Value>,
}

impl Statement {
    /// The only row.
    pub(super) async fn one(self, executor: impl SqliteExecutor<'_>) -> sqlx::Result<String> {
        let arguments = self.arguments()?;
        sqlx::query_scalar_with(AssertSqlSafe(self.text), arguments)
            .fetch_one(executor)
            .await
    }

    /// All rows.
    pub(super) async fn all(self, executor: impl SqliteExecutor<'_>) -> sqlx::Result<Vec<String>> {
        let arguments = self.arguments()?;
        sqlx::query_scalar_with(AssertSqlSafe(self.text), arguments)
            .fetch_all(executor)
            .await
    }

    fn arguments(&self) -> sqlx::Result<SqliteArguments> {
        let mut arguments = SqliteArguments::default();
        for value in &self.values {
            let added = match value {
                Value::Missing => arguments.add(None::<i64>),
                Value::Integer(value) => arguments.add(*value),
                Value::Real(value) => arguments.add(*value),
                Value::Text(value) => arguments.add(value.clone()),
                Value::Blob(value) => arguments.add(value.clone()),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        Ok(arguments)
    }
}
