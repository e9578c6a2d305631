//! Comparisons with values of metadata. SQLite sorts numbers before texts before blobs (booleans are blobs), so that a
//! bound on one side needs one on the other to keep to its kind.

use registry_core::search::{Comparable, MetadataPath, MetadataTest, Order, Scalar};

use super::{has, member, operator};
use crate::search::condition::glob::fits;
use crate::search::statement::{Binds, Value};

/// Where texts begin and end.
const TEXTS: (&str, &str) = ("''", "x''");

pub(super) fn comparison(path: &MetadataPath, test: &MetadataTest, binds: &mut Binds) -> String {
    let path = binds.bind(path.to_string().as_str());
    let test = match test {
        MetadataTest::Is(test) => member("+leaf.value", test, &value, binds),
        MetadataTest::Compare(order, other) => range("+leaf.value", *order, other, binds),
        MetadataTest::Glob(glob) => {
            let (from, to) = TEXTS;
            let fits = fits("+leaf.value", glob, binds);
            format!("+leaf.value >= {from} AND +leaf.value < {to} AND {fits}")
        }
    };
    has(
        "model_metadata AS leaf",
        &format!("leaf.path = {path} AND {test}"),
    )
}

/// A value as it is stored.
pub(in crate::search) fn value(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Number(number) => Value::from(*number),
        Scalar::Text(text) => Value::text(text),
        Scalar::Boolean(boolean) => Value::Blob(vec![u8::from(*boolean)]),
    }
}

/// Whether the value at `place` lies before or behind another of its kind.
fn range(place: &str, order: Order, other: &Comparable, binds: &mut Binds) -> String {
    let (value, kind) = match other {
        Comparable::Number(number) => (Value::from(*number), (None, Some(TEXTS.0))),
        Comparable::Text(text) => (Value::text(text), (Some(TEXTS.0), Some(TEXTS.1))),
    };
    let other = binds.bind(value);
    let bounded = format!("{place} {} {other}", operator(order));
    match (order, kind) {
        (Order::Less | Order::AtMost, (Some(from), _)) => format!("{bounded} AND {place} >= {from}"),
        (Order::Greater | Order::AtLeast, (_, Some(to))) => format!("{bounded} AND {place} < {to}"),
        _ => bounded,
    }
}
