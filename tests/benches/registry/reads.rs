//! Operations that read.

use registry_core::search::{Cursor, Heading, SearchQuery};
use registry_core::{Limit, ModelId, ModelRef, RegistryStore, TagName, Timestamp};
use registry_tests::realistic;

use crate::contest::{Outcome, contest};
use crate::contestant::{Contestant, Kind, List};
use crate::fixture::Fixture;

const CALLS: usize = 2_000;
const LISTS: usize = 500;
const IDS: usize = 1_000;

pub(crate) async fn measure(fixture: &Fixture, wanted: &dyn Fn(&str) -> bool) -> Vec<Outcome> {
    let all = fixture.ground.readers().await;
    let store = fixture.ground.open().await;
    let ids = fixture.ids(IDS);
    let mut outcomes = gets(&all, &*store, &ids, wanted).await;
    for (operation, list) in lists(&*store).await {
        if wanted(operation) {
            let list = &list;
            let outcome = contest(operation, LISTS, &all, async |contestant, _| {
                contestant.list(list).await;
            });
            outcomes.push(outcome.await);
        }
    }
    if wanted("lineage of ten") {
        let outcome = contest("lineage of ten", LISTS, &all, async |contestant, _| {
            contestant.ancestors(fixture.end_of_chain).await;
        });
        outcomes.push(outcome.await);
    }
    outcomes
}

async fn gets(
    all: &[Box<dyn Contestant>],
    store: &dyn RegistryStore,
    ids: &[ModelId],
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let id = |call: usize| ids[call % ids.len()];
    if wanted("get by id") {
        let outcome = contest("get by id", CALLS, all, async |contestant, call| {
            contestant.by_id(id(call)).await;
        });
        outcomes.push(outcome.await);
    }
    if wanted("get by version") {
        let models = store.get_many(ids).await.unwrap();
        let models: Vec<ModelRef> = models
            .into_iter()
            .flatten()
            .map(|model| model.reference())
            .collect();
        let outcome = contest("get by version", CALLS, all, async |contestant, call| {
            contestant.by_version(&models[call % models.len()]).await;
        });
        outcomes.push(outcome.await);
    }
    if wanted("get by tag") {
        let tag: TagName = realistic::HELD.parse().unwrap();
        let outcome = contest("get by tag", CALLS, all, async |contestant, _| {
            contestant.by_tag(&tag).await;
        });
        outcomes.push(outcome.await);
    }
    if wanted("compare three") {
        let outcome = contest("compare three", CALLS, all, async |contestant, call| {
            contestant.three([1, 37, 101].map(|step| id(call + step))).await;
        });
        outcomes.push(outcome.await);
    }
    outcomes
}

/// A search as people make it.
pub(crate) fn search(filter: &str, sort: &[&str]) -> SearchQuery {
    let sort = sort.iter().map(|key| key.parse().unwrap()).collect();
    let filter = (!filter.is_empty()).then(|| filter.parse().unwrap());
    let query = SearchQuery::new(filter, sort).unwrap();
    query.limit(Limit::AtMost(50))
}

async fn lists(store: &dyn RegistryStore) -> Vec<(&'static str, List)> {
    let newest = search("", &[]);
    let items = store.search(&newest, Timestamp::EPOCH).await.unwrap().items;
    let last = items.last().unwrap();
    let cursor = Cursor::at(&newest, last, Heading::Forward, Timestamp::EPOCH);
    let behind = Kind::Behind(last.created_at.as_micros(), last.id.get());
    let searches = [
        ("list 50", Kind::Newest, newest.clone()),
        (
            "list 50 with tag",
            Kind::WithTag("experimental"),
            search("tag = experimental", &[]),
        ),
        (
            "list 50 with metric",
            Kind::WithMetric("val_loss", 1.0),
            search("metrics.val_loss <= 1", &[]),
        ),
        (
            "top 50 by metric",
            Kind::Best("val_loss"),
            search("", &["metrics.val_loss"]),
        ),
        ("next page", behind, newest.from_cursor(cursor).unwrap()),
    ];
    let lists = searches.into_iter();
    lists
        .map(|(operation, kind, query)| (operation, List { kind, query }))
        .collect()
}
