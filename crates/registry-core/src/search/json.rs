//! The JSON form of filters.
//!
//! A group is `{"and": [...]}` or `{"or": [...]}`, a negation `{"not": {...}}`, a comparison
//! `{"field": "metrics.val_loss", "operator": "<", "value": 0.4}`; `in` and `not-in` have `"values": [...]` (a version
//! range `"value"`), `exists` has neither.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::error::{SearchError, SearchProblem, nearest};
use super::field::Field;
use super::filter::{Filter, Node};
use super::test::{Literal, Operand, Operator, Test};

/// Every shape at once; which it is follows from the keys.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wire {
    #[serde(skip_serializing_if = "Option::is_none")]
    and: Option<Vec<Filter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    or: Option<Vec<Filter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not: Option<Box<Filter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Value>>,
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(None)?;
        match self.node() {
            Node::All(filters) => map.serialize_entry("and", filters)?,
            Node::Any(filters) => map.serialize_entry("or", filters)?,
            Node::Not(filter) => map.serialize_entry("not", filter)?,
            Node::Test(test) => {
                let (operator, operand) = test.parts();
                map.serialize_entry("field", &test.field().to_string())?;
                map.serialize_entry("operator", operator.as_str())?;
                match operand {
                    Operand::None => {}
                    Operand::One(literal) => map.serialize_entry("value", &json(literal))?,
                    Operand::List(literals) => {
                        let values: Vec<Value> = literals.into_iter().map(json).collect();
                        map.serialize_entry("values", &values)?;
                    }
                }
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Wire::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl TryFrom<Wire> for Filter {
    type Error = SearchError;

    fn try_from(wire: Wire) -> Result<Self, SearchError> {
        let empty = |group: &str| bad(format!("`{group}` has no members"));
        let filter = match wire {
            Wire {
                and: Some(filters),
                or: None,
                not: None,
                field: None,
                operator: None,
                value: None,
                values: None,
            } => Self::all(filters).ok_or_else(|| empty("and"))?,
            Wire {
                and: None,
                or: Some(filters),
                not: None,
                field: None,
                operator: None,
                value: None,
                values: None,
            } => Self::any(filters).ok_or_else(|| empty("or"))?,
            Wire {
                and: None,
                or: None,
                not: Some(filter),
                field: None,
                operator: None,
                value: None,
                values: None,
            } => !*filter,
            Wire {
                and: None,
                or: None,
                not: None,
                field: Some(field),
                operator: Some(operator),
                value,
                values,
            } => test(&field, &operator, value, values)?.into(),
            _ => {
                return Err(bad(
                    "it is neither `and`, `or`, `not` nor `field` with `operator`".into(),
                ));
            }
        };
        filter.check_limits()?;
        Ok(filter)
    }
}

fn test(
    field: &str,
    operator: &str,
    value: Option<Value>,
    values: Option<Vec<Value>>,
) -> Result<Test, SearchError> {
    let field = Field::parse(field)?;
    let operator = Operator::parse(operator).ok_or_else(|| {
        let names = Operator::ALL.map(Operator::as_str);
        SearchError::new(SearchProblem::UnknownOperator {
            found: operator.into(),
        })
        .expecting(format!("one of `{}`", names.join("` `")))
        .suggesting(nearest(operator, names))
    })?;
    let operand = match (value, values) {
        (None, None) => Operand::None,
        (Some(value), None) => Operand::One(literal(value)?),
        (None, Some(values)) => Operand::List(values.into_iter().map(literal).collect::<Result<_, _>>()?),
        (Some(_), Some(_)) => return Err(bad("it has both `value` and `values`".into())),
    };
    Test::new(&field, operator, operand)
}

fn bad(problem: String) -> SearchError {
    SearchError::new(SearchProblem::BadShape { problem })
}

fn literal(value: Value) -> Result<Literal, SearchError> {
    Ok(match value {
        Value::String(text) => Literal::Text(text),
        Value::Bool(value) => Literal::Boolean(value),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Literal::Integer(number),
            None => Literal::Number(number.as_f64().unwrap_or(f64::NAN)),
        },
        other => {
            return Err(SearchError::unfit(other.to_string(), "it is not a value")
                .expecting("a text, a number, true or false"));
        }
    })
}

fn json(literal: Literal) -> Value {
    match literal {
        Literal::Word(text) | Literal::Text(text) => Value::String(text),
        Literal::Integer(number) => number.into(),
        Literal::Number(number) => number.into(),
        Literal::Boolean(value) => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_stands_for_a_text() {
        for (json, text) in [
            (
                r#"{"field":"tag","operator":"=","value":"production"}"#,
                "tag = production",
            ),
            (r#"{"field":"id","operator":"in","values":[1,2]}"#, "id in (1, 2)"),
            (
                r#"{"field":"version","operator":"in","value":"^1.2"}"#,
                "version in \"^1.2\"",
            ),
            (r#"{"field":"metrics.x","operator":"exists"}"#, "metrics.x exists"),
            (
                r#"{"field":"metadata.x","operator":"!=","value":true}"#,
                "metadata.x != true",
            ),
            (
                r#"{"field":"size","operator":"<","value":"1 GB"}"#,
                "size < 1024 MB",
            ),
            (
                r#"{"field":"created_at","operator":">","value":"7d ago"}"#,
                "created_at > 1w ago",
            ),
            (
                r#"{"and":[{"field":"name","operator":"~","value":"a*"},{"not":{"or":[{"field":"id","operator":"=","value":1},{"field":"id","operator":"=","value":2}]}}]}"#,
                "name ~ \"a*\" and not (id = 1 or id = 2)",
            ),
        ] {
            let filter: Filter = serde_json::from_str(json).unwrap();
            assert_eq!(filter.to_string(), text);
            assert_eq!(filter, Filter::parse(text).unwrap());
        }
    }

    #[test]
    fn other_shapes_are_refused_with_a_reason() {
        for (json, said) in [
            ("{}", "neither"),
            (r#"{"and":[]}"#, "no members"),
            (r#"{"and":[],"or":[]}"#, "neither"),
            (r#"{"field":"tag"}"#, "neither"),
            (
                r#"{"field":"tag","operator":"=","value":"a","x":1}"#,
                "unknown field",
            ),
            (r#"{"field":"tag","operator":"=","value":5}"#, "not a text"),
            (r#"{"field":"name","operator":"<","value":5}"#, "not a text"),
            (
                r#"{"field":"id","operator":"=","value":"5"}"#,
                "not a whole number",
            ),
            (r#"{"field":"id","operator":"~","value":"5"}"#, "cannot be used"),
            (
                r#"{"field":"metrics.x","operator":"<","value":"5"}"#,
                "not a number",
            ),
            (
                r#"{"field":"metadata.x","operator":"<","value":true}"#,
                "no order",
            ),
            (
                r#"{"field":"metadata.x","operator":"=","value":[1]}"#,
                "not a value",
            ),
            (
                r#"{"field":"tag","operator":"in","values":[]}"#,
                "at least one value",
            ),
            (r#"{"field":"tag","operator":"in","value":"a"}"#, "parentheses"),
            (r#"{"field":"tag","operator":"=","values":["a"]}"#, "not a list"),
            (r#"{"field":"tag","operator":"exists","value":"a"}"#, "no value"),
            (r#"{"field":"tags","operator":"exists"}"#, "did you mean `tag`?"),
            (
                r#"{"field":"tag","operator":"not in","values":["a"]}"#,
                "did you mean `not-in`?",
            ),
            (
                r#"{"field":"tag","operator":"=","value":"a","values":["b"]}"#,
                "both",
            ),
            ("5", "invalid type"),
        ] {
            let error = serde_json::from_str::<Filter>(json).unwrap_err().to_string();
            assert!(error.contains(said), "{json}: {error}");
        }
        let deep = format!("{}{}{}", "{\"not\":".repeat(100_000), "{}", "}".repeat(100_000));
        assert!(serde_json::from_str::<Filter>(&deep).is_err());
    }
}
