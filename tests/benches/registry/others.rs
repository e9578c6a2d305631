//! What has no contestant of another kind: sharing, opening, counting, whole processes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use registry_core::search::{FacetLimits, SearchQuery};
use registry_core::{ModelId, RegistryStore, Selector, Timestamp, WriteContext};
use registry_sqlite::SqliteStore;
use registry_tests::{alice, at};

use crate::contest::median;
use crate::fixture::{Fixture, remove};
use crate::writes::registration;

/// A figure by itself.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) size: usize,
    pub(crate) what: &'static str,
    pub(crate) value: String,
    /// What is to be reached, and whether it is.
    pub(crate) goal: Option<(&'static str, bool)>,
}

pub(crate) async fn measure(
    fixture: &Fixture,
    cli: Option<&Path>,
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |what, value, goal| {
        figures.push(Figure {
            size: fixture.size,
            what,
            value,
            goal,
        });
    };
    if wanted("parallel readers") {
        let times = parallel_readers(fixture).await;
        let goal = Some((">= 1.6", times >= 1.6));
        add(
            "8 reading tasks against one",
            format!("{times:.2} times the gets"),
            goal,
        );
    }
    if wanted("group commit") {
        let times = group_commit(fixture).await;
        let goal = Some((">= 2.5", times >= 2.5));
        add(
            "64 writing tasks against one after another",
            format!("{times:.2} times the writes"),
            goal,
        );
    }
    if wanted("open") {
        let time = open(fixture).await;
        add(
            "open a store",
            format!("{:.2} ms", time.as_secs_f64() * 1e3),
            None,
        );
    }
    if wanted("count") {
        let (exact, capped, facets) = counts(fixture).await;
        add(
            "count all, exactly",
            format!("{:.2} ms", exact.as_secs_f64() * 1e3),
            None,
        );
        add(
            "count up to 10,000",
            format!("{:.2} ms", capped.as_secs_f64() * 1e3),
            None,
        );
        add(
            "facets of the newest 10,000",
            format!("{:.2} ms", facets.as_secs_f64() * 1e3),
            None,
        );
    }
    if let Some(cli) = cli.filter(|_| wanted("cli")) {
        let db = fixture.path.display().to_string();
        for (what, words, limit, goal) in [
            (
                "`registry-cli get 5`, whole process",
                ["get", "5"].as_slice(),
                12.0,
                "<= 12 ms",
            ),
            (
                "`registry-cli list`, whole process",
                ["list"].as_slice(),
                15.0,
                "<= 15 ms",
            ),
        ] {
            let time = process(cli, &db, words).as_secs_f64() * 1e3;
            add(what, format!("{time:.1} ms"), Some((goal, time <= limit)));
        }
        let megabytes = std::fs::metadata(cli).unwrap().len() as f64 / f64::from(1 << 20);
        add(
            "the program",
            format!("{megabytes:.1} MB"),
            Some(("<= 15 MB", megabytes <= 15.0)),
        );
    }
    figures
}

async fn parallel_readers(fixture: &Fixture) -> f64 {
    const GETS: usize = 20_000;
    const TASKS: usize = 8;
    let store: Arc<dyn RegistryStore> = Arc::new(SqliteStore::open(&fixture.path).await.unwrap());
    let ids: Arc<[ModelId]> = fixture.ids(1_000).into();
    let read = |store: Arc<dyn RegistryStore>, ids: Arc<[ModelId]>, gets: usize| async move {
        for call in 0..gets {
            let found = store.find(&Selector::Id(ids[call % ids.len()])).await;
            assert!(found.unwrap().is_some());
        }
    };
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let begun = Instant::now();
        tokio::spawn(read(Arc::clone(&store), Arc::clone(&ids), GETS))
            .await
            .unwrap();
        let alone = begun.elapsed();
        let begun = Instant::now();
        let tasks =
            (0..TASKS).map(|_| tokio::spawn(read(Arc::clone(&store), Arc::clone(&ids), GETS / TASKS)));
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        ratios.push(alone.as_secs_f64() / begun.elapsed().as_secs_f64());
    }
    middle(ratios)
}

async fn group_commit(fixture: &Fixture) -> f64 {
    const TASKS: usize = 64;
    const EACH: usize = 8;
    let copy = fixture.copy("group");
    let sqlite = SqliteStore::open(&copy).await.unwrap();
    let store: Arc<dyn RegistryStore> = Arc::new(sqlite.clone());
    let write = |store: Arc<dyn RegistryStore>, name: String, count: usize| async move {
        let context = WriteContext::new(alice(), at(70_000_000));
        for number in 0..count {
            store
                .register(&context, registration(&name, number))
                .await
                .unwrap();
        }
    };
    let mut ratios = Vec::new();
    for round in 0..3 {
        let begun = Instant::now();
        let alone = write(Arc::clone(&store), format!("bench/alone-{round}"), TASKS * EACH);
        tokio::spawn(alone).await.unwrap();
        let alone = begun.elapsed();
        let begun = Instant::now();
        let tasks = (0..TASKS).map(|task| {
            tokio::spawn(write(
                Arc::clone(&store),
                format!("bench/together-{round}-{task}"),
                EACH,
            ))
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        ratios.push(alone.as_secs_f64() / begun.elapsed().as_secs_f64());
    }
    sqlite.close().await;
    remove(&copy);
    middle(ratios)
}

fn middle(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

async fn open(fixture: &Fixture) -> Duration {
    let mut times = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let store = SqliteStore::open(&fixture.path).await.unwrap();
        times.push(begun.elapsed());
        store.close().await;
    }
    median(times)
}

async fn counts(fixture: &Fixture) -> (Duration, Duration, Duration) {
    let store = SqliteStore::open(&fixture.path).await.unwrap();
    let store: &dyn RegistryStore = &store;
    let query = SearchQuery::default();
    let now = Timestamp::EPOCH;
    let (mut exact, mut capped, mut facets) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..5 {
        let begun = Instant::now();
        store.count(&query, now, None).await.unwrap();
        exact.push(begun.elapsed());
        let begun = Instant::now();
        store.count(&query, now, Some(10_000)).await.unwrap();
        capped.push(begun.elapsed());
        let begun = Instant::now();
        store.facets(&query, now, FacetLimits::default()).await.unwrap();
        facets.push(begun.elapsed());
    }
    (median(exact), median(capped), median(facets))
}

fn process(cli: &Path, db: &str, words: &[&str]) -> Duration {
    let mut times = Vec::new();
    for _ in 0..21 {
        let begun = Instant::now();
        let status = Command::new(cli)
            .args(["--db", db])
            .args(words)
            .stdout(Stdio::null())
            .status();
        times.push(begun.elapsed());
        assert!(status.unwrap().success());
    }
    median(times)
}
