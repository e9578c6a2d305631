//! Pages and cursors.

use super::*;
use crate::Limit;

/// Models with ids of their own.
fn registry() -> impl Strategy<Value = Vec<Model>> {
    vec(model(), 0..14).prop_map(|mut models| {
        for (model, id) in models.iter_mut().zip(1..) {
            model.id = ModelId::try_from(id).unwrap();
        }
        models
    })
}

fn ids(page: &SearchPage<&Model>) -> Vec<i64> {
    page.items.iter().map(|model| model.id.get()).collect()
}

/// A cursor as it travels: through its text.
fn sent(cursor: &Cursor) -> Cursor {
    let text = cursor.to_string();
    assert!(
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    );
    text.parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn pages_join_to_the_whole_both_ways(models in registry(), order in order(), filter in option::of(filter()), limit in 1_u32..5) {
        let query = SearchQuery::of_every_status(filter, order.keys().to_vec()).unwrap();
        let whole = ids(&query.clone().limit(Limit::Unlimited).page_of(&models, now()));
        let query = query.limit(Limit::AtMost(limit));
        let mut page = query.page_of(&models, now());
        prop_assert!(page.previous.is_none());
        let mut forward = ids(&page);
        // The clock goes on between pages; the search speaks of the first page's moment.
        let mut clock = 16;
        while let Some(next) = page.next.take() {
            page = query.clone().from_cursor(sent(&next)).unwrap().page_of(&models, day_of(clock));
            forward.extend(ids(&page));
            clock += 1;
        }
        prop_assert_eq!(&forward, &whole);
        let mut backward = ids(&page);
        while let Some(previous) = page.previous.take() {
            page = query.clone().from_cursor(sent(&previous)).unwrap().page_of(&models, day_of(clock));
            backward.splice(0..0, ids(&page));
        }
        prop_assert_eq!(&backward, &whole);
    }

    #[test]
    fn nothing_that_stays_is_seen_twice_or_left_out(models in registry(), order in order(), gone in vec(any::<bool>(), 14), limit in 1_u32..4) {
        let query = SearchQuery::of_every_status(None, order.keys().to_vec()).unwrap().limit(Limit::AtMost(limit));
        let page = query.page_of(&models, now());
        let mut seen = ids(&page);
        // Between the first page and the others some models are deleted, the cursor's own perhaps.
        let left: Vec<Model> = models.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(model, _)| model.clone()).collect();
        let mut next = page.next;
        while let Some(cursor) = next.take() {
            let page = query.clone().from_cursor(cursor).unwrap().page_of(&left, now());
            seen.extend(ids(&page));
            next = page.next;
        }
        for model in &left {
            prop_assert_eq!(seen.iter().filter(|id| **id == model.id.get()).count(), 1);
        }
    }

    #[test]
    fn a_cursor_belongs_to_its_search(model in model(), a in (option::of(filter()), order()), b in (option::of(filter()), order())) {
        let search = |(filter, order): &(Option<Filter>, SortOrder)| SearchQuery::new(filter.clone(), order.keys().to_vec()).unwrap();
        let (mine, other) = (search(&a), search(&b));
        for heading in [Heading::Forward, Heading::Backward] {
            let cursor = Cursor::at(&mine, &model, heading, now());
            prop_assert_eq!(&sent(&cursor), &cursor);
            prop_assert!(mine.clone().from_cursor(cursor.clone()).is_ok());
            let same = mine.filter() == other.filter() && mine.order() == other.order();
            prop_assert_eq!(other.clone().from_cursor(cursor.clone()).is_ok(), same);
            let query = mine.clone().from_cursor(cursor).unwrap().limit(Limit::AtMost(3));
            let json = serde_json::to_string(&query).unwrap();
            prop_assert_eq!(serde_json::from_str::<SearchQuery>(&json).unwrap(), query);
        }
    }

    #[test]
    fn garbage_is_no_cursor(text in any::<String>(), near in "AQ[AB][A-Za-z0-9_-]{30,80}", model in model(), order in order(), at in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_-]") {
        let query = SearchQuery::new(None, order.keys().to_vec()).unwrap();
        prop_assert!(text.parse::<Cursor>().is_err());
        if let Ok(cursor) = near.parse::<Cursor>() {
            prop_assert!(query.clone().from_cursor(cursor).is_err());
        }
        let good = Cursor::at(&query, &model, Heading::Forward, now()).to_string();
        let at = at.index(good.len());
        let refused = |text: &str| {
            text.parse::<Cursor>().map_or(true, |cursor| query.clone().from_cursor(cursor).is_err())
        };
        let damaged = format!("{}{letter}{}", &good[..at], &good[at + 1..]);
        prop_assert_eq!(refused(&damaged), damaged != good);
        prop_assert!(refused(&good[..at]));
        let longer = format!("{good}{letter}");
        prop_assert!(refused(&longer));
    }
}
