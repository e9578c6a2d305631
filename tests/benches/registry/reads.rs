//! Operations that read.

use std::sync::Arc;

use registry_core::search::{Cursor, Heading, SearchPage, SearchQuery};
use registry_core::{Limit, LineageScope, ModelId, RegistryStore, Selector, Timestamp};
use registry_sqlite::SqliteStore;
use registry_tests::realistic;
use sqlx::SqlitePool;

use crate::contest::{Outcome, contest};
use crate::fixture::Fixture;
use crate::rows::{Summary, Whole};
use crate::{bare, floor, sql};

const CALLS: usize = 2_000;
const LISTS: usize = 500;
const IDS: usize = 1_000;

struct Contestants {
    store: Arc<dyn RegistryStore>,
    bare: SqlitePool,
    floor: rusqlite::Connection,
}

pub(crate) async fn measure(fixture: &Fixture, wanted: &dyn Fn(&str) -> bool) -> Vec<Outcome> {
    let all = Contestants {
        store: Arc::new(SqliteStore::open(&fixture.path).await.unwrap()),
        bare: bare::pool(&fixture.path, 4).await,
        floor: floor::connect(&fixture.path),
    };
    let ids = fixture.ids(IDS);
    let mut outcomes = Vec::new();
    if wanted("get by id") {
        outcomes.push(by_id(&all, &ids).await);
    }
    if wanted("get by version") {
        outcomes.push(by_version(&all, &ids).await);
    }
    if wanted("get by tag") {
        outcomes.push(by_tag(&all).await);
    }
    if wanted("compare three") {
        outcomes.push(three(&all, &ids).await);
    }
    outcomes.extend(lists(&all, wanted).await);
    if wanted("lineage of ten") {
        outcomes.push(lineage(&all, fixture.end_of_chain).await);
    }
    all.bare.close().await;
    outcomes
}

async fn by_id(all: &Contestants, ids: &[ModelId]) -> Outcome {
    let id = |call: usize| ids[call % ids.len()];
    contest(
        "get by id",
        CALLS,
        async |call| assert!(all.store.find(&Selector::Id(id(call))).await.unwrap().is_some()),
        async |call| {
            drop(
                bare::one(
                    &all.bare,
                    bare::query(sql::BY_ID).bind(id(call).get()),
                    Whole::of_sqlx,
                )
                .await,
            );
        },
        |call| {
            drop(floor::one(
                &all.floor,
                sql::BY_ID,
                [id(call).get()],
                Whole::of_rusqlite,
            ));
        },
    )
    .await
}

async fn by_version(all: &Contestants, ids: &[ModelId]) -> Outcome {
    let models = all.store.get_many(ids).await.unwrap();
    let references: Vec<_> = models
        .into_iter()
        .flatten()
        .map(|model| model.reference())
        .collect();
    let wanted = |call: usize| &references[call % references.len()];
    contest(
        "get by version",
        CALLS,
        async |call| {
            let wanted = wanted(call);
            let selector = Selector::Version {
                name: wanted.name.clone(),
                version: wanted.version.clone(),
            };
            assert!(all.store.find(&selector).await.unwrap().is_some());
        },
        async |call| {
            let wanted = wanted(call);
            let query = bare::query(sql::BY_VERSION);
            let query = query.bind(wanted.name.as_str()).bind(wanted.version.to_string());
            drop(bare::one(&all.bare, query, Whole::of_sqlx).await);
        },
        |call| {
            let wanted = wanted(call);
            let values = (wanted.name.as_str(), wanted.version.to_string());
            drop(floor::one(
                &all.floor,
                sql::BY_VERSION,
                values,
                Whole::of_rusqlite,
            ));
        },
    )
    .await
}

async fn by_tag(all: &Contestants) -> Outcome {
    let selector: Selector = format!(":{}", realistic::HELD).parse().unwrap();
    contest(
        "get by tag",
        CALLS,
        async |_| assert!(all.store.find(&selector).await.unwrap().is_some()),
        async |_| {
            let query = bare::query(sql::BY_TAG).bind(realistic::HELD).bind("active");
            drop(bare::one(&all.bare, query, Whole::of_sqlx).await);
        },
        |_| {
            let values = [realistic::HELD, "active"];
            drop(floor::one(&all.floor, sql::BY_TAG, values, Whole::of_rusqlite));
        },
    )
    .await
}

async fn three(all: &Contestants, ids: &[ModelId]) -> Outcome {
    let text = bare::kept(sql::by_three_ids());
    let three = |call: usize| [1, 37, 101].map(|step| ids[(call + step) % ids.len()]);
    contest(
        "compare three",
        CALLS,
        async |call| {
            use registry_core::RegistryStoreExt as _;
            let compared = all.store.compare(&three(call), None, None).await.unwrap();
            assert_eq!(compared.models.len(), 3);
        },
        async |call| {
            let [a, b, c] = three(call).map(ModelId::get);
            let query = bare::query(text).bind(a).bind(b).bind(c);
            drop(bare::all(&all.bare, query, Whole::of_sqlx).await);
        },
        |call| {
            let values = three(call).map(ModelId::get);
            drop(floor::all(&all.floor, text, values, Whole::of_rusqlite));
        },
    )
    .await
}

