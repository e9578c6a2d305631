//! The history: filters, pages, who, when, why; and who held a tag at a time.

use registry_core::{EventId, HistoryQuery, Limit, PromotionScope, WriteContext};

use crate::session::promotion;
use crate::{Session, a_model, at, bob, name, tag};

async fn ids(registry: &Session, query: HistoryQuery) -> Vec<EventId> {
    let page = registry.store().history(&query).await.unwrap();
    page.items.iter().map(|event| event.id).collect()
}

pub(crate) async fn an_empty_registry_has_none(registry: Session) {
    let page = registry.store().history(&HistoryQuery::default()).await.unwrap();
    assert_eq!((page.items, page.next), (vec![], None));
}

pub(crate) async fn newest_first_with_rising_numbers(registry: Session) {
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        registry.register(a_model("gpt", version).tagged("a")).await;
    }
    let found = ids(&registry, HistoryQuery::default()).await;
    assert_eq!(found.len(), 6);
    assert!(found.windows(2).all(|pair| pair[0] > pair[1]));
}

pub(crate) async fn says_who_when_and_why(registry: Session) {
    let context = WriteContext::new(bob(), at(77)).reason("a first\nbaseline".parse().unwrap());
    let model = a_model("gpt", "1.0.0").tagged("a").build();
    let model = registry.store().register(&context, model).await.unwrap().model;
    assert_eq!((&model.created_by, model.created_at), (&bob(), at(77)));
    for event in registry.events().await {
        assert_eq!((&event.actor, event.at), (&bob(), at(77)));
        assert_eq!(event.reason, context.reason);
    }
}

pub(crate) async fn of_one_model(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    registry.promote(&first, "production").await;
    registry.promote(&second, "production").await;
    let query = HistoryQuery {
        model: Some(first.id),
        ..HistoryQuery::default()
    };
    let page = registry.store().history(&query).await.unwrap();
    let kinds: Vec<_> = page.items.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["tag_lost", "promoted", "registered"]);
}

pub(crate) async fn of_one_name(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    registry.register(a_model("vit", "1.0.0").tagged("a")).await;
    let gone = registry.register(a_model("gpt", "1.1.0")).await;
    registry.delete(&gone).await;
    let query = HistoryQuery {
        name: Some(name("gpt")),
        ..HistoryQuery::default()
    };
    assert_eq!(ids(&registry, query).await.len(), 3);
}

pub(crate) async fn of_one_tag(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").tagged("a").tagged("b"))
        .await;
    registry.untag(&model, "a").await;
    let query = HistoryQuery {
        tag: Some(tag("a")),
        ..HistoryQuery::default()
    };
    assert_eq!(ids(&registry, query).await.len(), 2);
    let query = HistoryQuery {
        tag: Some(tag("A")),
        ..HistoryQuery::default()
    };
    assert_eq!(ids(&registry, query).await.len(), 0);
}

pub(crate) async fn filters_add_up(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    registry.register(a_model("gpt", "1.1.0").tagged("a")).await;
    let query = HistoryQuery {
        model: Some(first.id),
        name: Some(name("gpt")),
        tag: Some(tag("a")),
        ..HistoryQuery::default()
    };
    assert_eq!(ids(&registry, query.clone()).await.len(), 1);
    let query = HistoryQuery {
        name: Some(name("vit")),
        ..query
    };
    assert_eq!(ids(&registry, query).await.len(), 0);
}

pub(crate) async fn pages_lead_through_everything_once(registry: Session) {
    registry
        .register_many((0..7).map(|minor| a_model("gpt", &format!("1.{minor}.0"))))
        .await;
    let all = ids(&registry, HistoryQuery::default()).await;
    for size in 1..=8 {
        let mut query = HistoryQuery {
            limit: Limit::AtMost(size),
            ..HistoryQuery::default()
        };
        let mut seen = Vec::new();
        loop {
            let page = registry.store().history(&query).await.unwrap();
            seen.extend(page.items.iter().map(|event| event.id));
            query.before = page.next;
            if query.before.is_none() {
                break;
            }
        }
        assert_eq!(seen, all, "pages of {size}");
    }
}

