//! Random registries of some thirty to sixty models, and random searches of each: every page there and back, the count
//! and the facets are those of the reference. Some three thousand searches, in parts that run side by side; what failed
//! once is kept in `tests/regressions/searches.txt` and tried again first.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at what it did not expect"
)]

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestCaseError, TestRunner};
use registry_core::search::{FacetLimits, SearchQuery};
use registry_core::{Limit, RegistryStore, Timestamp};
use registry_sqlite::SqliteStore;
use registry_tests::random::{Population, facet_limits, moment, population, search};
use registry_tests::{Reference, fast_folder};
use tokio::runtime::Runtime;

const REGISTRIES_PER_PART: u32 = 40;
const SEARCHES: usize = 24;

/// A question, and how many models to a page.
type Question = (SearchQuery, Timestamp, FacetLimits);

fn question() -> impl Strategy<Value = Question> {
    let limit = prop_oneof![
        1 => 1..4_u32,
        4 => 4..20_u32,
        1 => Just(100_u32),
    ];
    (search(), limit, moment(), facet_limits())
        .prop_map(|(query, limit, now, facets)| (query.limit(Limit::AtMost(limit)), now, facets))
}

async fn agree(population: &Population, questions: &[Question]) -> Result<(), TestCaseError> {
    let failed = |error: registry_core::Error| TestCaseError::fail(error.to_string());
    let folder = fast_folder();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db")).await;
    let store = store.map_err(failed)?;
    let reference = Reference::new();
    let (store, reference): (&dyn RegistryStore, &dyn RegistryStore) = (&store, &reference);
    population.settle(store).await.map_err(failed)?;
    population.settle(reference).await.map_err(failed)?;
    for (query, now, limits) in questions {
        let shown = query.filter().map(ToString::to_string).unwrap_or_default();
        let (mut here, mut there) = (query.clone(), query.clone());
        let mut forward = true;
        loop {
            let found = store.search(&here, *now).await.map_err(failed)?;
            let expected = reference.search(&there, *now).await.map_err(failed)?;
            prop_assert_eq!(
                &found,
                &expected,
                "left: SQLite, right: the reference: {} {:?}",
                shown,
                here
            );
            let ahead = if forward { &found.next } else { &found.previous };
            let cursor = match ahead {
                Some(cursor) => cursor.clone(),
                // At the end the way leads back.
                None if forward => {
                    forward = false;
                    let Some(back) = found.previous.clone() else { break };
                    back
                }
                None => break,
            };
            here = query.clone().from_cursor(cursor.clone()).map_err(failed)?;
            there = query.clone().from_cursor(cursor).map_err(failed)?;
        }
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

fn part() {
    let config = ProptestConfig {
        cases: REGISTRIES_PER_PART,
        max_shrink_iters: 500,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/regressions/searches.txt",
        ))),
        ..ProptestConfig::default()
    };
    let runtime = Runtime::new().unwrap();
    let cases = (population(), proptest::collection::vec(question(), SEARCHES));
    let result = TestRunner::new(config).run(&cases, |(population, questions)| {
        runtime.block_on(agree(&population, &questions))
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

#[test]
fn sqlite_finds_what_the_reference_finds_part_1() {
    part();
}

#[test]
fn sqlite_finds_what_the_reference_finds_part_2() {
    part();
}

#[test]
fn sqlite_finds_what_the_reference_finds_part_3() {
    part();
}
