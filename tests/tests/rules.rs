//! The rules as tables: state and request in, changes or refusal out. No store, no I/O.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

use registry_core::backend::Change;
use registry_core::rules::{self, Decision, Holder, PromoteState, RegisterState, UpdateState};
use registry_core::{
    EventId, EventKind, Expectation, FieldUpdate, Model, ModelId, ModelRef, ModelUpdate, PromotionScope,
    RollbackObstacle, Status, WriteContext,
};
use registry_tests::{ModelBuilder, a_model, alice, at, tag, version};

fn context() -> WriteContext {
    WriteContext::new(alice(), at(5))
}

fn id(id: i64) -> ModelId {
    ModelId::try_from(id).unwrap()
}

/// The model that a registration becomes.
fn registered(number: i64, builder: ModelBuilder) -> Model {
    let registration = builder.build();
    let registry_core::VersionChoice::Exact(version) = registration.version.clone() else {
        panic!("an exact version")
    };
    let state = RegisterState {
        id: id(number),
        last_ordinal: 0,
        existing: None,
        parent: None,
        promoted_holders: vec![],
    };
    rules::register(state, registration, version, &context())
        .unwrap()
        .outcome
        .model
}

fn reference(number: i64, name: &str) -> ModelRef {
    registered(number, a_model(name, "1.0.0")).reference()
}

fn holder(number: i64, name: &str, status: Status, promoted: bool) -> Holder {
    Holder {
        model: reference(number, name),
        status,
        promoted,
        event: EventId(number * 10),
    }
}

fn promoted(number: i64) -> Holder {
    holder(number, "gpt", Status::Active, true)
}

fn labelled(number: i64) -> Holder {
    holder(number, "gpt", Status::Active, false)
}

fn retired(number: i64) -> Holder {
    holder(number, "gpt", Status::Retired, true)
}

fn kinds<T>(decision: &Decision<T>) -> Vec<EventKind> {
    decision.events.iter().map(|event| event.kind).collect()
}

/// Every event of a decision that gives a tag is named by exactly one change, and by its place.
fn assert_tags_name_their_events<T>(decision: &Decision<T>) {
    let named = decision.changes.iter().filter_map(|change| match change {
        Change::PutTag { event, .. } => usize::try_from(event.0).ok(),
        _ => None,
    });
    let given = (0..decision.events.len()).filter(|&place| decision.events[place].kind.gives_tag());
    assert_eq!(named.collect::<Vec<_>>(), given.collect::<Vec<_>>());
}

#[test]
fn register_counts_on_and_refuses_what_is_taken() {
    let state = |existing| RegisterState {
        id: id(7),
        last_ordinal: 4,
        existing,
        parent: Some(reference(3, "base")),
        promoted_holders: vec![],
    };
    let registration = a_model("gpt", "1.0.0")
        .tagged("b")
        .tagged("a")
        .tagged("b")
        .export("onnx", "m")
        .build();
    let version = version("1.0.0");
    let decision = rules::register(state(None), registration.clone(), version.clone(), &context()).unwrap();
    let model = &decision.outcome.model;
    assert_eq!((model.id, model.ordinal, model.parent), (id(7), 5, Some(id(3))));
    assert_eq!(
        kinds(&decision),
        [
            EventKind::Registered,
            EventKind::Labelled,
            EventKind::Labelled,
            EventKind::ExportAdded
        ]
    );
    assert_tags_name_their_events(&decision);
    assert!(matches!(&decision.changes[0], Change::InsertModel(inserted) if inserted.as_ref() == model));
    let error = rules::register(
        state(Some(reference(2, "gpt"))),
        registration,
        version,
        &context(),
    );
    assert_eq!(error.unwrap_err().code(), "model_exists");
}

#[test]
fn promote_by_table() {
    use PromotionScope::{Name, None as Nobody, Registry};
    /// Scope, holders, who loses the tag, the event of the holder before, whether it changes. Promoted is model 1.
    type Row = (PromotionScope, Vec<Holder>, Vec<i64>, Option<i64>, bool);
    let table: Vec<Row> = vec![
        (Registry, vec![], vec![], None, true),
        (Registry, vec![promoted(2)], vec![2], Some(20), true),
        (
            Registry,
            vec![promoted(3), labelled(2)],
            vec![3, 2],
            Some(30),
            true,
        ),
        (
            Registry,
            vec![retired(3), promoted(2)],
            vec![3, 2],
            Some(20),
            true,
        ),
        (Registry, vec![retired(3)], vec![3], Some(30), true),
        (
            Registry,
            vec![retired(4), labelled(1), retired(3)],
            vec![4, 3],
            Some(40),
            true,
        ),
        (Registry, vec![promoted(1)], vec![], None, false),
        (Registry, vec![labelled(1)], vec![], None, true),
        (Registry, vec![promoted(2), promoted(1)], vec![2], Some(20), true),
        (Name, vec![promoted(2)], vec![2], Some(20), true),
        (Nobody, vec![promoted(2)], vec![], Some(20), true),
        (Nobody, vec![promoted(1)], vec![], None, false),
        (Nobody, vec![promoted(2), promoted(1)], vec![], Some(20), true),
    ];
    for (place, (scope, holders, lost, previous, changed)) in table.into_iter().enumerate() {
        let state = PromoteState {
            model: registered(1, a_model("gpt", "1.0.0")),
            scope,
            holders,
        };
        let decision = rules::promote(state, &tag("production"), None, &context()).unwrap();
        let losers: Vec<i64> = decision.outcome.lost.iter().map(|model| model.id.get()).collect();
        assert_eq!(losers, lost, "row {place}");
        assert_eq!(decision.outcome.changed, changed, "row {place}");
        let named = decision.events.last().and_then(|event| event.previous);
        assert_eq!(named, previous.map(EventId), "row {place}");
        assert_eq!(decision.events.is_empty(), !changed, "row {place}");
        assert_eq!(decision.changes.len(), decision.events.len(), "row {place}");
        assert_tags_name_their_events(&decision);
    }
}

