//! Every error that one program tells another is the same there.

use super::*;
use crate::identifier::ModelId;
use crate::search::Filter;

fn reference(id: i64) -> ModelRef {
    ModelRef {
        id: ModelId::try_from(id).unwrap(),
        name: "org/gpt".parse().unwrap(),
        version: "1.2.0-rc.1".parse().unwrap(),
    }
}

fn told(error: &Error) -> Error {
    let text = serde_json::to_string(&ErrorDocument::from(error)).unwrap();
    let document: ErrorDocument = serde_json::from_str(&text).unwrap();
    document.into_error("http://models", error.category())
}

fn refused(kind: ValueKind) -> Error {
    InvalidValue::new(kind, "é".repeat(100), "it is \"bad\"\n").into()
}

fn of_the_domain() -> Vec<Error> {
    let tag: TagName = "production".parse().unwrap();
    let missing = |wanted: &str| Error::ModelNotFound {
        wanted: wanted.into(),
    };
    let bulk = |line| Error::Bulk {
        failures: vec![
            LineError::new(line, refused(ValueKind::Registration)),
            LineError::new(line + 1, missing(":x")),
        ],
        total: 7,
    };
    let rollback = |obstacle| Error::Rollback {
        tag: tag.clone(),
        obstacle,
    };
    vec![
        refused(ValueKind::LineageScope),
        refused(ValueKind::Scope),
        Filter::parse("nam = gpt and metrics.val_loss < 0.4")
            .unwrap_err()
            .into(),
        Filter::parse("tag =").unwrap_err().into(),
        Error::ModelExists {
            name: "a".parse().unwrap(),
            version: "1.0.0".parse().unwrap(),
            holder: Some(reference(3)),
        },
        Error::ModelExists {
            name: "a".parse().unwrap(),
            version: "1.0.0".parse().unwrap(),
            holder: None,
        },
        missing("gpt@:production"),
        Error::NumbersExhausted { of: "models".into() },
        Error::ParentNotFound { wanted: "7".into() },
        Error::ParentCycle {
            model: reference(1),
            parent: reference(2),
        },
        Error::ModelRetired {
            model: reference(1),
            tag: tag.clone(),
        },
        Error::UnexpectedHolder {
            tag: tag.clone(),
            expected: None,
            holder: Some(reference(2)),
        },
        Error::TagNotHeld {
            model: reference(1),
            tag: tag.clone(),
        },
        rollback(RollbackObstacle::NoHolder),
        rollback(RollbackObstacle::Labelled(reference(1))),
        rollback(RollbackObstacle::NoPrevious(reference(1))),
        rollback(RollbackObstacle::PreviousDeleted(reference(1))),
        rollback(RollbackObstacle::PreviousRetired(reference(1))),
        rollback(RollbackObstacle::SeveralNames(vec![reference(1), reference(2)])),
        Error::ModelInUse {
            model: reference(1),
            tags: vec![tag.clone()],
            children: vec![reference(4)],
        },
        Error::ExportNotFound {
            model: reference(1),
            format: "onnx".parse().unwrap(),
            path: Some("a b".into()),
        },
        Error::IdempotencyKeyReused {
            key: "nightly-\"1\"".parse().unwrap(),
            at: Timestamp::EPOCH,
        },
        Error::WebhookNotFound { wanted: "7".into() },
        Error::WebhookExists {
            name: "ci".parse().unwrap(),
            holder: 3.try_into().unwrap(),
        },
        Error::TooManyWebhooks { limit: 100 },
        Error::DeliveryNotFound { wanted: "8".into() },
        Error::LeaseLost,
        Error::EmptyUpdate,
        bulk(2),
        Error::BulkStopped {
            registered: 3,
            total: 7,
            source: Box::new(bulk(4)),
        },
        Error::BulkStopped {
            registered: 3,
            total: 7,
            source: Box::new(missing("9")),
        },
    ]
}

#[test]
fn what_the_registry_refuses_is_told_whole() {
    for error in of_the_domain() {
        let again = told(&error);
        assert_eq!(format!("{again}"), format!("{error}"));
        assert_eq!(
            (again.code(), again.hint(), again.category()),
            (error.code(), error.hint(), error.category())
        );
        if !matches!(error, Error::Search(_)) {
            assert_eq!(format!("{again:?}"), format!("{error:?}"));
        }
    }
}

#[test]
fn what_has_no_fields_keeps_its_words() {
    let config = crate::ConfigHash::of_json("{").unwrap_err();
    for error in [
        Error::from(config),
        Error::RegistryMissing { location: "a".into() },
        Error::Damaged {
            location: "a".into(),
            problem: "b".into(),
        },
        Error::Unsupported {
            location: "a".into(),
            operation: "b",
            instead: "c",
        },
    ] {
        let again = told(&error);
        assert!(matches!(again, Error::Remote(_)));
        assert_eq!(
            (again.to_string(), again.code(), again.hint(), again.category()),
            (error.to_string(), error.code(), error.hint(), error.category())
        );
    }
}

#[test]
fn what_may_pass_is_typed_so_that_callers_can_wait() {
    let location = || "file".to_owned();
    for error in [
        Error::ReadOnly { location: location() },
        Error::StorageFull { location: location() },
        Error::Busy { location: location() },
        Error::TimedOut {
            location: location(),
            action: "a".into(),
        },
        Error::Unreachable {
            location: location(),
            problem: "b".into(),
        },
        Error::OutcomeUnknown {
            location: location(),
            problem: "b".into(),
        },
    ] {
        let again = told(&error);
        assert_eq!(std::mem::discriminant(&again), std::mem::discriminant(&error));
        assert!(again.to_string().contains("http://models"), "{again}");
    }
}

#[test]
fn a_place_from_elsewhere_has_bounds() {
    let text = r#"{"code":"invalid_search","message":"m","hint":"h","error":{"kind":"search","problem":"p",
        "place":{"bytes":{"start":9,"end":3},"line":1,"column":1,"shown":"a\u001bb","caret":18446744073709551615,
        "carets":18446744073709551615},"expected":null,"suggestion":null}}"#;
    let document: ErrorDocument = serde_json::from_str(text).unwrap();
    let error = document.into_error("x", Category::Usage).to_string();
    assert!(error.len() < 400 && !error.contains('\u{1b}'), "{error}");
}
