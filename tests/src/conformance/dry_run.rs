//! Rehearsals: the same answer, and nothing changes.

use std::fmt::Debug;

use registry_core::{
    FieldUpdate, Model, ModelUpdate, PromotionScope, RegistryStore, Result, Status, WriteContext,
};

use crate::builder::an_export;
use crate::session::promotion;
use crate::{Session, a_model, alice, at, tag};

/// Rehearses a write, then does it: the rehearsal changes nothing and answers the same.
async fn rehearse<T: PartialEq + Debug>(registry: &Session, write: impl AsyncFn(WriteContext) -> Result<T>) {
    let context = WriteContext::new(alice(), at(100));
    let rehearsal = registry.unchanged(write(context.clone().dry_run(true))).await;
    let before = registry.dump().await;
    assert_eq!(write(context).await.unwrap(), rehearsal);
    assert_ne!(registry.dump().await, before);
}

/// A holder of `production`, a holder before it, and a child of the first.
async fn busy(registry: &Session) -> [Model; 3] {
    let first = registry
        .register(a_model("gpt", "1.0.0").export("onnx", "m"))
        .await;
    let second = registry.register(a_model("gpt", "1.1.0").tagged("a")).await;
    let child = registry.register(a_model("gpt", "1.2.0").child_of(&first)).await;
    registry.promote(&first, "production").await;
    registry.promote(&second, "production").await;
    [first, second, child]
}

fn store(registry: &Session) -> &dyn RegistryStore {
    registry.store()
}

pub(crate) async fn register(registry: Session) {
    busy(&registry).await;
    let model = a_model("gpt", "2.0.0")
        .tagged("production")
        .metric("m", 1.0)
        .export("gguf", "g");
    let write = async |context| store(&registry).register(&context, model.clone().build()).await;
    rehearse(&registry, write).await;
}

pub(crate) async fn register_many(registry: Session) {
    busy(&registry).await;
    let models = ["2.0.0", "2.1.0"]
        .map(|version| a_model("gpt", version).build())
        .to_vec();
    let write = async |context| store(&registry).register_many(&context, models.clone()).await;
    rehearse(&registry, write).await;
}

pub(crate) async fn promote(registry: Session) {
    let [first, ..] = busy(&registry).await;
    let request = promotion(&first, "production");
    let write = async |context| store(&registry).promote(&context, request.clone()).await;
    rehearse(&registry, write).await;
}

pub(crate) async fn label(registry: Session) {
    let [first, ..] = busy(&registry).await;
    let production = tag("production");
    let write = async |context| store(&registry).label(&context, first.id, &production).await;
    rehearse(&registry, write).await;
}

pub(crate) async fn untag(registry: Session) {
    let [_, second, _] = busy(&registry).await;
    let a = tag("a");
    let write = async |context| store(&registry).untag(&context, second.id, &a).await;
    rehearse(&registry, write).await;
}

pub(crate) async fn rollback(registry: Session) {
    busy(&registry).await;
    let production = tag("production");
    let write = async |context| store(&registry).rollback(&context, &production, None).await;
    rehearse(&registry, write).await;
}

pub(crate) async fn set_status(registry: Session) {
    let [first, ..] = busy(&registry).await;
    let write = async |context| {
        store(&registry)
            .set_status(&context, first.id, Status::Retired)
            .await
    };
    rehearse(&registry, write).await;
}

pub(crate) async fn update(registry: Session) {
    let [first, ..] = busy(&registry).await;
    let update = ModelUpdate {
        notes: FieldUpdate::Set("n".parse().unwrap()),
        ..ModelUpdate::default()
    };
    let write = async |context| store(&registry).update(&context, first.id, update.clone()).await;
    rehearse(&registry, write).await;
}

pub(crate) async fn delete(registry: Session) {
    let [first, ..] = busy(&registry).await;
    let write = async |context| store(&registry).delete(&context, first.id, true).await;
    rehearse(&registry, write).await;
}

pub(crate) async fn add_export(registry: Session) {
    let [first, ..] = busy(&registry).await;
    let export = an_export("gguf", "g");
    let write = async |context| {
        store(&registry)
            .add_export(&context, first.id, export.clone())
            .await
    };
    rehearse(&registry, write).await;
}

pub(crate) async fn remove_export(registry: Session) {
    let [first, ..] = busy(&registry).await;
    let onnx = "onnx".parse().unwrap();
    let write = async |context| {
        store(&registry)
            .remove_export(&context, first.id, &onnx, None)
            .await
    };
    rehearse(&registry, write).await;
}

pub(crate) async fn set_promotion_scope(registry: Session) {
    let scope = PromotionScope::Name;
    let write = async |context| store(&registry).set_promotion_scope(&context, scope).await;
    rehearse(&registry, write).await;
}

pub(crate) async fn a_refusal_is_the_same(registry: Session) {
    let [first, ..] = busy(&registry).await;
    let context = registry.context().dry_run(true);
    let taken = a_model("gpt", "1.0.0").build();
    registry
        .refused("model_exists", registry.store().register(&context, taken))
        .await;
    registry
        .refused("model_in_use", registry.store().delete(&context, first.id, false))
        .await;
}

pub(crate) async fn uses_up_no_ordinal_and_no_id(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let context = registry.context().dry_run(true);
    let rehearsed = registry
        .store()
        .register(&context, a_model("gpt", "1.1.0").build())
        .await;
    let real = registry.register(a_model("gpt", "1.1.0")).await;
    assert_eq!((real.ordinal, real.id), (2, rehearsed.unwrap().model.id));
    assert!(first.id < real.id);
}
