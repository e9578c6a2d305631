//! Models side by side.

use registry_core::{Comparison, Direction, Model, ModelId, RegistryStoreExt as _};

use crate::{Session, a_model};

async fn measured(registry: &Session) -> [Model; 3] {
    let models = [
        a_model("gpt", "1.0.0")
            .metric("loss", 0.5)
            .metric("accuracy", 0.7),
        a_model("gpt", "1.1.0").metric("f1", 0.1).metric("loss", 0.4),
        a_model("gpt", "1.2.0")
            .metric("accuracy", 0.9)
            .metric("name", 1.0),
    ];
    registry.register_many(models).await.try_into().unwrap()
}

fn columns(comparison: &Comparison) -> Vec<&str> {
    comparison
        .metrics
        .iter()
        .map(|column| column.name.as_str())
        .collect()
}

pub(crate) async fn every_metric_as_it_is_met(registry: Session) {
    let models = measured(&registry).await;
    let ids = [models[1].id, models[0].id, models[2].id];
    let found = registry.store().compare(&ids, None, None).await.unwrap();
    assert_eq!(columns(&found), ["f1", "loss", "accuracy", "name"]);
    let order: Vec<_> = found.models.iter().map(|model| model.id).collect();
    assert_eq!(order, ids);
    assert_eq!(found.metrics[1].values, [Some(0.4), Some(0.5), None]);
}

pub(crate) async fn the_best_value_of_each(registry: Session) {
    let ids = measured(&registry).await.map(|model| model.id);
    let found = registry.store().compare(&ids, None, None).await.unwrap();
    let best: Vec<_> = found
        .metrics
        .iter()
        .map(|column| (column.name.as_str(), column.best))
        .collect();
    assert_eq!(
        best,
        [
            ("loss", Some(0.4)),
            ("accuracy", Some(0.9)),
            ("f1", Some(0.1)),
            ("name", Some(1.0))
        ]
    );
}

pub(crate) async fn chosen_metrics_in_the_order_asked(registry: Session) {
    let ids = measured(&registry).await.map(|model| model.id);
    let asked = ["accuracy", "unknown", "loss"].map(|name| name.parse().unwrap());
    let found = registry
        .store()
        .compare(&ids, Some(asked.to_vec()), None)
        .await
        .unwrap();
    assert_eq!(columns(&found), ["accuracy", "unknown", "loss"]);
    assert_eq!(found.metrics[1].values, [None, None, None]);
    assert_eq!(found.metrics[1].best, None);
}

pub(crate) async fn a_direction_given_wins(registry: Session) {
    let ids = measured(&registry).await.map(|model| model.id);
    let asked = Some(vec!["loss".parse().unwrap()]);
    let found = registry
        .store()
        .compare(&ids, asked, Some(Direction::Higher))
        .await
        .unwrap();
    assert_eq!(found.metrics[0].best, Some(0.5));
}

pub(crate) async fn unknown_models_are_named(registry: Session) {
    let models = measured(&registry).await;
    let unknown = ModelId::try_from(99).unwrap();
    let found = registry
        .store()
        .compare(&[unknown, models[0].id], None, None)
        .await
        .unwrap();
    assert_eq!((found.missing, found.models.len()), (vec![unknown], 1));
}

pub(crate) async fn repeats_are_repeated(registry: Session) {
    let models = measured(&registry).await;
    let twice = [models[0].id, models[0].id];
    let found = registry.store().compare(&twice, None, None).await.unwrap();
    assert_eq!(found.models.len(), 2);
}

pub(crate) async fn nothing_compares_to_nothing(registry: Session) {
    let found = registry.store().compare(&[], None, None).await.unwrap();
    assert!(found.models.is_empty() && found.metrics.is_empty() && found.missing.is_empty());
}
