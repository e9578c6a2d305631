//! Everybody wants the same, and one gets it.

use std::sync::Arc;

use registry_core::{
    Bump, Expectation, FieldUpdate, Model, ModelId, ModelUpdate, Parent, PromoteRequest, PromotionScope,
    RegistryStore, Result, VersionChoice, WriteContext,
};

use super::sound::assert_explained;
use super::{Stores, WRITERS, answers, done, store_of};
use crate::{a_model, alice, at, dump, tag};

fn context() -> WriteContext {
    WriteContext::new(alice(), at(1))
}

/// What each of the writers does at the same time; the answers, by writer.
async fn all<T, F>(stores: &Stores, act: impl Fn(usize, Arc<dyn RegistryStore>) -> F) -> Vec<Result<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let tasks = (0..WRITERS).map(|writer| tokio::spawn(act(writer, store_of(stores, writer))));
    answers(tasks.collect()).await
}

fn winners<T>(outcomes: Vec<Result<T>>) -> usize {
    outcomes.into_iter().map(done).filter(|done| *done).count()
}

async fn register(store: &dyn RegistryStore, name: &str, version: &str) -> Model {
    let registered = store.register(&context(), a_model(name, version).into()).await;
    registered.unwrap().model
}

/// So many rounds in each of which everybody registers the same version, promotes on the same expectation, takes the
/// same tag away, makes a circle of parents and deletes the same model.
pub async fn one_winner(stores: &Stores, rounds: usize) {
    for round in 1..=rounds {
        one_version(stores, round).await;
        versions_in_turn(stores, round).await;
        let holder = one_promotion(stores, round).await;
        no_circle(stores, round).await;
        one_untag_and_one_delete(stores, holder).await;
        child_or_no_parent(stores, round).await;
    }
    assert_explained(&dump(stores[0].as_ref()).await.unwrap());
}

async fn one_version(stores: &Stores, round: usize) {
    let outcomes = all(stores, |_, store| async move {
        let model = a_model("same", &format!("{round}.0.0"));
        store.register(&context(), model.into()).await
    });
    assert_eq!(winners(outcomes.await), 1, "of those who register one version");
}

async fn versions_in_turn(stores: &Stores, round: usize) {
    let name = format!("next-{round}");
    let outcomes = all(stores, |_, store| {
        let model = a_model(&name, "1.0.0").versioned(VersionChoice::Next(Bump::Minor));
        async move { store.register(&context(), model.into()).await }
    });
    let outcomes = outcomes.await.into_iter();
    let mut ordinals: Vec<u64> = outcomes.map(|outcome| outcome.unwrap().model.ordinal).collect();
    ordinals.sort_unstable();
    let expected: Vec<u64> = (1..).take(WRITERS).collect();
    assert_eq!(ordinals, expected, "next versions have a gap or a double");
}

async fn one_promotion(stores: &Stores, round: usize) -> Model {
    let mut models = Vec::new();
    for writer in 0..WRITERS {
        models.push(
            register(
                stores[0].as_ref(),
                &format!("promoted-{writer}"),
                &format!("{round}.0.0"),
            )
            .await,
        );
    }
    let tag_of_round = tag(&format!("round-{round}"));
    let outcomes = all(stores, |writer, store| {
        let request = PromoteRequest::new(models[writer].id, tag_of_round.clone())
            .scope(PromotionScope::Registry)
            .expect(Expectation::Nobody);
        async move { store.promote(&context(), request).await }
    });
    let mut winners = Vec::new();
    for outcome in outcomes.await {
        match outcome {
            Ok(promotion) => winners.push(promotion.model),
            Err(error) => assert_eq!(error.code(), "unexpected_holder", "{error}"),
        }
    }
    assert_eq!(winners.len(), 1, "of those who expect nobody");
    winners.swap_remove(0)
}

async fn no_circle(stores: &Stores, round: usize) {
    let mut models = Vec::new();
    for writer in 0..WRITERS {
        models.push(
            register(stores[0].as_ref(), "circle", &format!("{round}.{writer}.0"))
                .await
                .id,
        );
    }
    let outcomes = all(stores, |writer, store| {
        let (model, parent) = (models[writer], models[(writer + 1) % WRITERS]);
        let update = ModelUpdate {
            parent: FieldUpdate::Set(parent),
            ..ModelUpdate::default()
        };
        async move { store.update(&context(), model, update).await }
    });
    assert_eq!(winners(outcomes.await), WRITERS - 1, "one closes the circle");
}

async fn one_untag_and_one_delete(stores: &Stores, model: Model) {
    let given = model.tags[0].name.clone();
    let outcomes = all(stores, |_, store| {
        let given = given.clone();
        async move { store.untag(&context(), model.id, &given).await }
    });
    assert_eq!(winners(outcomes.await), 1, "of those who untag");
    let outcomes = all(stores, |_, store| async move {
        store.delete(&context(), model.id, false).await
    });
    assert_eq!(winners(outcomes.await), 1, "of those who delete");
}

async fn child_or_no_parent(stores: &Stores, round: usize) {
    let parent: ModelId = register(stores[0].as_ref(), "parent", &format!("{round}.0.0"))
        .await
        .id;
    let outcomes = all(stores, |writer, store| async move {
        if writer == WRITERS / 2 {
            return store.delete(&context(), parent, false).await.map(drop);
        }
        let child = a_model("child", &format!("{round}.{writer}.0")).parent(Parent::Id(parent));
        store.register(&context(), child.into()).await.map(drop)
    });
    let outcomes = outcomes.await;
    let deleted = outcomes[WRITERS / 2].is_ok();
    let children = winners(outcomes) - usize::from(deleted);
    assert!(
        deleted == (children == 0),
        "children of a parent that was deleted"
    );
}
