//! The names and the tags of the registry.

use registry_core::search::Count;
use registry_core::{CatalogQuery, Limit, NameSummary, PromotionScope, TagSummary};

use crate::{Session, a_model, name, tag};

async fn names(registry: &Session) -> Vec<NameSummary> {
    let query = CatalogQuery::default();
    registry.store().names(&query).await.unwrap().items
}

async fn tags(registry: &Session) -> Vec<TagSummary> {
    let query = CatalogQuery::default();
    registry.store().tags(&query).await.unwrap().items
}

fn shown_names(names: &[NameSummary]) -> String {
    let shown: Vec<String> = names
        .iter()
        .map(|name| {
            format!(
                "{} {} {}",
                name.name,
                name.versions.number(),
                name.highest.version
            )
        })
        .collect();
    shown.join(", ")
}

fn shown_tags(tags: &[TagSummary]) -> String {
    let shown: Vec<String> = tags
        .iter()
        .map(|tag| {
            let holder = tag.holder.as_ref().map_or_else(
                || "nobody".into(),
                |holder| format!("{}@{}", holder.name, holder.version),
            );
            format!("{} {} {holder}", tag.tag, tag.models.number())
        })
        .collect();
    shown.join(", ")
}

pub(crate) async fn an_empty_registry_has_neither(registry: Session) {
    assert_eq!(names(&registry).await, []);
    assert_eq!(tags(&registry).await, []);
}

pub(crate) async fn names_by_their_bytes_with_their_highest_version(registry: Session) {
    for model in [
        a_model("vit", "1.0.0"),
        a_model("Gpt", "1.10.0"),
        a_model("gpt", "1.9.0").retired(),
        a_model("gpt", "1.10.0-rc.1"),
        a_model("gpt", "1.2.0"),
    ] {
        registry.register(model).await;
    }
    let names = names(&registry).await;
    assert_eq!(
        shown_names(&names),
        "Gpt 1 1.10.0, gpt 3 1.10.0-rc.1, vit 1 1.0.0"
    );
    let highest = registry.find("gpt@1.10.0-rc.1").await.unwrap();
    assert_eq!(names[1].highest, highest.reference());
    assert_eq!(names[1].registered_at, highest.created_at);
    assert_eq!(names[1].versions, Count::Exactly(3));
}

pub(crate) async fn a_deleted_name_is_gone(registry: Session) {
    let only = registry.register(a_model("gpt", "1.0.0")).await;
    registry.register(a_model("vit", "1.0.0")).await;
    let higher = registry.register(a_model("vit", "2.0.0")).await;
    registry.delete(&only).await;
    registry.delete(&higher).await;
    assert_eq!(shown_names(&names(&registry).await), "vit 1 1.0.0");
}

pub(crate) async fn names_page_by_page(registry: Session) {
    for at in 0..5 {
        registry.register(a_model(&format!("m{at}"), "1.0.0")).await;
    }
    let mut query = CatalogQuery {
        limit: Limit::AtMost(2),
        after: None,
    };
    let mut pages = Vec::new();
    loop {
        let page = registry.store().names(&query).await.unwrap();
        pages.push(shown_names(&page.items));
        let Some(next) = page.next else { break };
        query.after = Some(next);
    }
    assert_eq!(
        pages,
        ["m0 1 1.0.0, m1 1 1.0.0", "m2 1 1.0.0, m3 1 1.0.0", "m4 1 1.0.0"]
    );
    query.after = Some(name("m35"));
    let page = registry.store().names(&query).await.unwrap();
    assert_eq!(
        (shown_names(&page.items).as_str(), page.next),
        ("m4 1 1.0.0", None)
    );
}

pub(crate) async fn tags_by_their_bytes_with_their_holder(registry: Session) {
    let old = registry.register(a_model("gpt", "1.0.0").tagged("best")).await;
    let new = registry
        .register(a_model("gpt", "1.1.0").tagged("best").tagged("A"))
        .await;
    registry.promote(&new, "production").await;
    registry
        .promote_within(PromotionScope::None, &old, "production")
        .await;
    let tags = tags(&registry).await;
    assert_eq!(
        shown_tags(&tags),
        "A 1 gpt@1.1.0, best 2 gpt@1.1.0, production 2 gpt@1.0.0"
    );
    let held = registry.get(&old).await;
    let since = held.tags.iter().find(|held| held.name == tag("production"));
    assert_eq!(tags[2].since, since.map(|held| held.since));
    assert_eq!(tags[2].holder, Some(held.reference()));
}

pub(crate) async fn a_retired_model_counts_and_holds_nothing(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0").tagged("best")).await;
    let second = registry.register(a_model("gpt", "1.1.0").tagged("best")).await;
    registry.retire(&second).await;
    assert_eq!(shown_tags(&tags(&registry).await), "best 2 gpt@1.0.0");
    registry.retire(&first).await;
    let tags = tags(&registry).await;
    assert_eq!(shown_tags(&tags), "best 2 nobody");
    assert_eq!(tags[0].since, None);
}

pub(crate) async fn a_tag_that_nobody_has_is_gone(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").tagged("best").tagged("fast"))
        .await;
    registry.untag(&model, "best").await;
    assert_eq!(shown_tags(&tags(&registry).await), "fast 1 gpt@1.0.0");
    registry.try_delete(model.id, true).await.unwrap();
    assert_eq!(tags(&registry).await, []);
}

pub(crate) async fn tags_page_by_page(registry: Session) {
    registry
        .register(a_model("gpt", "1.0.0").tagged("c").tagged("a").tagged("b"))
        .await;
    let mut query = CatalogQuery {
        limit: Limit::AtMost(2),
        after: None,
    };
    let first = registry.store().tags(&query).await.unwrap();
    assert_eq!(shown_tags(&first.items), "a 1 gpt@1.0.0, b 1 gpt@1.0.0");
    assert_eq!(first.next, Some(tag("b")));
    query.after = first.next;
    let second = registry.store().tags(&query).await.unwrap();
    assert_eq!(
        (shown_tags(&second.items).as_str(), second.next),
        ("c 1 gpt@1.0.0", None)
    );
}
