//! The registry that the tests and the pictures show: four names, their versions over half a year, who promoted what and
//! why. Every time is fixed.

use registry_core::{
    Checkpoint, ConfigHash, MetricName, Metrics, ModelId, NewExport, Parent, PromoteRequest, PromotionScope,
    Registration, RegistryStore, Selector, Status, TagName, Timestamp, WriteContext,
};

/// Noon of the second of March 2026.
const BEGIN: i64 = 1_772_452_800;

/// Something that happens: the day, who does it, what.
struct Happening(i64, &'static str, What);

enum What {
    /// A version: its name, version, parent, loss, accuracy, milliseconds, megabytes, notes.
    Trained(
        &'static str,
        &'static str,
        Option<&'static str>,
        [f64; 4],
        &'static str,
    ),
    /// A model gets a tag, for a reason.
    Promoted(&'static str, &'static str, &'static str),
    /// A tag goes back to the version before, for a reason.
    RolledBack(&'static str, &'static str, &'static str),
    Labelled(&'static str, &'static str),
    Exported(&'static str, &'static str),
    Retired(&'static str),
}

use What::{Exported, Labelled, Promoted, Retired, RolledBack, Trained};

const STORY: &[Happening] = &[
    Happening(
        0,
        "mara",
        Trained(
            "text/base",
            "1.0.0",
            None,
            [2.31, 0.482, 41.0, 1480.0],
            "first run on the cleaned corpus",
        ),
    ),
    Happening(2, "mara", Labelled("text/base@1.0.0", "baseline")),
    Happening(
        9,
        "mara",
        Trained(
            "text/base",
            "1.1.0",
            Some("text/base@1.0.0"),
            [2.18, 0.507, 41.5, 1480.0],
            "longer context",
        ),
    ),
    Happening(
        15,
        "jonas",
        Trained(
            "support/reply",
            "1.0.0",
            Some("text/base@1.1.0"),
            [1.42, 0.681, 36.0, 742.0],
            "fine-tuned on tickets of 2025",
        ),
    ),
    Happening(
        17,
        "jonas",
        Promoted("support/reply@1.0.0", "staging", "to be tried by the team"),
    ),
    Happening(
        24,
        "aiko",
        Promoted("support/reply@1.0.0", "production", "first release"),
    ),
    Happening(
        31,
        "jonas",
        Trained(
            "support/reply",
            "1.1.0",
            Some("support/reply@1.0.0"),
            [1.31, 0.704, 36.2, 742.0],
            "",
        ),
    ),
    Happening(
        38,
        "lena",
        Trained(
            "vision/defects",
            "0.9.0",
            None,
            [0.613, 0.871, 12.4, 96.0],
            "line 3 only",
        ),
    ),
    Happening(
        45,
        "lena",
        Trained(
            "vision/defects",
            "1.0.0",
            Some("vision/defects@0.9.0"),
            [0.402, 0.923, 12.9, 96.0],
            "all lines",
        ),
    ),
    Happening(
        46,
        "aiko",
        Promoted("vision/defects@1.0.0", "production", "agreed with the plant"),
    ),
    Happening(
        52,
        "mara",
        Trained(
            "text/base",
            "2.0.0-rc.1",
            Some("text/base@1.1.0"),
            [1.98, 0.541, 58.0, 2960.0],
            "twice the layers",
        ),
    ),
    Happening(
        59,
        "mara",
        Trained(
            "text/base",
            "2.0.0",
            Some("text/base@2.0.0-rc.1"),
            [1.87, 0.559, 57.0, 2960.0],
            "",
        ),
    ),
    Happening(60, "mara", Labelled("text/base@2.0.0", "baseline")),
    Happening(
        66,
        "jonas",
        Trained(
            "support/reply",
            "1.2.0",
            Some("support/reply@1.1.0"),
            [1.24, 0.718, 35.1, 742.0],
            "",
        ),
    ),
    Happening(
        67,
        "jonas",
        Promoted("support/reply@1.2.0", "staging", "lower val_loss"),
    ),
    Happening(
        74,
        "aiko",
        Promoted(
            "support/reply@1.2.0",
            "production",
            "two weeks in staging without a complaint",
        ),
    ),
    Happening(
        80,
        "sam",
        Trained("search/rank", "1.0.0", None, [0.488, 0.774, 6.8, 210.0], ""),
    ),
    Happening(
        87,
        "sam",
        Trained(
            "search/rank",
            "1.1.0",
            Some("search/rank@1.0.0"),
            [0.471, 0.789, 7.1, 212.0],
            "click data of spring",
        ),
    ),
    Happening(
        88,
        "aiko",
        Promoted("search/rank@1.1.0", "production", "wins the split test"),
    ),
    Happening(95, "lena", Retired("vision/defects@0.9.0")),
    Happening(
        101,
        "jonas",
        Trained(
            "support/reply",
            "2.0.0",
            Some("text/base@2.0.0"),
            [1.08, 0.751, 49.0, 1485.0],
            "on the larger base; slower",
        ),
    ),
    Happening(103, "jonas", Exported("support/reply@2.0.0", "onnx")),
    Happening(
        104,
        "jonas",
        Promoted("support/reply@2.0.0", "staging", "new base"),
    ),
    Happening(
        110,
        "lena",
        Trained(
            "vision/defects",
            "1.1.0",
            Some("vision/defects@1.0.0"),
            [0.377, 0.931, 13.0, 97.0],
            "more night shifts",
        ),
    ),
    Happening(
        117,
        "aiko",
        Promoted("support/reply@2.0.0", "production", "best val_loss so far"),
    ),
    Happening(
        118,
        "aiko",
        RolledBack("support/reply", "production", "answers take too long at noon"),
    ),
    Happening(
        124,
        "sam",
        Trained(
            "search/rank",
            "1.2.0-beta.1",
            Some("search/rank@1.1.0"),
            [0.466, 0.792, 9.4, 260.0],
            "",
        ),
    ),
    Happening(
        131,
        "jonas",
        Trained(
            "support/reply",
            "2.1.0",
            Some("support/reply@2.0.0"),
            [1.09, 0.749, 33.0, 760.0],
            "distilled: as good and faster",
        ),
    ),
    Happening(132, "jonas", Exported("support/reply@2.1.0", "onnx")),
    Happening(
        133,
        "jonas",
        Promoted("support/reply@2.1.0", "staging", "quick enough now"),
    ),
];

/// Makes it happen.
pub(crate) async fn tell(store: &dyn RegistryStore) {
    store
        .set_promotion_scope(&on_day(-1, "aiko"), PromotionScope::Name)
        .await
        .unwrap();
    for Happening(day, who, what) in STORY {
        let context = on_day(*day, who);
        match what {
            Trained(name, version, parent, measured, notes) => {
                let model = trained(name, version, *parent, *measured, notes);
                store.register(&context, model).await.unwrap();
            }
            Promoted(model, tag, reason) => {
                let request = PromoteRequest::new(id(store, model).await, tag.parse::<TagName>().unwrap());
                let context = context.reason(reason.parse().unwrap());
                store.promote(&context, request).await.unwrap();
            }
            RolledBack(name, tag, reason) => {
                let context = context.reason(reason.parse().unwrap());
                let (tag, name) = (tag.parse().unwrap(), name.parse().unwrap());
                store.rollback(&context, &tag, Some(&name)).await.unwrap();
            }
            Labelled(model, tag) => {
                let tag = tag.parse().unwrap();
                store.label(&context, id(store, model).await, &tag).await.unwrap();
            }
            Exported(model, format) => {
                let export = NewExport {
                    format: format.parse().unwrap(),
                    path: format!("s3://exports/{}.{format}", model.replace('@', "-"))
                        .parse()
                        .unwrap(),
                    metadata: "{\"opset\": 21}".parse().unwrap(),
                };
                store
                    .add_export(&context, id(store, model).await, export)
                    .await
                    .unwrap();
            }
            Retired(model) => {
                store
                    .set_status(&context, id(store, model).await, Status::Retired)
                    .await
                    .unwrap();
            }
        }
    }
}

/// Somebody writes now.
pub fn context(who: &str) -> WriteContext {
    WriteContext::new(who.parse().unwrap(), Timestamp::now())
}

/// A model that is in no story.
pub fn a_registration(name: &str, version: &str) -> Registration {
    trained(name, version, None, [0.5, 0.8, 10.0, 100.0], "")
}

pub(crate) fn on_day(day: i64, who: &str) -> WriteContext {
    // Nobody works at the same minute every day.
    let seconds = BEGIN + day * 86_400 + (day * 37 % 300) * 60;
    let at = Timestamp::from_micros(seconds * 1_000_000).unwrap();
    WriteContext::new(who.parse().unwrap(), at)
}

async fn id(store: &dyn RegistryStore, model: &str) -> ModelId {
    let selector: Selector = model.parse().unwrap();
    store
        .find(&selector)
        .await
        .unwrap()
        .unwrap_or_else(|| panic!("no {model}"))
        .id
}

fn trained(name: &str, version: &str, parent: Option<&str>, measured: [f64; 4], notes: &str) -> Registration {
    let [loss, accuracy, latency, size] = measured;
    let (task, layers) = match name.split('/').next() {
        Some("vision") => ("image_classification", 18),
        Some("search") => ("ranking", 6),
        Some("support") => ("reply_suggestion", 24),
        _ => ("language_modeling", if size > 2_000.0 { 48 } else { 24 }),
    };
    let mut model = Registration::new(
        name.parse().unwrap(),
        version.parse::<registry_core::Version>().unwrap(),
        Checkpoint::elsewhere(format!("s3://models/{name}/{version}.safetensors")).unwrap(),
        task.parse().unwrap(),
        ConfigHash::of_json(&format!("{{\"layers\": {layers}, \"of\": \"{name}\"}}")).unwrap(),
    );
    let metrics = [
        ("val_loss", loss),
        ("accuracy", accuracy),
        ("latency_ms", latency),
        ("train_loss", ((loss * 0.9) * 1000.0).round() / 1000.0),
    ];
    let metrics = metrics.map(|(name, value)| (MetricName::parse(name).unwrap(), value));
    model.metrics = Metrics::from_pairs(metrics).unwrap();
    model.metadata = format!(
        "{{\"framework\": \"pytorch\", \"layers\": {layers}, \"optimizer\": {{\"name\": \"adamw\", \"lr\": 0.0003}}, \"seed\": 17}}"
    )
    .parse()
    .unwrap();
    model.model_size_mb = Some(size.try_into().unwrap());
    model.memory_req_gb = Some((size / 256.0).ceil().try_into().unwrap());
    model.parent = parent.map(|parent| {
        let (name, version) = parent.split_once('@').unwrap();
        Parent::Version(name.parse().unwrap(), version.parse().unwrap())
    });
    model.notes = (!notes.is_empty()).then(|| notes.parse().unwrap());
    model
}
