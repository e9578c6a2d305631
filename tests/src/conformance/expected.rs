//! Writes that expect a revision of their model: compare and set in one.

use registry_core::{
    Error, ExportFormat, FieldUpdate, IdempotencyKey, Model, ModelId, ModelUpdate, RegistryStore, Result,
    Revision, Status, WriteContext,
};

use crate::builder::an_export;
use crate::session::promotion;
use crate::{Session, a_model, tag};

/// Every write that is given one model.
const WRITES: [&str; 8] = [
    "update",
    "retire",
    "label",
    "untag",
    "promote",
    "add_export",
    "remove_export",
    "delete",
];

fn notes(text: &str) -> ModelUpdate {
    ModelUpdate {
        notes: FieldUpdate::Set(text.parse().unwrap()),
        ..ModelUpdate::default()
    }
}

async fn write(store: &dyn RegistryStore, context: &WriteContext, model: &Model, verb: &str) -> Result<()> {
    let id = model.id;
    match verb {
        "update" => store.update(context, id, notes("new")).await.map(drop),
        "retire" => store.set_status(context, id, Status::Retired).await.map(drop),
        "label" => store.label(context, id, &tag("beta")).await.map(drop),
        "untag" => store.untag(context, id, &tag("old")).await.map(drop),
        "promote" => {
            let request = promotion(model, "production");
            store.promote(context, request).await.map(drop)
        }
        "add_export" => store
            .add_export(context, id, an_export("gguf", "m.gguf"))
            .await
            .map(drop),
        "remove_export" => {
            let format: ExportFormat = "onnx".parse().unwrap();
            store.remove_export(context, id, &format, None).await.map(drop)
        }
        _ => store.delete(context, id, true).await.map(drop),
    }
}

async fn rich(registry: &Session, version: &str) -> Model {
    let model = a_model("gpt", version).tagged("old").export("onnx", "m.onnx");
    registry.register(model).await
}

fn expecting(registry: &Session, revision: Revision) -> WriteContext {
    registry.context().expect(vec![revision])
}

pub(crate) async fn every_state_has_a_revision_of_its_own(registry: Session) {
    let model = rich(&registry, "1.0.0").await;
    let other = rich(&registry, "1.1.0").await;
    let mut seen = vec![model.revision().unwrap(), other.revision().unwrap()];
    for verb in &WRITES[..7] {
        write(registry.store(), &registry.context(), &model, verb)
            .await
            .unwrap_or_else(|error| assert_eq!((*verb, error.code()), ("promote", "model_retired")));
        seen.push(registry.get(&model).await.revision().unwrap());
        registry.restore(&model).await;
    }
    // What was restored is another state than before, by its time.
    let before = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), before);
}

pub(crate) async fn as_expected_it_is_done(registry: Session) {
    for (number, verb) in WRITES.iter().enumerate() {
        let model = rich(&registry, &format!("1.{number}.0")).await;
        let revision = model.revision().unwrap();
        let context = expecting(&registry, revision);
        write(registry.store(), &context, &model, verb).await.unwrap();
        let now = registry.find(&model.id.to_string()).await;
        assert_ne!(
            now.map(|model| model.revision().unwrap()),
            Some(revision),
            "{verb}"
        );
    }
}

pub(crate) async fn otherwise_nothing_is_done(registry: Session) {
    let model = rich(&registry, "1.0.0").await;
    let seen = model.revision().unwrap();
    registry.label(&model, "seen").await;
    let revision = registry.get(&model).await.revision().unwrap();
    for verb in WRITES {
        let context = expecting(&registry, seen);
        let attempt = write(registry.store(), &context, &model, verb);
        match registry.refused("revision_changed", attempt).await {
            Error::RevisionChanged {
                model: named,
                revision: now,
            } => {
                assert_eq!((named, now), (model.reference(), revision), "{verb}");
            }
            other => assert_eq!(other.code(), "revision_changed"),
        }
    }
    let none = registry.context().expect(Vec::new());
    let attempt = write(registry.store(), &none, &model, "update");
    registry.refused("revision_changed", attempt).await;
}

/// The model that loses the tag is what a rollback is decided on: since when it holds the tag says who had it before.
pub(crate) async fn a_rollback_expects_the_holder(registry: Session) {
    let (one, other) = (rich(&registry, "1.0.0").await, rich(&registry, "1.1.0").await);
    let third = rich(&registry, "1.2.0").await;
    let production = tag("production");
    registry.promote(&one, "production").await;
    registry.promote(&other, "production").await;
    let seen = registry.get(&other).await.revision().unwrap();
    let back = |revision| {
        let context = expecting(&registry, revision);
        let (store, production) = (registry.shared_store(), production.clone());
        async move { store.rollback(&context, &production, None).await }
    };
    let target = registry.get(&one).await.revision().unwrap();
    registry.refused("revision_changed", back(target)).await;

    // It would go to the same model, but another one would lose it.
    registry.rollback("production").await;
    registry.promote(&third, "production").await;
    registry.refused("revision_changed", back(seen)).await;

    let now = registry.get(&third).await.revision().unwrap();
    let moved = back(now).await.unwrap();
    assert_eq!(moved.model.id, one.id);
}

pub(crate) async fn one_of_several_is_enough(registry: Session) {
    let model = rich(&registry, "1.0.0").await;
    let other = Revision::of_json(b"other");
    let context = registry.context().expect(vec![other, model.revision().unwrap()]);
    write(registry.store(), &context, &model, "update").await.unwrap();
}

pub(crate) async fn an_unknown_model_is_unknown(registry: Session) {
    let model = rich(&registry, "1.0.0").await;
    let unknown = Model {
        id: ModelId::try_from(99).unwrap(),
        ..model.clone()
    };
    for verb in WRITES {
        let context = expecting(&registry, model.revision().unwrap());
        let attempt = write(registry.store(), &context, &unknown, verb);
        registry.refused("model_not_found", attempt).await;
    }
}

pub(crate) async fn an_answer_under_a_key_needs_no_revision(registry: Session) {
    let model = rich(&registry, "1.0.0").await;
    let revision = model.revision().unwrap();
    let under = |revision| {
        let key = IdempotencyKey::parse("k").unwrap();
        expecting(&registry, revision).idempotency_key(key)
    };
    write(registry.store(), &under(revision), &model, "update")
        .await
        .unwrap();
    let again = under(revision);
    write(registry.store(), &again, &model, "update").await.unwrap();
    assert!(again.is_replayed());
    // What is expected is a part of the request.
    let now = registry.get(&model).await.revision().unwrap();
    let other = under(now);
    let attempt = write(registry.store(), &other, &model, "update");
    registry.refused("idempotency_key_reused", attempt).await;
}

pub(crate) async fn of_many_who_saw_the_same_one_writes(registry: Session) {
    let model = rich(&registry, "1.0.0").await;
    let revision = model.revision().unwrap();
    let writers = WRITES[..7].iter().map(|verb| {
        let (store, model) = (registry.shared_store(), model.clone());
        let context = expecting(&registry, revision);
        tokio::spawn(async move { write(store.as_ref(), &context, &model, verb).await })
    });
    let writers: Vec<_> = writers.collect();
    let mut done = 0;
    for writer in writers {
        match writer.await.unwrap() {
            Ok(()) => done += 1,
            Err(error) => assert_eq!(error.code(), "revision_changed"),
        }
    }
    assert_eq!(done, 1);
}
