//! Comparisons with values of metadata. Each kind of value stands in a column of its own.

use registry_core::search::{Comparable, Membership, MetadataPath, MetadataTest, Scalar};

use super::{has, operator};
use crate::search::condition::glob::fits;
use crate::search::statement::{Binds, Value};

/// The columns of the kinds.
pub(in crate::search) const NUMBER: &str = "number";
pub(in crate::search) const TEXT: &str = "text";
pub(in crate::search) const BOOLEAN: &str = "boolean";

pub(super) fn comparison(path: &MetadataPath, test: &MetadataTest, binds: &mut Binds) -> String {
    let path = binds.bind(path.to_string().as_str());
    let mut any_of = |values: &[Scalar]| -> Vec<String> {
        let kinds = kinds(values).into_iter();
        let any_of = kinds.map(|(place, values)| format!("leaf.{place} {}", binds.any_of(&values)));
        any_of.collect()
    };
    let test = match test {
        MetadataTest::Is(Membership::In(values)) => format!("({})", any_of(values.values()).join(" OR ")),
        MetadataTest::Is(Membership::NotIn(values)) => {
            let none: Vec<String> = any_of(values.values())
                .iter()
                .map(|equal| format!(" AND ({equal}) IS NOT TRUE"))
                .collect();
            format!(
                "(leaf.{NUMBER} IS NOT NULL OR leaf.{TEXT} IS NOT NULL OR leaf.{BOOLEAN} IS NOT NULL){}",
                none.concat()
            )
        }
        MetadataTest::Compare(order, other) => {
            let (place, value) = match other {
                Comparable::Number(other) => (NUMBER, Value::from(*other)),
                Comparable::Text(other) => (TEXT, Value::text(other)),
            };
            format!("leaf.{place} {} {}", operator(*order), binds.bind(value))
        }
        MetadataTest::Glob(glob) => fits(&format!("leaf.{TEXT}"), glob, binds),
    };
    has("model_metadata AS leaf", &format!("leaf.path = {path}"), &test)
}

/// The values by kind, as they are stored: each column with those of its kind, if there are any.
pub(in crate::search) fn kinds(scalars: &[Scalar]) -> Vec<(&'static str, Vec<Value>)> {
    let mut kinds: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for scalar in scalars {
        let (place, value) = match scalar {
            Scalar::Number(number) => (NUMBER, Value::from(*number)),
            Scalar::Text(text) => (TEXT, Value::text(text)),
            Scalar::Boolean(boolean) => (BOOLEAN, Value::Boolean(*boolean)),
        };
        match kinds.iter_mut().find(|(other, _)| *other == place) {
            Some((_, values)) => values.push(value),
            None => kinds.push((place, vec![value])),
        }
    }
    kinds
}
