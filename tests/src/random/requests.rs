//! Random requests of the writes.

use proptest::prelude::*;
use registry_core::{
    Checkpoint, Expectation, FieldUpdate, MetadataUpdate, Metrics, MetricsPatch, MetricsUpdate, ModelRef,
    ModelUpdate, NewExport, Parent, PromoteRequest, Registration, Status,
};

use super::values;

/// One registration; rarely with a parent of a bulk request, which it doesn't belong to.
pub(super) fn registration() -> impl Strategy<Value = Registration> {
    entry(prop_oneof![
        12 => Just(None),
        6 => values::id().prop_map(|id| Some(Parent::Id(id))),
        2 => version_parent(),
        1 => (0..4_usize).prop_map(|place| Some(Parent::Entry(place))),
    ])
}

/// A bulk request whose entries name each other as parents.
pub(super) fn registrations() -> impl Strategy<Value = Vec<Registration>> {
    let entry = entry(prop_oneof![
        6 => Just(None),
        1 => values::id().prop_map(|id| Some(Parent::Id(id))),
        1 => version_parent(),
        2 => (0..4_usize).prop_map(|place| Some(Parent::Entry(place))),
    ]);
    proptest::collection::vec(entry, 0..4)
}

/// Models to begin with.
pub(super) fn some_models() -> impl Strategy<Value = Vec<Registration>> {
    let models = [
        ("gpt", "1.0.0"),
        ("gpt", "1.1.0-rc.2"),
        ("vit", "1.0.0"),
        ("gpt", "1.1.0"),
        ("vit", "0.9.0-a"),
        ("模型 é", "1.0.0"),
    ];
    let models = models.map(|(name, version)| crate::a_model(name, version).metric("loss", 0.5).build());
    Just(models.to_vec())
}

fn version_parent() -> impl Strategy<Value = Option<Parent>> {
    (values::name(), values::version()).prop_map(|(name, version)| Some(Parent::Version(name, version)))
}

fn entry(parent: impl Strategy<Value = Option<Parent>>) -> impl Strategy<Value = Registration> {
    let identity = (
        values::name(),
        values::choice(),
        checkpoint(),
        values::task(),
        values::config(),
    );
    let measures = (
        metrics(),
        values::metadata(),
        proptest::option::of(values::run(1..4_i64)),
    );
    let rest = (
        values::tags(),
        proptest::collection::vec(export(), 0..3),
        proptest::collection::vec(values::format(), 0..3),
        proptest::bool::weighted(0.1),
        parent,
    );
    (identity, measures, rest).prop_map(|(identity, measures, rest)| {
        let (name, version, checkpoint, task, config) = identity;
        let mut registration = Registration::new(name, version, checkpoint, task, config);
        (
            registration.metrics,
            registration.metadata,
            registration.training_run_id,
        ) = measures;
        let (tags, exports, formats, retired, parent) = rest;
        registration.tags = tags;
        registration.exports = exports;
        registration.export_formats = formats;
        registration.parent = parent;
        if retired {
            registration.status = Status::Retired;
        }
        registration
    })
}

fn checkpoint() -> impl Strategy<Value = Checkpoint> {
    let size = proptest::option::of(prop_oneof![Just(0), Just(3_u64 << 20), Just(1_234_567)]);
    (values::path(), size).prop_map(|(path, size_bytes)| Checkpoint {
        absolute: size_bytes.map(|_| format!("/models/{path}").parse().unwrap()),
        path: path.parse().unwrap(),
        size_bytes,
    })
}

fn metrics() -> impl Strategy<Value = Metrics> {
    let pairs = proptest::collection::vec((values::metric(), values::number()), 0..4);
    pairs.prop_map(|pairs| Metrics::from_pairs(pairs).unwrap())
}

pub(super) fn export() -> impl Strategy<Value = NewExport> {
    (values::format(), values::path(), values::metadata()).prop_map(|(format, path, metadata)| NewExport {
        format,
        path: path.parse().unwrap(),
        metadata,
    })
}

pub(super) fn promotion() -> impl Strategy<Value = PromoteRequest> {
    // Only the id of an expected holder counts.
    let holder = (values::id(), values::name(), values::version());
    let holder = holder.prop_map(|(id, name, version)| ModelRef { id, name, version });
    let expect = prop_oneof![
        12 => Just(None),
        1 => Just(Some(Expectation::Nobody)),
        3 => holder.prop_map(|model| Some(Expectation::Holder(model))),
    ];
    (
        values::id(),
        values::tag(),
        proptest::option::of(values::scope()),
        expect,
    )
        .prop_map(|(model, tag, scope, expect)| PromoteRequest {
            model,
            tag,
            scope,
            expect,
        })
}

/// Changes of few fields, often of none.
pub(super) fn update() -> impl Strategy<Value = ModelUpdate> {
    let described = (
        proptest::option::of(values::task()),
        metrics_update(),
        metadata_update(),
        field(prop_oneof![Just("n"), Just("two\nlines")]),
    );
    let measured = (
        field(values::number().prop_map(f64::abs)),
        field(values::number().prop_map(f64::abs)),
        field(values::run(1..=i64::MAX)),
        proptest::option::weighted(0.2, checkpoint()),
        field(values::id()),
    );
    (described, measured).prop_map(|(described, measured)| {
        let (task_type, metrics, metadata, notes) = described;
        let (memory, size, training_run_id, checkpoint, parent) = measured;
        ModelUpdate {
            task_type,
            metrics,
            metadata,
            memory_req_gb: map(memory, |number| number.try_into().unwrap()),
            model_size_mb: map(size, |number| number.try_into().unwrap()),
            training_run_id,
            notes: map(notes, |text| text.parse().unwrap()),
            checkpoint,
            parent,
        }
    })
}

fn field<T: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = FieldUpdate<T>> {
    prop_oneof![
        6 => Just(FieldUpdate::Keep),
        1 => Just(FieldUpdate::Clear),
        2 => value.prop_map(FieldUpdate::Set),
    ]
}

fn map<T, U>(field: FieldUpdate<T>, map: impl FnOnce(T) -> U) -> FieldUpdate<U> {
    match field {
        FieldUpdate::Keep => FieldUpdate::Keep,
        FieldUpdate::Clear => FieldUpdate::Clear,
        FieldUpdate::Set(value) => FieldUpdate::Set(map(value)),
    }
}

fn metrics_update() -> impl Strategy<Value = MetricsUpdate> {
    let change = (values::metric(), proptest::option::of(values::number()));
    let patch = proptest::collection::vec(change, 0..3);
    prop_oneof![
        3 => Just(MetricsUpdate::Keep),
        2 => patch.prop_map(|changes| MetricsUpdate::Merge(MetricsPatch::from_pairs(changes).unwrap())),
        1 => metrics().prop_map(MetricsUpdate::Replace),
    ]
}

fn metadata_update() -> impl Strategy<Value = MetadataUpdate> {
    prop_oneof![
        3 => Just(MetadataUpdate::Keep),
        2 => values::metadata().prop_map(|patch| MetadataUpdate::Merge(patch.into_map())),
        1 => values::metadata().prop_map(MetadataUpdate::Replace),
    ]
}
