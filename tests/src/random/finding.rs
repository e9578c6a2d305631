//! A store and the reference registry are asked the same searches.

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestCaseError, TestRunner};
use registry_core::search::{FacetLimits, SearchQuery};
use registry_core::{Limit, RegistryStore, Timestamp};
use tokio::runtime::Runtime;

use super::{Population, facet_limits, moment, population, search};
use crate::Reference;

const SEARCHES: usize = 24;

/// A question, and how many models to a page.
type Question = (SearchQuery, Timestamp, FacetLimits);

/// So many random registries of some thirty to sixty models, each in a fresh store that `open` makes, with what must
/// live as long as it: of random searches every page there and back, the count and the facets are those of the
/// reference. What failed once is kept in `tests/regressions/searches.txt` and tried again first.
pub fn find_what_the_reference_finds<S: RegistryStore, G>(registries: u32, open: impl AsyncFn() -> (S, G)) {
    let config = ProptestConfig {
        cases: registries,
        max_shrink_iters: 500,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/regressions/searches.txt",
        ))),
        ..ProptestConfig::default()
    };
    let runtime = Runtime::new().unwrap();
    let cases = (population(), proptest::collection::vec(question(), SEARCHES));
    let result = TestRunner::new(config).run(&cases, |(population, questions)| {
        runtime.block_on(async {
            let (store, _guard) = open().await;
            agree(&store, &population, &questions).await
        })
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

fn question() -> impl Strategy<Value = Question> {
    let limit = prop_oneof![
        1 => 1..4_u32,
        4 => 4..20_u32,
        1 => Just(100_u32),
    ];
    (search(), limit, moment(), facet_limits())
        .prop_map(|(query, limit, now, facets)| (query.limit(Limit::AtMost(limit)), now, facets))
}

async fn agree(
    store: &dyn RegistryStore,
    population: &Population,
    questions: &[Question],
) -> Result<(), TestCaseError> {
    let failed = |error: registry_core::Error| TestCaseError::fail(error.to_string());
    let reference = Reference::new();
    let reference: &dyn RegistryStore = &reference;
    population.settle(store).await.map_err(failed)?;
    population.settle(reference).await.map_err(failed)?;
    for (query, now, limits) in questions {
        let shown = query.filter().map(ToString::to_string).unwrap_or_default();
        pages_agree(store, reference, query, *now, &shown).await?;
        for up_to in [None, Some(5)] {
            let found = store.count(query, *now, up_to).await.map_err(failed)?;
            let expected = reference.count(query, *now, up_to).await.map_err(failed)?;
            prop_assert_eq!(found, expected, "the count of {}", shown);
        }
        let found = store.facets(query, *now, *limits).await.map_err(failed)?;
        let expected = reference.facets(query, *now, *limits).await.map_err(failed)?;
        prop_assert_eq!(found, expected, "the facets of {}", shown);
    }
    Ok(())
}

/// Every page to the last one, and back again.
async fn pages_agree(
    store: &dyn RegistryStore,
    reference: &dyn RegistryStore,
    query: &SearchQuery,
    now: Timestamp,
    shown: &str,
) -> Result<(), TestCaseError> {
    let failed = |error: registry_core::Error| TestCaseError::fail(error.to_string());
    let mut page = query.clone();
    let mut forward = true;
    loop {
        let found = store.search(&page, now).await.map_err(failed)?;
        let expected = reference.search(&page, now).await.map_err(failed)?;
        prop_assert_eq!(
            &found,
            &expected,
            "left: the store, right: the reference: {} {:?}",
            shown,
            page
        );
        let ahead = if forward {
            found.next
        } else {
            found.previous.clone()
        };
        let cursor = match ahead {
            Some(cursor) => cursor,
            // At the end the way leads back.
            None if forward => {
                forward = false;
                let Some(back) = found.previous else { break };
                back
            }
            None => break,
        };
        page = query.clone().from_cursor(cursor).map_err(failed)?;
    }
    Ok(())
}
