//! Whether anything was written, where a store tells it: whoever keeps what he has read relies on it.

use registry_core::{DataVersion, FieldUpdate, Model, ModelUpdate, RegistryStore, Status};

use crate::builder::an_export;
use crate::session::promotion;
use crate::{Session, a_model, tag};

/// `None` where the store does not tell.
async fn version(registry: &Session) -> Option<DataVersion> {
    registry.store().data_version().await.unwrap()
}

/// One change of each kind of row of a model that is there.
async fn write(registry: &Session, model: &Model, number: usize) {
    let store: &dyn RegistryStore = registry.store();
    let context = registry.context();
    let id = model.id;
    match number {
        0 => drop(store.label(&context, id, &tag("beta")).await.unwrap()),
        1 => drop(
            store
                .promote(&context, promotion(model, "production"))
                .await
                .unwrap(),
        ),
        2 => drop(
            store
                .add_export(&context, id, an_export("onnx", "m.onnx"))
                .await
                .unwrap(),
        ),
        3 => {
            let update = ModelUpdate {
                notes: FieldUpdate::Set("new".parse().unwrap()),
                ..ModelUpdate::default()
            };
            store.update(&context, id, update).await.map(drop).unwrap();
        }
        4 => drop(store.set_status(&context, id, Status::Retired).await.unwrap()),
        _ => drop(store.delete(&context, id, true).await.unwrap()),
    }
}

pub(crate) async fn every_write_shows(registry: Session) {
    let mut seen = vec![version(&registry).await];
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    seen.push(version(&registry).await);
    assert!(seen[0].is_none() || seen[0] != seen[1]);
    for number in 0..6 {
        write(&registry, &model, number).await;
        let now = version(&registry).await;
        assert!(now.is_none() || !seen.contains(&now), "{number}");
        seen.push(now);
    }
    // A store tells it always or never.
    assert!(seen.iter().all(|version| version.is_some() == seen[0].is_some()));
}

pub(crate) async fn what_changes_nothing_does_not_show(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let before = version(&registry).await;
    registry.dump().await;
    let rehearsal = registry.context().dry_run(true);
    let store = registry.store();
    store
        .set_status(&rehearsal, model.id, Status::Retired)
        .await
        .unwrap();
    registry
        .refused("model_exists", registry.try_register(a_model("gpt", "1.0.0")))
        .await;
    assert_eq!(version(&registry).await, before);
}
