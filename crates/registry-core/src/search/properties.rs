//! Random filters, models and orders.

mod language;
mod laws;
mod paging;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::test::{Literal, Operand};
use super::*;
use crate::{
    Actor, CheckpointPath, ConfigHash, Export, ExportFormat, MemoryGb, Metadata, MetricName, Metrics, Model,
    ModelId, ModelName, SizeMb, Status, Tag, TagName, TaskType, Timestamp, Version,
};

/// Names few enough to meet, odd enough to need quotes.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["a", "b", "*", "gpt-*", "?", "gpt-small", "GPT-small", "gpt-2", "top 1", "x.y", "and", "7", "é", "0"])
            .prop_map(str::to_owned),
        1 => "\\PC{1,12}",
    ]
}

/// Text as metadata can hold it: control characters, quotes and backslashes too.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![word(), "[a-c\"'\\\\\n\t\u{7f}*?()=, ]{0,10}", any::<String>()]
        .prop_map(|text| text.replace('\0', ""))
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-4_i32..8).prop_map(|number| f64::from(number) / 2.0),
        1 => any::<f64>().prop_filter("finite", |number| number.is_finite()),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any_text().prop_map(Step::Key),
        3 => prop::sample::select(vec!["a", "b", "0"]).prop_map(|key| Step::Key(key.into())),
        2 => (0_u32..3).prop_map(Step::Index),
    ]
}

fn field() -> impl Strategy<Value = Field> {
    let fixed: Vec<Field> = "id name version ordinal task_type status tag config_hash parent ancestor training_run_id created_at updated_at size memory path actor exports.format"
        .split(' ')
        .map(|name| name.parse().unwrap())
        .collect();
    prop_oneof![
        4 => prop::sample::select(fixed),
        1 => word().prop_filter_map("a metric", |name| Field::metric(name).ok()),
        1 => prop::sample::select(vec!["a", "b"])
            .prop_map(|key| Field::Metadata(MetadataPath::key(key).unwrap())),
        1 => (any_text(), vec(step(), 0..3)).prop_map(|(first, mut steps)| {
            steps.insert(0, Step::Key(first));
            Field::Metadata(MetadataPath::new(steps).unwrap())
        }),
        1 => vec(prop::sample::select(vec![Step::Key("a".into()), Step::Key("b".into()), Step::Index(0)]), 1..3)
            .prop_filter_map("begins with a key", |steps| MetadataPath::new(steps).ok().map(Field::Metadata)),
    ]
}

/// A literal that may or may not fit the field.
fn literal(kind: FieldKind) -> BoxedStrategy<Literal> {
    let integer = || prop_oneof![4 => 0_i64..6, 1 => any::<i64>()].prop_map(Literal::Integer);
    let number = || any_number().prop_map(Literal::Number);
    let text = || any_text().prop_map(Literal::Text);
    match kind {
        FieldKind::Integer | FieldKind::SetOfIntegers => integer().boxed(),
        FieldKind::Number => prop_oneof![number(), integer()].boxed(),
        FieldKind::Text | FieldKind::SetOfTexts => text().boxed(),
        FieldKind::Version => prop::sample::select(vec![
            "1.0.0",
            "1.2.0",
            "2.0.0-rc.1",
            "2.0.0",
            "^1",
            "~1.2, >=1.2.3",
            "*",
        ])
        .prop_map(|text| Literal::Text(text.into()))
        .boxed(),
        FieldKind::Time => prop_oneof![
            (0_u64..400).prop_map(|hours| Literal::Word(format!("{hours}h ago"))),
            (0_i64..20).prop_map(|day| Literal::Word(day_of(day).to_string())),
        ]
        .boxed(),
        FieldKind::Status => prop::sample::select(vec!["active", "retired"])
            .prop_map(|text| Literal::Word(text.into()))
            .boxed(),
        FieldKind::Any => prop_oneof![
            integer(),
            number(),
            text(),
            any::<bool>().prop_map(Literal::Boolean)
        ]
        .boxed(),
    }
}

fn test() -> impl Strategy<Value = Test> {
    let operator = prop::sample::select(Operator::ALL.to_vec());
    (field(), operator)
        .prop_flat_map(|(field, operator)| {
            let literals = vec(literal(field.kind()), 1..4);
            let range = any::<bool>();
            (Just(field), Just(operator), literals, range)
        })
        .prop_filter_map(
            "field, operator and values fit",
            |(field, operator, mut literals, range)| {
                let operand = match operator {
                    Operator::Exists => Operand::None,
                    Operator::In | Operator::NotIn if !(range && field == Field::Version) => {
                        Operand::List(literals)
                    }
                    _ => Operand::One(literals.remove(0)),
                };
                Test::new(&field, operator, operand).ok()
            },
        )
}

fn filter() -> impl Strategy<Value = Filter> {
    test().prop_map(Filter::from).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..5).prop_filter_map("not empty", Filter::all),
            vec(inner.clone(), 1..5).prop_filter_map("not empty", Filter::any),
            inner.prop_map(|filter| !filter),
        ]
    })
}

