//! How many models fit.

use registry_core::Limit;
use registry_core::search::{Count, SearchQuery};

use crate::{Session, a_model, at};

async fn count(registry: &Session, query: &SearchQuery, up_to: Option<u64>) -> Count {
    registry.store().count(query, at(100), up_to).await.unwrap()
}

fn active(filter: &str) -> SearchQuery {
    SearchQuery::new(Some(filter.parse().unwrap()), Vec::new()).unwrap()
}

async fn seven(registry: &Session) {
    let models = (0..7_i32).map(|minor| {
        let model = a_model("gpt", &format!("1.{minor}.0")).metric("loss", minor.into());
        if minor < 2 {
            model.tagged("a").tagged("b").retired()
        } else {
            model
        }
    });
    registry.register_many(models).await;
}

pub(crate) async fn an_empty_registry_counts_none(registry: Session) {
    let query = SearchQuery::default();
    assert_eq!(count(&registry, &query, None).await, Count::Exactly(0));
    assert_eq!(count(&registry, &query, Some(0)).await, Count::Exactly(0));
}

pub(crate) async fn those_that_fit(registry: Session) {
    seven(&registry).await;
    for (filter, expected) in [
        ("name = gpt", 5),
        ("metrics.loss > 4", 2),
        ("tag in (a, b)", 0),
        ("tag in (a, b) and status = retired", 2),
        ("status in (active, retired)", 7),
    ] {
        let found = count(&registry, &active(filter), None).await;
        assert_eq!(found, Count::Exactly(expected), "{filter}");
    }
}

pub(crate) async fn up_to_a_bound(registry: Session) {
    seven(&registry).await;
    let query = SearchQuery::of_every_status(None, Vec::new()).unwrap();
    for (bound, expected) in [
        (0, Count::MoreThan(0)),
        (6, Count::MoreThan(6)),
        (7, Count::Exactly(7)),
        (10_000, Count::Exactly(7)),
    ] {
        assert_eq!(count(&registry, &query, Some(bound)).await, expected);
    }
}

pub(crate) async fn limit_and_cursor_do_not_matter(registry: Session) {
    seven(&registry).await;
    let query = active("name = gpt").limit(Limit::AtMost(2));
    let next = registry.store().search(&query, at(100)).await.unwrap().next;
    let second = query.clone().from_cursor(next.unwrap()).unwrap();
    assert_eq!(count(&registry, &query, None).await, Count::Exactly(5));
    assert_eq!(count(&registry, &second, None).await, Count::Exactly(5));
}
