//! Values come back exactly as they were given.

use registry_core::{Metrics, Model};
use serde_json::{Value, json};

use crate::{Session, a_model, tag};

/// Registers, checks that the answer is what is found, and returns it.
async fn kept(registry: &Session, model: crate::ModelBuilder) -> Model {
    let answer = registry.register(model).await;
    let found = registry.get(&answer).await;
    assert_eq!(found, answer);
    found
}

pub(crate) async fn floats_to_the_last_bit(registry: Session) {
    let values = [
        0.0,
        -0.0,
        0.1,
        0.1 + 0.2,
        1.0 / 3.0,
        1e300,
        -1e300,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        f64::from_bits(1),
        -f64::from_bits(1),
        f64::from_bits(0x000f_ffff_ffff_ffff),
        f64::EPSILON,
        9_007_199_254_740_993.0,
        1e15,
        1e16,
        1e-7,
        123_456_789.123_456_79,
        5e-324,
        2.225_073_858_507_201e-308,
    ];
    let mut model = a_model("gpt", "1.0.0");
    for (place, value) in values.iter().enumerate() {
        model = model.metric(&format!("m{place}"), *value);
    }
    let model = kept(&registry, model.size_mb(f64::MAX).memory_gb(5e-324)).await;
    let found: Vec<u64> = model.metrics.iter().map(|(_, value)| value.to_bits()).collect();
    assert_eq!(found, values.map(f64::to_bits));
    assert_eq!(model.model_size_mb.unwrap().get().to_bits(), f64::MAX.to_bits());
    assert_eq!(model.memory_req_gb.unwrap().get().to_bits(), 5e-324_f64.to_bits());
}

pub(crate) async fn metrics_keep_their_order(registry: Session) {
    let order = ["z", "a", "m", "10", "9", "A", "é"];
    let model = order
        .iter()
        .fold(a_model("gpt", "1.0.0"), |model, name| model.metric(name, 1.0));
    let model = kept(&registry, model).await;
    let found: Vec<_> = model.metrics.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(found, order);
}

pub(crate) async fn a_thousand_metrics(registry: Session) {
    let pairs = (0..1000).map(|n| (format!("metric {n}").parse().unwrap(), f64::from(n) / 7.0));
    let mut model = a_model("gpt", "1.0.0").build();
    model.metrics = Metrics::from_pairs(pairs).unwrap();
    let answer = registry.registered(model).await.model;
    assert_eq!(registry.get(&answer).await.metrics.len(), 1000);
    assert_eq!(registry.get(&answer).await, answer);
}

pub(crate) async fn metadata_keeps_its_shape_and_order(registry: Session) {
    let text = r#"{"z":1,"a":[1,1.0,-0.0,"1",null,true,{"y":{},"x":[]}],"":"empty key","big":18446744073709551615,"low":-9223372036854775808,"e":1e300,"emoji":"😀","escapes":"\u0000\n\t\"\\"}"#;
    let model = kept(&registry, a_model("gpt", "1.0.0").metadata(text)).await;
    let expected: Value = serde_json::from_str(text).unwrap();
    assert_eq!(json!(model.metadata).to_string(), expected.to_string());
}

