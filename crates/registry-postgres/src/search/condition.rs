//! Filters as SQL conditions on the row `models`. They decide about a row that is found already: `OFFSET 0` keeps the
//! planner from beginning anywhere else.
//!
//! A condition may be NULL where it means false; `IS NOT TRUE` makes its opposite true, as two-valued logic has it.

mod glob;
mod metadata;

use registry_core::Timestamp;
use registry_core::search::{
    Field, Filter, Membership, Node, NumberField, Order, Ordered, SetField, SetTest, Test, TextTest,
    VersionTest,
};
use registry_core::{SortKey, Version, VersionRange};

use super::columns::Column;
use super::statement::{Binds, Value};

use self::glob::fits as fits_glob;
pub(super) use self::glob::pattern;
pub(super) use self::metadata::{BOOLEAN, NUMBER, TEXT, kinds as metadata_kinds};

/// Always true, and never.
const TRUE: &str = "TRUE";

/// The condition that a model fits, as far as it can be read from its row.
pub(super) fn condition(filter: &Filter, now: Timestamp, binds: &mut Binds) -> String {
    let mut group = |filters: &[Filter], between: &str| {
        let members: Vec<String> = filters
            .iter()
            .map(|filter| condition(filter, now, binds))
            .collect();
        format!("({})", members.join(between))
    };
    match filter.node() {
        Node::All(filters) => group(filters, " AND "),
        Node::Any(filters) => group(filters, " OR "),
        Node::Not(filter) => format!("(({}) IS NOT TRUE)", condition(filter, now, binds)),
        Node::Test(test) => comparison(test, now, binds),
    }
}

fn comparison(test: &Test, now: Timestamp, binds: &mut Binds) -> String {
    let column = |column: Column| format!("models.{}", column.name());
    match test {
        Test::Exists(field) => exists(field, binds),
        Test::Integer(field, test) => ordered(
            &column((*field).into()),
            test,
            &|value| Value::Integer(*value),
            binds,
        ),
        Test::Number(NumberField::Size, test) => {
            ordered(&column(Column::Size), test, &|value| Value::from(*value), binds)
        }
        Test::Number(NumberField::Memory, test) => {
            ordered(&column(Column::Memory), test, &|value| Value::from(*value), binds)
        }
        Test::Number(NumberField::Metric(name), test) => {
            let name = binds.bind(name.as_str());
            let test = ordered("metric.value", test, &|value| Value::from(*value), binds);
            has("model_metrics AS metric", &format!("metric.name = {name}"), &test)
        }
        Test::Text(field, TextTest::Ordered(test)) => {
            ordered(&column((*field).into()), test, &Value::text, binds)
        }
        Test::Text(field, TextTest::Glob(glob)) => fits_glob(&column((*field).into()), glob, binds),
        Test::Version(VersionTest::Ordered(test)) => {
            ordered(&column(Column::Version), test, &version_value, binds)
        }
        Test::Version(VersionTest::InRange(range)) => in_range(range, binds),
        Test::Version(VersionTest::NotInRange(range)) => format!("(NOT {})", in_range(range, binds)),
        Test::Version(VersionTest::Glob(glob)) => fits_glob("models.version", glob, binds),
        Test::Time(field, test) => ordered(
            &column((*field).into()),
            test,
            &|moment| Value::Integer(moment.resolve(now).as_micros()),
            binds,
        ),
        Test::Status(test) => member(
            &column(Column::Status),
            test,
            &|status| Value::from(status.as_str()),
            binds,
        ),
        Test::Set(field, test) => set(*field, test, binds),
        Test::Ancestor(test) => ancestor(test, binds),
        Test::Metadata(path, test) => metadata::comparison(path, test, binds),
    }
}

/// Whether the model has such a row in a table of its own. Its rows are looked up by the model, and by what stands with
/// it in the key; the rest is then checked on them.
fn has(table: &str, key: &str, condition: &str) -> String {
    let alias = table.rsplit(' ').next().unwrap_or(table);
    format!(
        "EXISTS (SELECT FROM (SELECT * FROM {table} WHERE {alias}.model_id = models.model_id AND {key} OFFSET 0) \
         AS {alias} WHERE {condition})"
    )
}

