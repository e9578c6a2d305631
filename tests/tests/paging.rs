//! Others write while somebody reads page by page: no model that stays is seen twice or left out, in either direction.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use registry_core::search::{Heading, SearchQuery, Sort};
use registry_core::{Limit, ModelId, RegistryStore, WriteContext};
use registry_sqlite::SqliteStore;
use registry_tests::{a_model, alice, at, fast_folder, tag};

const STAY: i64 = 300;

/// Models that stay, with equal times and values here and there.
async fn settle(store: &dyn RegistryStore) -> Vec<ModelId> {
    let mut stay = Vec::new();
    for batch in 0..6 {
        let models = (0..50_i32).map(|number| {
            let model = a_model("stays", &format!("{batch}.{number}.0")).tagged("t");
            let model = if number % 3 == 0 {
                model
            } else {
                model.metric("loss", f64::from(number % 7))
            };
            model.build()
        });
        let context = WriteContext::new(alice(), at(batch / 2));
        let registered = store.register_many(&context, models.collect()).await.unwrap();
        stay.extend(registered.iter().map(|registered| registered.model.id));
    }
    stay
}

/// Registers and deletes until told to stop: other models, at times among and behind those that stay.
async fn disturb(store: Arc<dyn RegistryStore>, name: &'static str, stop: Arc<AtomicBool>) -> u32 {
    let mut writes = 0;
    while !stop.load(Ordering::Relaxed) {
        let version = format!("1.{writes}.0");
        let model = a_model(name, &version)
            .metric("loss", f64::from(writes % 7))
            .tagged("t");
        let context = WriteContext::new(alice(), at(i64::from(writes % 5)));
        let id = store.register(&context, model.build()).await.unwrap().model.id;
        if writes % 3 != 0 {
            store.delete(&context, id, true).await.unwrap();
        } else {
            store.untag(&context, id, &tag("t")).await.unwrap();
        }
        writes += 1;
    }
    writes
}

/// Reads all pages in a direction and counts how often each model was seen.
async fn seen(store: &dyn RegistryStore, query: &SearchQuery, heading: Heading) -> HashMap<ModelId, u32> {
    let mut seen: HashMap<ModelId, u32> = HashMap::new();
    let mut page = store.search(query, at(9)).await.unwrap();
    if heading == Heading::Backward {
        // To the end first; then the way back is what counts.
        while let Some(next) = page.next.take() {
            page = store
                .search(&query.clone().from_cursor(next).unwrap(), at(9))
                .await
                .unwrap();
        }
    }
    loop {
        for model in &page.items {
            *seen.entry(model.id).or_default() += 1;
        }
        let ahead = match heading {
            Heading::Forward => page.next.take(),
            Heading::Backward => page.previous.take(),
        };
        let Some(cursor) = ahead else { return seen };
        page = store
            .search(&query.clone().from_cursor(cursor).unwrap(), at(9))
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_is_seen_once() {
    let folder = fast_folder();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db"))
        .await
        .unwrap();
    let store: Arc<dyn RegistryStore> = Arc::new(store);
    let stay = settle(store.as_ref()).await;
    assert_eq!(i64::try_from(stay.len()).unwrap(), STAY);
    let stop = Arc::new(AtomicBool::new(false));
    let writers = ["comes", "goes"].map(|name| tokio::spawn(disturb(store.clone(), name, stop.clone())));
    for (filter, order) in [
        ("", ""),
        ("", "metrics.loss"),
        ("", "metrics.loss desc"),
        ("tag = t", ""),
        ("tag = t", "name, version desc"),
        ("metrics.loss < 5 or not metrics.loss exists", "updated_at"),
    ] {
        let keys = order.split(',').filter(|key| !key.is_empty());
        let order: Vec<Sort> = keys.map(|key| key.parse().unwrap()).collect();
        let filter = (!filter.is_empty()).then(|| filter.parse().unwrap());
        let query = SearchQuery::new(filter, order).unwrap().limit(Limit::AtMost(17));
        for heading in [Heading::Forward, Heading::Backward] {
            let seen = seen(store.as_ref(), &query, heading).await;
            let whole = query.clone().limit(Limit::Unlimited);
            let whole = store.search(&whole, at(9)).await.unwrap().items;
            let fits: Vec<ModelId> = whole
                .iter()
                .map(|model| model.id)
                .filter(|id| stay.contains(id))
                .collect();
            assert!(fits.len() > 200);
            for id in &fits {
                assert_eq!(seen.get(id), Some(&1), "{id}, {query:?}, {heading:?}");
            }
        }
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        assert!(writer.await.unwrap() > 0, "nobody wrote");
    }
}
