//! What has no contestant of another kind: sharing, opening, counting, whole processes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use registry_core::search::{FacetLimits, SearchQuery};
use registry_core::{ModelId, RegistryStore, Selector, Timestamp};

use crate::contest::{median, middle};
use crate::fixture::{Database, Fixture};
use crate::goals;
use crate::model::{context, registration};
use crate::reads::search;

/// A figure by itself.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) size: usize,
    pub(crate) what: String,
    pub(crate) value: String,
    /// What is to be reached, and whether it is.
    pub(crate) goal: Option<(String, bool)>,
}

pub(crate) async fn measure(
    fixture: &Fixture,
    database: Database,
    cli: Option<&Path>,
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<Figure> {
    let mut figures = fixture.ground.figures(fixture.size, wanted).await;
    let mut add = |what: &str, value, goal| {
        figures.push(Figure {
            size: fixture.size,
            what: what.to_owned(),
            value,
            goal,
        });
    };
    if wanted("parallel readers") {
        let times = parallel_readers(fixture).await;
        let goal = Some((
            format!(">= {}", goals::PARALLEL_READS),
            times >= goals::PARALLEL_READS,
        ));
        add(
            "8 reading tasks against one",
            format!("{times:.2} times the gets"),
            goal,
        );
    }
    if wanted("parallel writers") {
        let (tasks, least) = goals::together(database);
        let times = parallel_writers(fixture, tasks).await;
        let goal = Some((format!(">= {least}"), times >= least));
        add(
            &format!("{tasks} writing tasks against one after another"),
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
    if wanted("searches") {
        for (what, time) in searches(fixture).await {
            add(what, format!("{:.1} ms", time.as_secs_f64() * 1e3), None);
        }
    }
    if let Some(cli) = cli.filter(|_| wanted("cli")) {
        let db = fixture.ground.address();
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
            add(
                what,
                format!("{time:.1} ms"),
                Some((goal.to_owned(), time <= limit)),
            );
        }
        let megabytes = std::fs::metadata(cli).unwrap().len() as f64 / f64::from(1 << 20);
        add(
            "the program, as it was built for this",
            format!("{megabytes:.1} MB"),
            Some(("<= 15 MB".to_owned(), megabytes <= 15.0)),
        );
    }
    figures
}

async fn parallel_readers(fixture: &Fixture) -> f64 {
    const GETS: usize = 20_000;
    const TASKS: usize = 8;
    let store = fixture.ground.open().await;
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

async fn parallel_writers(fixture: &Fixture, tasks: usize) -> f64 {
    const WRITES: usize = 512;
    let each = WRITES / tasks;
    let store = fixture.ground.writable(u32::try_from(tasks).unwrap()).await;
    let write = |store: Arc<dyn RegistryStore>, name: String, count: usize| async move {
        for number in 0..count {
            store
                .register(&context(), registration(&name, number))
                .await
                .unwrap();
        }
    };
    let mut ratios = Vec::new();
    // The first round warms up.
    for round in 0..4 {
        let begun = Instant::now();
        let alone = write(Arc::clone(&store), format!("bench/alone-{round}"), WRITES);
        tokio::spawn(alone).await.unwrap();
        let alone = begun.elapsed();
        let begun = Instant::now();
        let tasks = (0..tasks).map(|task| {
            let name = format!("bench/together-{round}-{task}");
            tokio::spawn(write(Arc::clone(&store), name, each))
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        if round > 0 {
            ratios.push(alone.as_secs_f64() / begun.elapsed().as_secs_f64());
        }
    }
    middle(ratios)
}

async fn open(fixture: &Fixture) -> Duration {
    let mut times = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let store = fixture.ground.open().await;
        times.push(begun.elapsed());
        drop(store);
    }
    median(times)
}

async fn counts(fixture: &Fixture) -> (Duration, Duration, Duration) {
    let store = fixture.ground.open().await;
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

/// Searches that no index answers well.
async fn searches(fixture: &Fixture) -> Vec<(&'static str, Duration)> {
    let store = fixture.ground.open().await;
    let mut found = Vec::new();
    for (what, filter, sort) in [
        (
            "list 50 in an order that no index has",
            "",
            ["task_type", "size"].as_slice(),
        ),
        (
            "list what no index finds, and nothing has",
            "path ~ \"*nowhere*\"",
            &[],
        ),
        (
            "list what many have by each part and none by both",
            "metrics.val_loss < 2 and metrics.val_loss > 1 and size > 3000 and memory < 1",
            &[],
        ),
    ] {
        let query = search(filter, sort);
        let mut times = Vec::new();
        for _ in 0..5 {
            let begun = Instant::now();
            store.search(&query, Timestamp::EPOCH).await.unwrap();
            times.push(begun.elapsed());
        }
        found.push((what, median(times)));
    }
    let mut times = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        store
            .count(&search("not metrics.f1 exists", &[]), Timestamp::EPOCH, None)
            .await
            .unwrap();
        times.push(begun.elapsed());
    }
    found.push(("count what lacks a metric, exactly", median(times)));
    found
}

fn process(cli: &Path, db: &str, words: &[&str]) -> Duration {
    let mut times = Vec::new();
    for _ in 0..21 {
        let begun = Instant::now();
        let status = Command::new(cli)
            .args(["--db", db])
            .args(words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        times.push(begun.elapsed());
        assert!(status.unwrap().success());
    }
    median(times)
}