pub(crate) async fn metadata_of_a_megabyte(registry: Session) {
    let overhead = r#"{"k":""}"#.len();
    let text = format!(r#"{{"k":"{}"}}"#, "x".repeat((1 << 20) - overhead));
    kept(&registry, a_model("gpt", "1.0.0").metadata(&text)).await;
}

pub(crate) async fn metadata_nested_sixty_four_deep(registry: Session) {
    let text = format!(r#"{{"k":{}1{}}}"#, "[".repeat(63), "]".repeat(63));
    kept(&registry, a_model("gpt", "1.0.0").metadata(&text)).await;
}

pub(crate) async fn unicode_everywhere(registry: Session) {
    let text = "模型 ünïcode 😀 e\u{301} 'quoted' \"double\" %_\\ -- ;";
    let model = a_model(text, "1.0.0")
        .task(text)
        .tagged(text.trim())
        .metric(text, 1.0)
        .metadata(&json!({ text: text }).to_string())
        .notes(&format!("{text}\r\n\t{text}"))
        .format(text)
        .export(text, text);
    let model = kept(&registry, model).await;
    assert_eq!(model.name.as_str(), text);
    assert_eq!(registry.find(&format!("{text}@1.0.0")).await, Some(model.clone()));
    assert_eq!(registry.find(&format!(":{text}")).await, Some(model.clone()));
    assert!(model.tag(&tag(text)).is_some());
}

pub(crate) async fn composed_and_decomposed_names_differ(registry: Session) {
    registry.register(a_model("caf\u{e9}", "1.0.0")).await;
    registry.register(a_model("cafe\u{301}", "2.0.0")).await;
    assert_eq!(registry.found("caf\u{e9}").await, "caf\u{e9}@1.0.0");
    assert_eq!(registry.found("cafe\u{301}").await, "cafe\u{301}@2.0.0");
}

pub(crate) async fn texts_of_the_greatest_length(registry: Session) {
    let version = format!("1.0.0-{}", "a".repeat(250));
    let model = a_model("placeholder", &version)
        .task(&"t".repeat(128))
        .tagged(&"é".repeat(64))
        .metric(&"m".repeat(128), 1.0)
        .notes(&"n".repeat(65_536))
        .format(&"f".repeat(64))
        .export(&"e".repeat(64), &"p".repeat(4096));
    let mut model = model.build();
    model.name = "é".repeat(127).parse().unwrap();
    model.config_hash = registry_core::ConfigHash::parse("h".repeat(256)).unwrap();
    model.checkpoint = registry_core::Checkpoint::elsewhere("/".repeat(4096)).unwrap();
    let mut context = registry.context().reason("r".repeat(4096).parse().unwrap());
    context.actor = crate::actor(&"w".repeat(255));
    let answer = registry.store().register(&context, model).await.unwrap().model;
    assert_eq!(registry.get(&answer).await, answer);
    assert_eq!(registry.last_event().await.reason, context.reason);
}

pub(crate) async fn numbers_at_their_ends(registry: Session) {
    let low = kept(&registry, a_model("gpt", "1.0.0").run(1)).await;
    let high = kept(&registry, a_model("gpt", "1.1.0").run(i64::MAX)).await;
    assert_eq!(
        (low.training_run_id, high.training_run_id),
        (
            registry_core::TrainingRunId::try_from(1).ok(),
            registry_core::TrainingRunId::try_from(i64::MAX).ok()
        )
    );
    let version = format!("{0}.{0}.{0}-{0}0", u64::MAX);
    kept(&registry, a_model("gpt", &version)).await;
}

pub(crate) async fn moments_at_their_ends(registry: Session) {
    for (version, micros) in [
        ("1.0.0", -62_135_596_800_000_000),
        ("1.1.0", -1),
        ("1.2.0", 1_767_225_600_123_456),
        ("1.3.0", 253_402_300_799_999_999),
    ] {
        let at = registry_core::Timestamp::from_micros(micros).unwrap();
        let context = registry_core::WriteContext::new(crate::alice(), at);
        let model = a_model("gpt", version).tagged("a").export("onnx", "m").build();
        let answer = registry.store().register(&context, model).await.unwrap().model;
        assert_eq!((answer.created_at, answer.tags[0].since), (at, at));
        assert_eq!(registry.get(&answer).await, answer);
        assert_eq!(registry.last_event().await.at, at);
    }
    let listed = registry.list(registry_core::search::SearchQuery::default()).await;
    assert_eq!(listed, ["gpt@1.3.0", "gpt@1.2.0", "gpt@1.1.0", "gpt@1.0.0"]);
}

pub(crate) async fn texts_that_look_like_numbers(registry: Session) {
    let model = a_model("007", "1.0.0")
        .task("1e3")
        .tagged("00")
        .metadata(r#"{"1": "1.0"}"#);
    let model = kept(&registry, model).await;
    assert_eq!((model.name.as_str(), model.task_type.as_str()), ("007", "1e3"));
    assert_eq!(registry.found("007@1.0.0").await, "007@1.0.0");
}
