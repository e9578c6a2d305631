//! The meaning of each comparison, on two models.

use crate::search::{Context, Filter};
use crate::{
    Actor, CheckpointPath, ConfigHash, Export, ExportFormat, MemoryGb, Metadata, Metrics, Model, ModelId,
    ModelName, SizeMb, Status, Tag, TagName, TaskType, Timestamp, Version,
};

/// A model without anything optional.
fn bare() -> Model {
    let at = Timestamp::parse("2026-01-31T12:00:00Z").unwrap();
    Model {
        id: ModelId::try_from(7).unwrap(),
        name: ModelName::parse("gpt-small").unwrap(),
        version: Version::parse("1.2.0-rc.1").unwrap(),
        ordinal: 3,
        checkpoint_path: CheckpointPath::parse("models/gpt.pt").unwrap(),
        checkpoint_absolute: None,
        size_bytes: None,
        task_type: TaskType::parse("language_modeling").unwrap(),
        config_hash: ConfigHash::parse("abc").unwrap(),
        training_run_id: None,
        parent: None,
        created_at: at,
        updated_at: at,
        created_by: Actor::parse("ada").unwrap(),
        metrics: Metrics::default(),
        declared_formats: Vec::new(),
        exports: Vec::new(),
        model_size_mb: None,
        memory_req_gb: None,
        metadata: Metadata::default(),
        notes: None,
        status: Status::Active,
        tags: Vec::new(),
    }
}

/// A model with everything.
fn full() -> Model {
    let bare = bare();
    let format = |text| ExportFormat::parse(text).unwrap();
    let export = Export {
        format: format("onnx"),
        path: bare.checkpoint_path.clone(),
        created_at: bare.created_at,
        metadata: Metadata::default(),
    };
    let tag = |name| Tag {
        name: TagName::parse(name).unwrap(),
        since: bare.created_at,
        promoted: true,
    };
    Model {
        training_run_id: Some(9_007_199_254_740_993.try_into().unwrap()),
        parent: Some(ModelId::try_from(5).unwrap()),
        metrics: r#"{"val_loss": 0.38, "top 1": 90}"#.parse().unwrap(),
        declared_formats: vec![format("torchscript")],
        exports: vec![export],
        model_size_mb: Some(SizeMb::try_from(1536.0).unwrap()),
        memory_req_gb: Some(MemoryGb::try_from(0.5).unwrap()),
        metadata: r#"{"n": 5, "t": "5", "b": true, "z": null, "o": {"x": [1, {"y": "deep"}], "0": "key"}, "big": 9007199254740993}"#
            .parse()
            .unwrap(),
        tags: vec![tag("production"), tag("baseline")],
        ..bare
    }
}

fn holds(text: &str, model: &Model, ancestors: &[i64]) -> bool {
    let now = Timestamp::parse("2026-02-07T12:00:00Z").unwrap();
    let ancestors: Vec<ModelId> = ancestors
        .iter()
        .map(|id| ModelId::try_from(*id).unwrap())
        .collect();
    let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{error}"));
    filter.matches(
        model,
        &Context {
            now,
            ancestors: &ancestors,
        },
    )
}

#[test]
fn comparisons_that_hold() {
    for text in [
        "id = 7 and id != 8 and id < 8 and id >= 7 and id in (1, 7) and id exists",
        "ordinal = 3 and parent = 5 and parent != 6",
        "training_run_id = 9007199254740993 and training_run_id != 9007199254740992",
        "name = gpt-small and name < gpt-t and name > GPT-small and name ~ gpt-* and name ~* GPT-*",
        "version = 1.2.0-rc.1 and version < 1.2.0 and version > 1.2.0-beta and version ~ \"*-rc.?\"",
        "version not-in ^1.1 and version in ^1.2.0-rc.0 and version in (1.2.0-rc.1, 2.0.0)",
        "task_type ~ language* and config_hash = abc and path ~ *.pt and actor = ada",
        "status = active and status != retired and status in (active, retired)",
        "tag = production and tag = baseline and tag != staging and tag ~ prod* and tag not-in (staging, x)",
        "exports.format = onnx and exports.format = torchscript and exports.format ~* ONNX",
        "ancestor = 5 and ancestor = 2 and ancestor != 3 and ancestor in (2, 99) and ancestor exists",
        "created_at = 7d ago and created_at >= 1w ago and created_at < 6d ago and created_at = 2026-01-31T12:00:00Z",
        "created_at > 2026-01-31 and updated_at < 2026-02-01",
        "size = 1.5 GB and size < 2000 and memory = 512 MB and memory <= 0.5",
        "metrics.val_loss < 0.4 and metrics.val_loss != 0.4 and metrics.\"top 1\" = 90.0",
        "metadata.n = 5 and metadata.n = 5.0 and metadata.n != \"5\" and metadata.t = \"5\" and metadata.t != 5",
        "metadata.n < 6 and not metadata.t < 6 and metadata.t < \"6\" and not metadata.n < \"6\"",
        "metadata.b = true and metadata.b != false and metadata.b != \"true\" and metadata.b != 1",
        "metadata.o.x[0] = 1 and metadata.o.x[1].y ~ d* and metadata.o.0 = key and not metadata.o[0] exists",
        "metadata.o exists and metadata.o.x exists and not metadata.z exists and not metadata.o.x.0 exists",
        "metadata.big = 9007199254740992",
        "not metadata.n ~ 5 and metadata.t ~ ? and metadata.t in (1, \"5\")",
    ] {
        assert!(holds(text, &full(), &[5, 2]), "{text}");
    }
}

#[test]
fn what_is_missing_fits_nothing_and_its_opposite_everything() {
    for field in [
        "parent",
        "training_run_id",
        "size",
        "memory",
        "metrics.x",
        "metadata.x",
        "metadata.x.y[0]",
    ] {
        for test in [
            "= 1",
            "!= 1",
            "< 1",
            "<= 1",
            "> 1",
            ">= 1",
            "in (1, 2)",
            "not-in (1, 2)",
            "exists",
        ] {
            assert!(!holds(&format!("{field} {test}"), &bare(), &[]), "{field} {test}");
            assert!(
                holds(&format!("not {field} {test}"), &bare(), &[]),
                "{field} {test}"
            );
        }
    }
    for test in [
        "= 1",
        "!= 1",
        "= \"a\"",
        "!= \"a\"",
        "~ \"*\"",
        "< 1",
        "not-in (1, true)",
    ] {
        for field in ["metadata.z", "metadata.o", "metadata.o.x"] {
            assert!(!holds(&format!("{field} {test}"), &full(), &[]), "{field} {test}");
        }
    }
}

#[test]
fn nothing_of_an_empty_set_fits() {
    for (field, value) in [("tag", "a"), ("exports.format", "a"), ("ancestor", "1")] {
        assert!(!holds(&format!("{field} = {value}"), &bare(), &[]));
        assert!(!holds(&format!("{field} in ({value}, {value})"), &bare(), &[]));
        assert!(!holds(&format!("{field} exists"), &bare(), &[]));
        assert!(holds(&format!("{field} != {value}"), &bare(), &[]));
        assert!(holds(&format!("{field} not-in ({value}, {value})"), &bare(), &[]));
    }
    assert!(!holds("tag ~ \"*\"", &bare(), &[]));
}