fn day_of(day: i64) -> Timestamp {
    Timestamp::from_micros(1_767_225_600_000_000 + day * 86_400_000_000).unwrap()
}

fn now() -> Timestamp {
    day_of(15)
}

fn json_scalar() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0_i64..4).prop_map(Value::from),
        any_number().prop_map(Value::from),
        any_text().prop_map(Value::from),
        word().prop_map(Value::from),
    ]
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    json_scalar().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((prop::sample::select(vec!["a", "b", "0"]), inner), 0..3).prop_map(|entries| Value::Object(
                entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
            )),
        ]
    })
}

prop_compose! {
    fn texts()(
        name in word().prop_filter_map("a name", |text| ModelName::parse(text).ok()),
        task_type in word().prop_filter_map("a task type", |text| TaskType::parse(text).ok()),
        path in word().prop_filter_map("a path", |text| CheckpointPath::parse(text).ok()),
        actor in word().prop_filter_map("an actor", |text| Actor::parse(text).ok()),
        config_hash in prop::sample::select(vec!["a", "b", "7"]).prop_map(|text| ConfigHash::parse(text).unwrap()),
        tags in vec(word().prop_filter_map("a tag", |text| TagName::parse(text).ok()), 0..3),
        formats in vec(word().prop_filter_map("a format", |text| ExportFormat::parse(text).ok()), 0..3),
        notes in Just(None),
    ) -> Model {
        let export = |format: &ExportFormat| Export {
            format: format.clone(),
            path: path.clone(),
            created_at: now(),
            metadata: Metadata::default(),
        };
        Model {
            id: ModelId::try_from(1).unwrap(),
            name,
            version: Version::new(1, 0, 0),
            ordinal: 1,
            exports: formats.iter().skip(1).map(export).collect(),
            declared_formats: formats.into_iter().take(1).collect(),
            checkpoint_path: path,
            checkpoint_absolute: None,
            size_bytes: None,
            task_type,
            config_hash,
            training_run_id: None,
            parent: None,
            created_at: now(),
            updated_at: now(),
            created_by: actor,
            metrics: Metrics::default(),
            model_size_mb: None,
            memory_req_gb: None,
            metadata: Metadata::default(),
            notes,
            status: Status::Active,
            tags: tags.into_iter().map(|name| Tag { name, since: now(), promoted: false }).collect(),
        }
    }
}

prop_compose! {
    /// A model whose values often meet those of the filters.
    fn model()(
        model in texts(),
        (id, parent, run) in (1_i64..6, option::of(1_i64..6), option::of(1_i64..4)),
        ordinal in prop_oneof![4 => 1_u64..5, 1 => any::<u64>()],
        version in prop::sample::select(vec!["1.0.0", "1.2.0", "1.3.0-rc.1", "2.0.0-rc.1", "2.0.0"]),
        (created, updated) in (0_i64..20, 0_i64..20),
        (size, memory) in (option::of(0.0..4.0_f64), option::of((0_u8..4).prop_map(f64::from))),
        metrics in vec((prop::sample::select(vec!["a", "b", "top 1"]), any_number()), 0..3),
        metadata in vec((prop::sample::select(vec!["a", "a", "b", "0"]), prop_oneof![2 => json_scalar(), 1 => json()]), 0..4),
        retired in any::<bool>(),
    ) -> Model {
        let entries = metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let pairs = metrics.into_iter().map(|(name, value)| (MetricName::parse(name).unwrap(), value));
        Model {
            id: ModelId::try_from(id).unwrap(),
            parent: parent.map(|id| ModelId::try_from(id).unwrap()),
            training_run_id: run.map(|run| run.try_into().unwrap()),
            ordinal,
            version: version.parse().unwrap(),
            created_at: day_of(created),
            updated_at: day_of(updated),
            model_size_mb: size.map(|size| SizeMb::try_from((size * 2.0).round() / 2.0).unwrap()),
            memory_req_gb: memory.map(|memory| MemoryGb::try_from(memory).unwrap()),
            metrics: Metrics::from_pairs(pairs).unwrap(),
            metadata: Metadata::from_map(entries).unwrap(),
            status: if retired { Status::Retired } else { Status::Active },
            ..model
        }
    }
}

fn sort_field() -> impl Strategy<Value = SortField> {
    field().prop_filter_map("sortable", |field| SortField::try_from(field).ok())
}

fn sort() -> impl Strategy<Value = Sort> {
    let metric = prop::sample::select(vec!["metrics.a", "metrics.b", "memory", "parent", "name"]);
    let field = prop_oneof![sort_field(), metric.prop_map(|name| name.parse().unwrap())];
    (field, any::<bool>()).prop_map(|(field, descending)| Sort { field, descending })
}

fn order() -> impl Strategy<Value = SortOrder> {
    vec(sort(), 0..4).prop_filter_map("no field twice", |keys| SortOrder::new(keys).ok())
}
