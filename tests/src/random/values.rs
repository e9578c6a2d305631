//! The few values that random steps are made of.

use proptest::prelude::*;
use proptest::sample::select;
use registry_core::{
    Bump, ConfigHash, ExportFormat, Metadata, MetricName, ModelId, ModelName, PromotionScope, Status,
    TagName, TaskType, TrainingRunId, Version, VersionChoice,
};

/// Mostly ids that exist.
pub(super) fn id() -> impl Strategy<Value = ModelId> {
    let id = prop_oneof![10 => 1..=3_i64, 4 => 4..=6_i64, 2 => 7..=12_i64, 1 => Just(i64::MAX)];
    id.prop_map(|id| ModelId::try_from(id).unwrap())
}

pub(super) fn run(number: impl Strategy<Value = i64>) -> impl Strategy<Value = TrainingRunId> {
    number.prop_map(|number| TrainingRunId::try_from(number).unwrap())
}

pub(super) fn name() -> impl Strategy<Value = ModelName> {
    select(vec!["gpt", "vit", "模型 é"]).prop_map(crate::name)
}

pub(super) fn some_name() -> impl Strategy<Value = Option<ModelName>> {
    proptest::option::weighted(0.3, name())
}

pub(super) fn version() -> impl Strategy<Value = Version> {
    let versions = [
        "1.0.0",
        "1.1.0-rc.2",
        "1.1.0-rc.10",
        "1.1.0",
        "1.10.0",
        "2.0.0",
        "0.9.0-a",
    ];
    select(versions.to_vec()).prop_map(crate::version)
}

pub(super) fn choice() -> impl Strategy<Value = VersionChoice> {
    let bump = select(vec![Bump::Major, Bump::Minor, Bump::Patch]).prop_map(VersionChoice::Next);
    prop_oneof![2 => version().prop_map(VersionChoice::Exact), 1 => bump]
}

pub(super) fn tag() -> impl Strategy<Value = TagName> {
    prop_oneof![6 => Just("production"), 1 => Just("baseline"), 1 => Just("Baseline")].prop_map(crate::tag)
}

pub(super) fn tags() -> impl Strategy<Value = Vec<TagName>> {
    prop_oneof![4 => Just(Vec::new()), 1 => proptest::collection::vec(tag(), 1..4)]
}

pub(super) fn task() -> impl Strategy<Value = TaskType> {
    select(vec!["text", "vision"]).prop_map(|task| task.parse().unwrap())
}

pub(super) fn config() -> impl Strategy<Value = ConfigHash> {
    select(vec!["{}", "[1]"]).prop_map(|config| ConfigHash::of_json(config).unwrap())
}

pub(super) fn metric() -> impl Strategy<Value = MetricName> {
    select(vec!["loss", "accuracy", "名"]).prop_map(|name| name.parse().unwrap())
}

pub(super) fn number() -> impl Strategy<Value = f64> {
    select(vec![0.5, 0.1, 0.1 + 0.2, 0.0, -0.0, -1.0, 1e300, 5e-324, 3.0])
}

pub(super) fn metadata() -> impl Strategy<Value = Metadata> {
    let texts = [
        "{}",
        r#"{"a": 1}"#,
        r#"{"a": 1.0, "b": {"c": [null, "é"]}}"#,
        r#"{"b": {"d": 2}, "a": null}"#,
    ];
    select(texts.to_vec()).prop_map(|text| text.parse().unwrap())
}

pub(super) fn status() -> impl Strategy<Value = Status> {
    select(vec![Status::Active, Status::Retired])
}

pub(super) fn scope() -> impl Strategy<Value = PromotionScope> {
    select(vec![
        PromotionScope::Registry,
        PromotionScope::Name,
        PromotionScope::None,
    ])
}

pub(super) fn format() -> impl Strategy<Value = ExportFormat> {
    select(vec!["onnx", "gguf"]).prop_map(|format| format.parse().unwrap())
}

pub(super) fn path() -> impl Strategy<Value = String> {
    select(vec!["a.bin", "b.bin"]).prop_map(str::to_owned)
}

pub(super) fn some_path() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(path())
}