#[test]
fn promote_refuses_by_table() {
    let holders = || vec![retired(4), promoted(3), labelled(2)];
    let expect = |number| Some(Expectation::Holder(reference(number, "gpt")));
    let table = [
        (Status::Retired, None, Some("model_retired")),
        (Status::Retired, expect(2), Some("model_retired")),
        (Status::Active, expect(3), None),
        (Status::Active, expect(2), Some("unexpected_holder")),
        (Status::Active, expect(4), Some("unexpected_holder")),
        (
            Status::Active,
            Some(Expectation::Nobody),
            Some("unexpected_holder"),
        ),
    ];
    for (place, (status, expect, refusal)) in table.into_iter().enumerate() {
        let mut model = registered(1, a_model("gpt", "1.0.0"));
        model.status = status;
        let state = PromoteState {
            model,
            scope: PromotionScope::Registry,
            holders: holders(),
        };
        let code = rules::promote(state, &tag("production"), expect, &context())
            .err()
            .map(|error| error.code().to_owned());
        assert_eq!(code.as_deref(), refusal, "row {place}");
    }
}

#[test]
fn rollback_takes_from_the_holder_by_table() {
    let other = |number| holder(number, "vit", Status::Active, true);
    let table: Vec<(Vec<Holder>, Result<i64, RollbackObstacle>)> = vec![
        (vec![], Err(RollbackObstacle::NoHolder)),
        (vec![retired(2)], Err(RollbackObstacle::NoHolder)),
        (vec![promoted(2), labelled(1)], Ok(2)),
        (vec![retired(3), promoted(2)], Ok(2)),
        (
            vec![labelled(2), promoted(1)],
            Err(RollbackObstacle::Labelled(reference(2, "gpt"))),
        ),
        (
            vec![other(3), promoted(2), promoted(1)],
            Err(RollbackObstacle::SeveralNames(vec![
                reference(3, "vit"),
                reference(2, "gpt"),
                reference(1, "gpt"),
            ])),
        ),
    ];
    for (place, (holders, expected)) in table.into_iter().enumerate() {
        let found = match rules::rollback_holder(&holders, &tag("production")) {
            Ok(holder) => Ok(holder.model.id.get()),
            Err(registry_core::Error::Rollback { obstacle, .. }) => Err(obstacle),
            Err(other) => panic!("row {place}: {other}"),
        };
        assert_eq!(found, expected, "row {place}");
    }
}

#[test]
fn delete_by_table() {
    let children = || vec![reference(2, "gpt"), reference(3, "gpt")];
    let table = [
        (false, vec![], false, true),
        (true, vec![], false, false),
        (false, children(), false, false),
        (true, children(), false, false),
        (false, vec![], true, true),
        (true, children(), true, true),
    ];
    for (place, (tagged, children, force, allowed)) in table.into_iter().enumerate() {
        let model = a_model("base", "1.0.0");
        let model = registered(
            1,
            if tagged {
                model.tagged("a").tagged("b")
            } else {
                model
            },
        );
        let (tags, orphans) = (model.tags.len(), children.len());
        match rules::delete(model, children, force, &context()) {
            Ok(decision) => {
                assert!(allowed, "row {place}");
                assert_eq!(decision.events.len(), tags + orphans + 1, "row {place}");
                assert_eq!(
                    decision.changes.last(),
                    Some(&Change::DeleteModel(id(1))),
                    "row {place}"
                );
            }
            Err(error) => {
                assert!(!allowed, "row {place}");
                assert_eq!(error.code(), "model_in_use", "row {place}");
            }
        }
    }
}

#[test]
fn update_by_table() {
    let notes = |notes: &str| ModelUpdate {
        notes: FieldUpdate::Set(notes.parse().unwrap()),
        ..ModelUpdate::default()
    };
    let parent = || ModelUpdate {
        parent: FieldUpdate::Set(id(2)),
        ..ModelUpdate::default()
    };
    // The update, whether the new parent descends, and how many events or which refusal.
    let table = [
        (ModelUpdate::default(), false, Err("empty_update")),
        (notes("old"), false, Ok(0)),
        (notes("new"), false, Ok(1)),
        (parent(), false, Ok(1)),
        (parent(), true, Err("parent_cycle")),
    ];
    for (place, (update, parent_descends, expected)) in table.into_iter().enumerate() {
        let state = UpdateState {
            model: registered(1, a_model("gpt", "1.0.0").notes("old")),
            parent: Some(reference(2, "base")),
            parent_descends,
        };
        let decision = rules::update(state, update, &context());
        let found = decision
            .map(|decision| decision.changes.len())
            .map_err(|error| error.code().to_owned());
        let found = found.as_ref().map(|count| *count).map_err(String::as_str);
        assert_eq!(found, expected, "row {place}");
    }
}
