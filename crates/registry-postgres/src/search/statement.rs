//! A statement made at run time: its text, in which every value is a numbered parameter, and the values.

use registry_core::search::{Number, SearchText};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, AssertSqlSafe, PgExecutor};

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Missing,
    Integer(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
    Boolean(bool),
    /// Several of one kind.
    List(Vec<Value>),
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
    #[cfg(test)]
    fn type_name(&self) -> String {
        match self {
            Self::Missing | Self::Integer(_) => "bigint".to_owned(),
            Self::Real(_) => "double precision".to_owned(),
            Self::Text(_) => "text".to_owned(),
            Self::Bytes(_) => "bytea".to_owned(),
            Self::Boolean(_) => "boolean".to_owned(),
            Self::List(values) => {
                let each = values
                    .first()
                    .map_or_else(|| "bigint".to_owned(), Self::type_name);
                format!("{each}[]")
            }
        }
    }

    /// A text of a search.
    pub(super) fn text(text: &SearchText) -> Self {
        Self::from(text.as_str())
    }
}

/// The values of a statement in the making. A value may stand in several places of the text under its number.
#[derive(Debug, Default)]
pub(super) struct Binds(Vec<Value>);

impl Binds {
    /// Takes a value and says how the text names it: `$7`.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }

    /// The comparison of what stands before it with any of some values of one kind: `= $7` or `= ANY($7)`.
    pub(super) fn any_of(&mut self, values: &[Value]) -> String {
        match values {
            [value] => format!("= {}", self.bind(value.clone())),
            values => format!("= ANY({})", self.bind(Value::List(values.to_vec()))),
        }
    }

    /// The whole statement.
    pub(super) fn statement(self, text: String) -> Statement {
        Statement { text, values: self.0 }
    }
}

/// A statement ready to run.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) text: String,
    values: Vec<Value>,
}

impl Statement {
    /// The only value, a text.
    pub(super) async fn one(self, executor: impl PgExecutor<'_>) -> sqlx::Result<String> {
        let arguments = self.arguments()?;
        sqlx::query_scalar_with(AssertSqlSafe(self.text), arguments)
            .fetch_one(executor)
            .await
    }

    /// All rows, of whatever columns.
    pub(super) async fn rows(self, executor: impl PgExecutor<'_>) -> sqlx::Result<Vec<PgRow>> {
        let arguments = self.arguments()?;
        sqlx::query_with(AssertSqlSafe(self.text), arguments)
            .fetch_all(executor)
            .await
    }

    /// The types of its values, as a statement says them.
    #[cfg(test)]
    pub(super) fn types(&self) -> Vec<String> {
        self.values.iter().map(Value::type_name).collect()
    }

    fn arguments(&self) -> sqlx::Result<PgArguments> {
        let mut arguments = PgArguments::default();
        for value in &self.values {
            add(&mut arguments, value).map_err(sqlx::Error::Encode)?;
        }
        Ok(arguments)
    }
}

fn add(arguments: &mut PgArguments, value: &Value) -> Result<(), sqlx::error::BoxDynError> {
    match value {
        Value::Missing => arguments.add(None::<i64>),
        Value::Integer(value) => arguments.add(*value),
        Value::Real(value) => arguments.add(*value),
        Value::Text(value) => arguments.add(value.clone()),
        Value::Bytes(value) => arguments.add(value.clone()),
        Value::Boolean(value) => arguments.add(*value),
        Value::List(values) => add_list(arguments, values),
    }
}

fn add_list(arguments: &mut PgArguments, values: &[Value]) -> Result<(), sqlx::error::BoxDynError> {
    macro_rules! all {
        ($kind:ident) => {{
            let all = values.iter().filter_map(|value| match value {
                Value::$kind(value) => Some(value.clone()),
                _ => None,
            });
            arguments.add(all.collect::<Vec<_>>())
        }};
    }
    match values.first() {
        Some(Value::Real(_)) => all!(Real),
        Some(Value::Text(_)) => all!(Text),
        Some(Value::Bytes(_)) => all!(Bytes),
        Some(Value::Boolean(_)) => all!(Boolean),
        _ => all!(Integer),
    }
}
