//! Random registries to search: more models, and odder ones, than random steps make.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use registry_core::{
    Checkpoint, ConfigHash, ExportFormat, Metadata, Metrics, Parent, Registration, RegistryStore, Result,
    Status, TagName, Timestamp, Version, WriteContext,
};

use super::{LAST_SECOND, requests, values};
use crate::{alice, at, bob};

/// A registry to be: what is registered at once, at some second.
#[derive(Debug, Clone)]
pub struct Population(Vec<(i64, Vec<Registration>)>);

impl Population {
    /// Registers them all.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn settle(&self, store: &dyn RegistryStore) -> Result<()> {
        for (place, (second, registrations)) in self.0.iter().enumerate() {
            let actor = if place % 3 == 1 { bob() } else { alice() };
            let context = WriteContext::new(actor, at(*second));
            store.register_many(&context, registrations.clone()).await?;
        }
        Ok(())
    }
}

/// Some thirty to sixty models, registered at few different times.
pub fn population() -> impl Strategy<Value = Population> {
    let batch = (0..=LAST_SECOND, vec((model(), 0..1_000_usize), 2..8));
    vec(batch, 8..10).prop_map(|batches| {
        let mut population = Population(Vec::new());
        let mut known: Vec<(String, String)> = Vec::new();
        for (second, models) in batches {
            let mut registrations = Vec::new();
            let before = i64::try_from(known.len()).unwrap();
            for ((mut registration, version), kin) in models {
                let identity = (registration.name.to_string(), version.to_string());
                if known.contains(&identity) {
                    continue;
                }
                registration.parent = parent(kin, before, registrations.len());
                known.push(identity);
                registrations.push(registration);
            }
            population.0.push((second, registrations));
        }
        population
    })
}

/// No parent, one of the models before, or an entry before.
fn parent(kin: usize, before: i64, entries: usize) -> Option<Parent> {
    let number = i64::try_from(kin / 3).unwrap();
    match kin % 3 {
        0 if before > 0 => Some(Parent::Id((number % before + 1).try_into().unwrap())),
        1 if entries > 0 => Some(Parent::Entry(kin % entries)),
        _ => None,
    }
}

fn model() -> impl Strategy<Value = (Registration, Version)> {
    let names = [
        "gpt",
        "gpt",
        "gpt-2",
        "GPT",
        "vit",
        "模型 é",
        "é",
        "a[b]*",
        "z^-]",
        "\u{FFFD}",
        "\u{FFFE}",
        "\u{10FFFF}g",
    ];
    let versions = [
        "1.0.0",
        "1.1.0-rc.2",
        "1.1.0-rc.10",
        "1.1.0",
        "1.10.0",
        "2.0.0-1",
        "2.0.0",
        "0.9.0-a",
        "0.0.1",
        "18446744073709551615.0.0",
    ];
    let paths = ["a.bin", "b.bin", "a[.]b", "s3://models/é.pt"];
    let identity = (
        select(names.to_vec()),
        select(versions.to_vec()),
        select(paths.to_vec()),
        values::task(),
        config(),
    );
    let measures = (
        metrics(),
        metadata(),
        option::of(values::run(prop_oneof![1..4_i64, Just(i64::MAX)])),
    );
    let sizes = (option::of(size()), option::of(size()), option::of(0..3_u64));
    let rest = (
        vec(tag(), 0..3),
        vec(requests::export(), 0..3),
        vec(format(), 0..2),
        proptest::bool::weighted(0.2),
    );
    (identity, measures, sizes, rest).prop_map(|(identity, measures, sizes, rest)| {
        let (name, version, path, task, config) = identity;
        let version = crate::version(version);
        let (size, memory, size_bytes) = sizes;
        let checkpoint = Checkpoint {
            path: path.parse().unwrap(),
            absolute: size_bytes.map(|_| "/models/model.bin".parse().unwrap()),
            size_bytes: size_bytes.map(|size| size << 20),
        };
        let mut registration =
            Registration::new(crate::name(name), version.clone(), checkpoint, task, config);
        registration.model_size_mb = size.map(|size| size.try_into().unwrap());
        registration.memory_req_gb = memory.map(|memory| memory.try_into().unwrap());
        (
            registration.metrics,
            registration.metadata,
            registration.training_run_id,
        ) = measures;
        let (tags, exports, formats, retired) = rest;
        registration.tags = tags;
        registration.exports = exports;
        registration.export_formats = formats;
        if retired {
            registration.status = Status::Retired;
        }
        (registration, version)
    })
}

fn config() -> impl Strategy<Value = ConfigHash> {
    select(vec!["{}", "[1]", "[2]", "[3]"]).prop_map(|config| ConfigHash::of_json(config).unwrap())
}

fn size() -> impl Strategy<Value = f64> {
    values::number().prop_map(f64::abs)
}

fn tag() -> impl Strategy<Value = TagName> {
    select(vec!["production", "baseline", "Baseline", "a*b", "[x]"]).prop_map(crate::tag)
}

fn format() -> impl Strategy<Value = ExportFormat> {
    select(vec!["onnx", "gguf", "ONNX"]).prop_map(|format| format.parse().unwrap())
}

fn metrics() -> impl Strategy<Value = Metrics> {
    let names = select(vec!["loss", "accuracy", "名", "top.1"]);
    let pairs = vec((names, values::number()), 0..4);
    pairs.prop_map(|pairs| {
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| (name.parse().unwrap(), value));
        Metrics::from_pairs(pairs).unwrap()
    })
}

/// Keys and values that are written with care: quotes, brackets, signs, every kind in one place.
fn metadata() -> impl Strategy<Value = Metadata> {
    let long = format!(r#"{{"a": "{}", "b": {{"c": 1}}}}"#, "x".repeat(1_025));
    let texts = [
        "{}",
        r#"{"a": 1}"#,
        r#"{"a": "1", "b": {"c": [null, "é"], "d": "text"}}"#,
        r#"{"a": true, "b": {"c": "é", "d": false}, "é": "É"}"#,
        r#"{"a": -1.5, "b": {"c": [0.5, "a*", {"d": 1e300}], "d": -0.0}}"#,
        r#"{"a b": {"c.d": [1, "x", true, null, {"[0]": "*["}]}, "e": "]^-"}"#,
        r#"{"a": null, "b": [], "": "nameless", "e": "[x]", "a b": "\u00e9\"\\"}"#,
        r#"{"a": "2", "b": {"d": 2, "c": [5e-324, true]}, "e": "]^"}"#,
        long.as_str(),
    ];
    let texts: Vec<Metadata> = texts.iter().map(|text| text.parse().unwrap()).collect();
    select(texts)
}

/// The times at which to ask.
pub fn moment() -> impl Strategy<Value = Timestamp> {
    (0..=LAST_SECOND).prop_map(at)
}
