//! How the models found divide.

use registry_core::Limit;
use registry_core::search::{Count, FacetField, FacetLimits, Facets, SearchQuery};

use crate::{Session, a_model, at};

async fn facets(registry: &Session, filter: &str, sort: &str, limits: FacetLimits) -> Facets {
    let filter = Some(filter).filter(|filter| !filter.is_empty());
    let sort = Some(sort).filter(|sort| !sort.is_empty());
    let query = SearchQuery::of_every_status(
        filter.map(|text| text.parse().unwrap()),
        sort.into_iter().map(|text| text.parse().unwrap()).collect(),
    );
    let store = registry.store();
    store.facets(&query.unwrap(), at(100), limits).await.unwrap()
}

fn shown(facets: &Facets, field: FacetField) -> String {
    let values = facets.of(field).iter();
    let values: Vec<String> = values
        .map(|facet| format!("{} {}", facet.value, facet.count))
        .collect();
    values.join(", ")
}

async fn six(registry: &Session) {
    for model in [
        a_model("gpt", "1.0.0").task("text").tagged("best"),
        a_model("gpt", "1.1.0").task("text").tagged("best").tagged("fast"),
        a_model("gpt", "1.2.0").task("text").retired(),
        a_model("bert", "1.0.0").task("text").tagged("a"),
        a_model("vit", "1.0.0").task("vision"),
        a_model("vit", "1.1.0").task("vision").retired(),
    ] {
        registry.register(model).await;
    }
}

pub(crate) async fn an_empty_registry_has_none(registry: Session) {
    let facets = facets(&registry, "", "", FacetLimits::default()).await;
    assert_eq!(facets.models, Count::Exactly(0));
    for field in FacetField::ALL {
        assert_eq!(facets.of(field), [], "{field:?}");
    }
}

pub(crate) async fn the_most_frequent_first_then_by_bytes(registry: Session) {
    six(&registry).await;
    let facets = facets(&registry, "", "", FacetLimits::default()).await;
    assert_eq!(facets.models, Count::Exactly(6));
    assert_eq!(shown(&facets, FacetField::TaskType), "text 4, vision 2");
    assert_eq!(shown(&facets, FacetField::Status), "active 4, retired 2");
    assert_eq!(shown(&facets, FacetField::Tag), "best 2, a 1, fast 1");
    assert_eq!(shown(&facets, FacetField::Name), "gpt 3, vit 2, bert 1");
}

pub(crate) async fn of_those_that_fit(registry: Session) {
    six(&registry).await;
    let facets = facets(&registry, "tag = best or name = vit", "", FacetLimits::default()).await;
    assert_eq!(facets.models, Count::Exactly(4));
    assert_eq!(shown(&facets, FacetField::Tag), "best 2, fast 1");
    assert_eq!(shown(&facets, FacetField::Name), "gpt 2, vit 2");
}

pub(crate) async fn so_many_values_of_each_field(registry: Session) {
    six(&registry).await;
    let limits = FacetLimits {
        values: 1,
        ..FacetLimits::default()
    };
    let facets = facets(&registry, "", "", limits).await;
    assert_eq!(shown(&facets, FacetField::Tag), "best 2");
    assert_eq!(shown(&facets, FacetField::Name), "gpt 3");
}

pub(crate) async fn of_the_first_models_in_the_order_of_the_search(registry: Session) {
    six(&registry).await;
    let limits = FacetLimits {
        models: 3,
        ..FacetLimits::default()
    };
    let newest = facets(&registry, "", "", limits).await;
    assert_eq!(newest.models, Count::MoreThan(3));
    assert_eq!(shown(&newest, FacetField::Name), "vit 2, bert 1");
    let oldest = facets(&registry, "", "created_at", limits).await;
    assert_eq!(shown(&oldest, FacetField::Name), "gpt 3");
}

pub(crate) async fn limit_and_cursor_do_not_matter(registry: Session) {
    six(&registry).await;
    let query = SearchQuery::default().limit(Limit::AtMost(1));
    let next = registry.store().search(&query, at(100)).await.unwrap().next;
    let second = query.from_cursor(next.unwrap()).unwrap();
    let limits = FacetLimits::default();
    let facets = registry.store().facets(&second, at(100), limits).await.unwrap();
    assert_eq!(shown(&facets, FacetField::Name), "gpt 2, bert 1, vit 1");
}
