//! Families.

use registry_core::{LineageScope, Model, ModelId};

use crate::{Session, a_model};

/// ```text
/// base ── domain ── task-a ── tuned
///      │         └─ task-b
///      └─ other
/// ```
/// and a stranger.
async fn family(registry: &Session) -> Vec<Model> {
    let base = registry.register(a_model("base", "1.0.0")).await;
    let domain = registry
        .register(a_model("domain", "1.0.0").child_of(&base))
        .await;
    let task_a = registry
        .register(a_model("task-a", "1.0.0").child_of(&domain))
        .await;
    let task_b = registry
        .register(a_model("task-b", "1.0.0").child_of(&domain))
        .await;
    let other = registry.register(a_model("other", "1.0.0").child_of(&base)).await;
    let tuned = registry
        .register(a_model("tuned", "1.0.0").child_of(&task_a))
        .await;
    registry.register(a_model("stranger", "1.0.0")).await;
    vec![base, domain, task_a, task_b, other, tuned]
}

async fn lineage(registry: &Session, model: &Model, scope: LineageScope) -> Vec<(String, i64)> {
    let lineage = registry.store().lineage(model.id, scope).await.unwrap();
    assert_eq!(lineage.model, model.id);
    let nodes = lineage.nodes.into_iter();
    nodes
        .map(|node| (node.model.name.to_string(), node.generation))
        .collect()
}

fn owned(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected
        .iter()
        .map(|(name, generation)| ((*name).to_owned(), *generation))
        .collect()
}

pub(crate) async fn ancestors_oldest_first(registry: Session) {
    let models = family(&registry).await;
    let found = lineage(&registry, &models[5], LineageScope::Ancestors).await;
    assert_eq!(
        found,
        owned(&[("base", -3), ("domain", -2), ("task-a", -1), ("tuned", 0)])
    );
}

pub(crate) async fn descendants_by_generation_then_id(registry: Session) {
    let models = family(&registry).await;
    let found = lineage(&registry, &models[0], LineageScope::Descendants).await;
    assert_eq!(
        found,
        owned(&[
            ("base", 0),
            ("domain", 1),
            ("other", 1),
            ("task-a", 2),
            ("task-b", 2),
            ("tuned", 3)
        ])
    );
}

pub(crate) async fn descendants_of_the_middle(registry: Session) {
    let models = family(&registry).await;
    let found = lineage(&registry, &models[2], LineageScope::Descendants).await;
    assert_eq!(found, owned(&[("task-a", 0), ("tuned", 1)]));
}

pub(crate) async fn the_whole_family(registry: Session) {
    let models = family(&registry).await;
    let found = lineage(&registry, &models[3], LineageScope::Family).await;
    assert_eq!(
        found,
        owned(&[
            ("base", -2),
            ("domain", -1),
            ("other", -1),
            ("task-a", 0),
            ("task-b", 0),
            ("tuned", 1)
        ])
    );
}

pub(crate) async fn a_model_alone_is_its_own_family(registry: Session) {
    let alone = registry.register(a_model("gpt", "1.0.0")).await;
    for scope in [
        LineageScope::Ancestors,
        LineageScope::Descendants,
        LineageScope::Family,
    ] {
        assert_eq!(lineage(&registry, &alone, scope).await, owned(&[("gpt", 0)]));
    }
}

pub(crate) async fn retired_members_belong(registry: Session) {
    let models = family(&registry).await;
    registry.retire(&models[1]).await;
    let found = lineage(&registry, &models[2], LineageScope::Ancestors).await;
    assert_eq!(found, owned(&[("base", -2), ("domain", -1), ("task-a", 0)]));
}

pub(crate) async fn members_are_whole(registry: Session) {
    let base = registry
        .register(a_model("base", "1.0.0").tagged("a").metric("m", 1.0))
        .await;
    let child = registry
        .register(a_model("gpt", "1.0.0").child_of(&base).export("onnx", "m"))
        .await;
    let lineage = registry
        .store()
        .lineage(child.id, LineageScope::Family)
        .await
        .unwrap();
    let members: Vec<_> = lineage.nodes.into_iter().map(|node| node.model).collect();
    assert_eq!(members, [base, child]);
}

pub(crate) async fn a_long_chain(registry: Session) {
    let chain = (0..200).map(|n| {
        let model = a_model("gpt", &format!("1.{n}.0"));
        match n {
            0 => model,
            _ => model.parent(registry_core::Parent::Entry(n - 1)),
        }
    });
    let models = registry.register_many(chain).await;
    let found = lineage(&registry, &models[199], LineageScope::Ancestors).await;
    assert_eq!((found.len(), found[0].1), (200, -199));
}

pub(crate) async fn an_unknown_model_is_refused(registry: Session) {
    family(&registry).await;
    let unknown = ModelId::try_from(99).unwrap();
    for scope in [
        LineageScope::Ancestors,
        LineageScope::Descendants,
        LineageScope::Family,
    ] {
        registry
            .refused("model_not_found", registry.store().lineage(unknown, scope))
            .await;
    }
}