/// A search as people make it.
fn search(filter: Option<&str>, sort: &[&str]) -> SearchQuery {
    let sort = sort.iter().map(|key| key.parse().unwrap()).collect();
    let query = SearchQuery::new(filter.map(|filter| filter.parse().unwrap()), sort).unwrap();
    query.limit(Limit::AtMost(50))
}

async fn page(all: &Contestants, query: &SearchQuery) -> usize {
    let page: SearchPage<_> = all.store.search(query, Timestamp::EPOCH).await.unwrap();
    page.items.len()
}

async fn lists(all: &Contestants, wanted: &dyn Fn(&str) -> bool) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    if wanted("list 50") {
        let (query, text) = (search(None, &[]), bare::kept(sql::newest()));
        let outcome = contest(
            "list 50",
            LISTS,
            async |_| assert_eq!(page(all, &query).await, 50),
            async |_| drop(bare::all(&all.bare, bare::query(text), Summary::of_sqlx).await),
            |_| drop(floor::all(&all.floor, text, [], Summary::of_rusqlite)),
        );
        outcomes.push(outcome.await);
    }
    if wanted("list 50 with tag") {
        let (query, text) = (
            search(Some("tag = experimental"), &[]),
            bare::kept(sql::newest_with_tag()),
        );
        let outcome = contest(
            "list 50 with tag",
            LISTS,
            async |_| assert!(page(all, &query).await > 1),
            async |_| {
                let query = bare::query(text).bind("experimental");
                drop(bare::all(&all.bare, query, Summary::of_sqlx).await);
            },
            |_| {
                drop(floor::all(
                    &all.floor,
                    text,
                    ["experimental"],
                    Summary::of_rusqlite,
                ));
            },
        );
        outcomes.push(outcome.await);
    }
    if wanted("list 50 with metric") {
        let (query, text) = (
            search(Some("metrics.val_loss <= 1"), &[]),
            bare::kept(sql::newest_with_metric()),
        );
        let outcome = contest(
            "list 50 with metric",
            LISTS,
            async |_| assert!(page(all, &query).await > 1),
            async |_| {
                let query = bare::query(text).bind("val_loss").bind(1.0);
                drop(bare::all(&all.bare, query, Summary::of_sqlx).await);
            },
            |_| {
                drop(floor::all(
                    &all.floor,
                    text,
                    ("val_loss", 1.0),
                    Summary::of_rusqlite,
                ));
            },
        );
        outcomes.push(outcome.await);
    }
    if wanted("top 50 by metric") {
        let (query, text) = (
            search(None, &["metrics.val_loss"]),
            bare::kept(sql::best_by_metric()),
        );
        let outcome = contest(
            "top 50 by metric",
            LISTS,
            async |_| assert_eq!(page(all, &query).await, 50),
            async |_| {
                drop(bare::all(&all.bare, bare::query(text).bind("val_loss"), Summary::of_sqlx).await);
            },
            |_| drop(floor::all(&all.floor, text, ["val_loss"], Summary::of_rusqlite)),
        );
        outcomes.push(outcome.await);
    }
    if wanted("next page") {
        outcomes.push(next_page(all).await);
    }
    outcomes
}

async fn next_page(all: &Contestants) -> Outcome {
    let (first, text) = (search(None, &[]), bare::kept(sql::next_page()));
    let items = all.store.search(&first, Timestamp::EPOCH).await.unwrap().items;
    let last = items.last().unwrap();
    let cursor = Cursor::at(&first, last, Heading::Forward, Timestamp::EPOCH);
    let (at, id) = (last.created_at.as_micros(), last.id.get());
    let query = first.from_cursor(cursor).unwrap();
    contest(
        "next page",
        LISTS,
        async |_| assert!(page(all, &query).await > 1),
        async |_| {
            let query = bare::query(text).bind(at).bind(id);
            drop(bare::all(&all.bare, query, Summary::of_sqlx).await);
        },
        |_| drop(floor::all(&all.floor, text, [at, id], Summary::of_rusqlite)),
    )
    .await
}

async fn lineage(all: &Contestants, end: ModelId) -> Outcome {
    let text = bare::kept(sql::ancestors());
    contest(
        "lineage of ten",
        LISTS,
        async |_| {
            let lineage = all.store.lineage(end, LineageScope::Ancestors).await.unwrap();
            assert_eq!(lineage.nodes.len(), 10);
        },
        async |_| drop(bare::all(&all.bare, bare::query(text).bind(end.get()), Whole::of_sqlx).await),
        |_| drop(floor::all(&all.floor, text, [end.get()], Whole::of_rusqlite)),
    )
    .await
}
