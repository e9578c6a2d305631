//! Text is ordered by its bytes and equal only to itself, whatever the locale of the database. PostgreSQL 15 and later
//! can have a database of an ICU locale.

use std::sync::Arc;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use registry_core::search::SearchQuery;
use registry_core::{CatalogQuery, Limit, RegistryStore};
use registry_sqlite::SqliteStore;
use registry_tests::random::{Step, Verb, agree_with_the_reference, population, search};
use registry_tests::{Emptied, PostgresRegistry, Session, a_model, fast_folder};
use sqlx::Row;

const WORDS: [&str; 12] = ["z", "Z", "a", "A", "b", "é", "e", "É", "ss", "ß", "a-b", "ab"];

#[tokio::test]
async fn order_is_that_of_the_bytes() {
    let registry = PostgresRegistry::sorted_by_language().await;
    // The database itself orders otherwise: else this would show nothing.
    let mut connection = registry.connect().await;
    let ordered = "SELECT string_agg(word, ' ' ORDER BY word) FROM unnest(ARRAY['Z', 'a', 'é', 'f']) AS word";
    let row = sqlx::Executor::fetch_one(&mut connection, ordered).await.unwrap();
    assert_eq!(row.get::<String, _>(0), "a é f Z");

    let session = Session::new(Arc::new(registry.open().await));
    for word in WORDS {
        let model = a_model(word, "1.0.0")
            .task(word)
            .tagged(word)
            .metadata(&format!(r#"{{"word": "{word}"}}"#));
        session.register(model).await;
    }
    let mut by_bytes = WORDS;
    by_bytes.sort_unstable();
    let store = session.store();
    let names = store.names(&CatalogQuery::default()).await.unwrap().items;
    let names: Vec<String> = names.iter().map(|name| name.name.to_string()).collect();
    assert_eq!(names, by_bytes);
    let tags = store.tags(&CatalogQuery::default()).await.unwrap().items;
    let tags: Vec<String> = tags.iter().map(|tag| tag.tag.to_string()).collect();
    assert_eq!(tags, by_bytes);
    for field in ["name", "task_type", "metadata.word"] {
        // Metadata can be asked for, and not sorted by.
        let sort = if field == "metadata.word" {
            Vec::new()
        } else {
            vec![field.parse().unwrap()]
        };
        let query = SearchQuery::new(None, sort).unwrap().limit(Limit::Unlimited);
        let found = store.search(&query, registry_tests::at(0)).await.unwrap().items;
        let found: Vec<&str> = found.iter().map(|model| model.name.as_str()).collect();
        if field != "metadata.word" {
            assert_eq!(found, by_bytes, "{field}");
        }
        for word in WORDS {
            for (operator, expected) in [("=", vec![word]), ("<", below(&by_bytes, word))] {
                let filter = format!("{field} {operator} '{word}'");
                // Not every field has an order to ask for.
                let Ok(filter) = filter.parse() else {
                    assert_eq!(operator, "<", "{filter}");
                    continue;
                };
                let query = SearchQuery::new(Some(filter), Vec::new()).unwrap();
                let found = session.list(query.limit(Limit::Unlimited)).await;
                assert_eq!(
                    found.len(),
                    expected.len(),
                    "{field} {operator} {word}: {found:?}"
                );
            }
        }
    }
}

fn below<'a>(by_bytes: &[&'a str], word: &str) -> Vec<&'a str> {
    by_bytes.iter().copied().filter(|other| *other < word).collect()
}

#[test]
fn random_steps_answer_as_the_reference() {
    let registry = Emptied::default();
    agree_with_the_reference(60, "tests/regressions/model_based.txt", async || {
        (registry.store(PostgresRegistry::sorted_by_language).await, ())
    });
}

/// Names of other scripts, and searches of all kinds over them, page by page there and back.
#[tokio::test]
async fn random_searches_answer_as_sqlite() {
    let registry = PostgresRegistry::sorted_by_language().await;
    let postgres = registry.open().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..4 {
        registry.clear().await;
        let folder = fast_folder();
        let sqlite = SqliteStore::open_or_create(folder.path().join("registry.db"))
            .await
            .unwrap();
        let population = population().new_tree(&mut runner).unwrap().current();
        population.settle(&postgres).await.unwrap();
        population.settle(&sqlite).await.unwrap();
        for _ in 0..60 {
            let query = search().new_tree(&mut runner).unwrap().current();
            let step = Step {
                verb: Verb::Search(Box::new(query), 15),
                second: 15,
                dry_run: false,
                key: None,
            };
            let stores: [&dyn RegistryStore; 2] = [&postgres, &sqlite];
            let [ours, expected] = [step.run(stores[0]).await, step.run(stores[1]).await];
            assert_eq!(ours, expected, "{step:?}");
        }
    }
}
