//! The model that contestants register, as each of them needs it.

use registry_core::{Metadata, Metrics, Registration, Timestamp, Version, WriteContext};
use registry_tests::{a_model, alice, at, tag};

pub(crate) const METRICS: [f64; 5] = [0.38, 1.46, 0.91, 0.89, 12.5];
pub(crate) const METRICS_JSON: &str =
    r#"{"val_loss":0.38,"perplexity":1.46,"accuracy":0.91,"f1":0.89,"latency_ms":12.5}"#;
pub(crate) const METADATA_JSON: &str = r#"{"framework":"pytorch","seed":42,"optimizer":{"name":"adamw"}}"#;
pub(crate) const PATH: &str = "s3://models/bench.pt";
pub(crate) const TASK: &str = "language_modeling";
pub(crate) const HASH: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// Its events: one of its own, one for each label.
pub(crate) const EVENTS: [(&str, Option<&str>); 3] = [
    ("registered", None),
    ("labelled", Some("baseline")),
    ("labelled", Some("candidate")),
];

/// A model with five metrics, two labels and some metadata.
pub(crate) fn registration(name: &str, number: usize) -> Registration {
    let mut model = a_model(name, "1.0.0").build();
    model.version = version(number).into();
    model.metrics = METRICS_JSON.parse::<Metrics>().unwrap();
    model.metadata = METADATA_JSON.parse::<Metadata>().unwrap();
    model.tags = vec![tag("baseline"), tag("candidate")];
    model
}

pub(crate) fn version(number: usize) -> Version {
    Version::new(1, u64::try_from(number).unwrap(), 0)
}

pub(crate) fn now() -> Timestamp {
    at(70_000_000)
}

pub(crate) fn context() -> WriteContext {
    WriteContext::new(alice(), now())
}