fn exists(field: &Field, binds: &mut Binds) -> String {
    let present = |column: Column| format!("(models.{} IS NOT NULL)", column.name());
    match field {
        Field::Integer(field) => present((*field).into()),
        Field::Number(NumberField::Size) => present(Column::Size),
        Field::Number(NumberField::Memory) => present(Column::Memory),
        Field::Number(NumberField::Metric(name)) => {
            let name = binds.bind(name.as_str());
            has("model_metrics AS metric", &format!("metric.name = {name}"), TRUE)
        }
        Field::Text(_) | Field::Version | Field::Time(_) | Field::Status => TRUE.to_owned(),
        Field::Set(field) => any_of_set(*field, |_| TRUE.to_owned()),
        Field::Ancestor => present(Column::Parent),
        Field::Metadata(path) => {
            let path = binds.bind(path.to_string().as_str());
            has("model_metadata AS leaf", &format!("leaf.path = {path}"), TRUE)
        }
    }
}

fn values<T>(values: &[T], value: &impl Fn(&T) -> Value) -> Vec<Value> {
    values.iter().map(value).collect()
}

fn member<T>(place: &str, test: &Membership<T>, value: &impl Fn(&T) -> Value, binds: &mut Binds) -> String {
    match test {
        Membership::In(wanted) => {
            let list = binds.any_of(&values(wanted.values(), value));
            format!("({place} {list})")
        }
        // NULL where there is no value.
        Membership::NotIn(unwanted) => {
            let list = binds.any_of(&values(unwanted.values(), value));
            format!("(NOT {place} {list})")
        }
    }
}

fn ordered<T>(place: &str, test: &Ordered<T>, value: &impl Fn(&T) -> Value, binds: &mut Binds) -> String {
    match test {
        Ordered::Is(test) => member(place, test, value, binds),
        Ordered::Compare(order, other) => {
            let other = binds.bind(value(other));
            format!("({place} {} {other})", operator(*order))
        }
    }
}

/// The operator of a direction.
pub(super) fn operator(order: Order) -> &'static str {
    match order {
        Order::Less => "<",
        Order::AtMost => "<=",
        Order::Greater => ">",
        Order::AtLeast => ">=",
    }
}

/// A version as it is stored to be compared.
pub(super) fn version_value(version: &Version) -> Value {
    Value::Bytes(version.sort_key().as_bytes().to_vec())
}

fn in_range(range: &VersionRange, binds: &mut Binds) -> String {
    let mut intervals = Vec::new();
    for interval in range.intervals() {
        let from = binds.bind(Value::Bytes(interval.from));
        let to = binds.bind(Value::Bytes(interval.to));
        let mut inside = format!("models.version_key >= {from} AND models.version_key < {to}");
        if interval.releases_only {
            inside.push_str(" AND length(models.version_key) = ");
            inside.push_str(&SortKey::RELEASE_BYTES.to_string());
        }
        intervals.push(inside);
    }
    if intervals.is_empty() {
        return "FALSE".to_owned();
    }
    format!("({})", intervals.join(" OR "))
}

/// Whether any of the set fits; formats stand in two tables.
fn any_of_set(field: SetField, mut fits: impl FnMut(&str) -> String) -> String {
    match field {
        SetField::Tag => {
            let fits = fits("held.tag_name");
            has("model_tags AS held", TRUE, &fits)
        }
        SetField::ExportFormat => {
            let (declared, exported) = (fits("declared.export_format"), fits("exported.export_format"));
            format!(
                "({} OR {})",
                has("model_formats AS declared", TRUE, &declared),
                has("model_exports AS exported", TRUE, &exported)
            )
        }
    }
}

fn set(field: SetField, test: &SetTest, binds: &mut Binds) -> String {
    match test {
        SetTest::Is(Membership::In(wanted)) => {
            let list = binds.any_of(&values(wanted.values(), &Value::text));
            any_of_set(field, |place| format!("{place} {list}"))
        }
        SetTest::Is(Membership::NotIn(unwanted)) => {
            let list = binds.any_of(&values(unwanted.values(), &Value::text));
            format!("(NOT {})", any_of_set(field, |place| format!("{place} {list}")))
        }
        SetTest::Glob(glob) => any_of_set(field, |place| fits_glob(place, glob, binds)),
    }
}

/// Up the line of parents; UNION ends where the stored parents form a cycle.
fn ancestor(test: &Membership<registry_core::ModelId>, binds: &mut Binds) -> String {
    let (ids, wanted) = match test {
        Membership::In(ids) => (ids, ""),
        Membership::NotIn(ids) => (ids, "NOT "),
    };
    let list = binds.any_of(&values(ids.values(), &|id| Value::Integer(id.get())));
    format!(
        "({wanted}EXISTS (WITH RECURSIVE line (model_id) AS (SELECT models.parent_model_id UNION \
         SELECT above.parent_model_id FROM line CROSS JOIN LATERAL (SELECT parent_model_id FROM models AS above \
         WHERE above.model_id = line.model_id OFFSET 0) AS above) SELECT FROM line WHERE line.model_id {list}))"
    )
}