pub(crate) async fn limits(registry: Session) {
    registry
        .register_many((0..60).map(|minor| a_model("gpt", &format!("1.{minor}.0"))))
        .await;
    for (limit, expected, more) in [
        (Limit::default(), 50, true),
        (Limit::AtMost(0), 0, false),
        (Limit::AtMost(60), 60, false),
        (Limit::Unlimited, 60, false),
    ] {
        let query = HistoryQuery {
            limit,
            ..HistoryQuery::default()
        };
        let page = registry.store().history(&query).await.unwrap();
        assert_eq!((page.items.len(), page.next.is_some()), (expected, more));
    }
}

pub(crate) async fn who_held_a_tag_at_a_time(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    registry.promote(&first, "production").await;
    registry.promote(&second, "production").await;
    for (second, holder) in [
        (0, ""),
        (2, ""),
        (3, "gpt@1.0.0"),
        (4, "gpt@1.1.0"),
        (99, "gpt@1.1.0"),
    ] {
        assert_eq!(
            registry.held("production", second).await,
            holder,
            "second {second}"
        );
    }
}

pub(crate) async fn a_holding_says_since_when_and_by_whom(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    let context = WriteContext::new(bob(), at(10));
    registry
        .store()
        .promote(&context, promotion(&model, "production"))
        .await
        .unwrap();
    let event = registry.last_event().await;
    let production = tag("production");
    let holding = registry
        .store()
        .find_holding(&production, None, at(20))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (holding.since, holding.actor, holding.event),
        (at(10), bob(), event.id)
    );
    assert_eq!((holding.tag, holding.holder), (production, model.reference()));
    assert_eq!(holding.model, Some(registry.get(&model).await));
}

pub(crate) async fn a_deleted_model_held_it_then(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    registry.delete(&model).await;
    let holding = registry
        .store()
        .find_holding(&tag("a"), None, at(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((holding.holder, holding.model), (model.reference(), None));
    assert_eq!(registry.held("a", 2).await, "");
}

pub(crate) async fn an_untagged_model_holds_it_no_more(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    registry.untag(&model, "a").await;
    registry.label(&model, "a").await;
    let held = [
        registry.held("a", 1).await,
        registry.held("a", 2).await,
        registry.held("a", 3).await,
    ];
    assert_eq!(held, ["gpt@1.0.0", "", "gpt@1.0.0"]);
}

pub(crate) async fn a_model_retired_then_did_not_hold_it(registry: Session) {
    let older = registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    let model = registry.register(a_model("gpt", "1.1.0").tagged("a")).await;
    registry.retire(&model).await;
    registry.restore(&model).await;
    registry.retire(&older).await;
    let mut held = Vec::new();
    for second in 1..=5 {
        held.push(registry.held("a", second).await);
    }
    assert_eq!(
        held,
        ["gpt@1.0.0", "gpt@1.1.0", "gpt@1.0.0", "gpt@1.1.0", "gpt@1.1.0"]
    );
}

pub(crate) async fn a_model_registered_as_retired_never_held_it(registry: Session) {
    registry
        .register(a_model("gpt", "1.0.0").tagged("a").retired())
        .await;
    assert_eq!(registry.held("a", 1).await, "");
}

pub(crate) async fn holdings_within_a_name(registry: Session) {
    let text = registry.register(a_model("gpt", "1.0.0")).await;
    let vision = registry.register(a_model("vit", "1.0.0")).await;
    registry
        .promote_within(PromotionScope::Name, &text, "production")
        .await;
    registry
        .promote_within(PromotionScope::Name, &vision, "production")
        .await;
    assert_eq!(registry.held("production", 4).await, "vit@1.0.0");
    assert_eq!(
        registry.held_within(Some("gpt"), "production", 4).await,
        "gpt@1.0.0"
    );
    assert_eq!(registry.held_within(Some("vit"), "production", 3).await, "");
}

pub(crate) async fn a_holding_after_a_rollback(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    registry.promote(&first, "production").await;
    registry.promote(&second, "production").await;
    registry.rollback("production").await;
    assert_eq!(registry.held("production", 4).await, "gpt@1.1.0");
    assert_eq!(registry.held("production", 5).await, "gpt@1.0.0");
}

pub(crate) async fn several_changes_in_one_moment(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0")).await;
    let context = WriteContext::new(bob(), at(10));
    for model in [&first, &second, &first] {
        registry
            .store()
            .promote(&context, promotion(model, "production"))
            .await
            .unwrap();
    }
    assert_eq!(registry.held("production", 10).await, "gpt@1.0.0");
    assert_eq!(registry.held("production", 9).await, "");
}
