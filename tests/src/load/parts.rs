//! What is measured, one after the other, on one server.

use std::sync::Arc;
use std::time::Duration;

use registry_core::{ModelId, RegistryStore, Selector};
use registry_sqlite::SqliteStore;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval};

use super::Plan;
use super::client::Client;
use super::empty::Empty;
use super::figure::{Figure, Goal, Outcome};
use super::followers::Follower;
use super::loops::{Clients, Mix};
use super::requests::{EVENTS_EACH, Kind, Requests, get, ids, json};
use super::serving::Serving;
use crate::realistic::file;

/// How many times longer than a get within the process one over HTTP may take, beside an empty round trip.
const TIMES: f64 = 3.0;
/// The part of the highest load at which answers are to come in time.
const HALF: f64 = 0.5;

/// Measures what the plan asks for. `say` is told how it goes on.
///
/// # Panics
/// When the server does not do what it is asked to: this is a test too.
pub async fn measure(plan: &Plan, say: impl Fn(&str)) -> Outcome {
    let kept = file::kept(&plan.folder, plan.models, &say).await;
    let own = tempfile::tempdir_in(&plan.folder).unwrap();
    let registry = own.path().join("registry.db");
    std::fs::copy(kept, &registry).unwrap();
    let serving = Serving::start(&plan.cli, &registry);
    let requests = Requests::make(serving.address, &serving.token, plan.models).await;
    let clients = Clients {
        address: serving.address,
        requests: Arc::new(requests),
        count: plan.clients,
    };
    let mut measuring = Measuring {
        plan,
        serving,
        clients,
        figures: Vec::new(),
        say: &say,
    };
    for kind in [Kind::Get, Kind::List, Kind::NewList, Kind::Register] {
        measuring.check(kind).await;
    }
    if plan.wants("round trips") {
        measuring.round_trips(&registry).await;
    }
    measuring.serving.forget_most();
    let gets = measuring.load(Kind::Get, 15_000.0).await;
    measuring.load(Kind::List, 10_000.0).await;
    // In a mixed load each registration makes the next lists be searched for anew.
    let lists = measuring.load(Kind::NewList, 10_000.0).await;
    let before = measuring.models().await;
    let registered = measuring.clients.requests.registered();
    let registrations = measuring.load(Kind::Register, 2_000.0).await;
    let all = measuring.models().await - before;
    let asked = measuring.clients.requests.registered() - registered;
    assert_eq!(
        all, asked,
        "every registration that was answered is there, and no other"
    );
    if plan.wants("memory") {
        let known = gets.zip(lists).zip(registrations);
        let rate = known.map_or(1_000.0, |((gets, lists), registrations)| {
            Mix::rate(gets, lists, registrations) * HALF
        });
        measuring.memory(rate).await;
    }
    if plan.wants("followers") {
        measuring.followers().await;
    }
    Outcome {
        models: plan.models,
        figures: measuring.figures,
    }
}

struct Measuring<'a> {
    plan: &'a Plan,
    serving: Serving,
    clients: Clients,
    figures: Vec<Figure>,
    say: &'a dyn Fn(&str),
}

impl Measuring<'_> {
    fn add(&mut self, what: impl Into<String>, value: f64, unit: &'static str, goal: Option<Goal>) {
        let what = what.into();
        (self.say)(&format!("  {what}: {value:.2} {unit}"));
        self.figures.push(Figure {
            what,
            value,
            unit,
            goal,
        });
    }

    /// That the answers which are counted are those that are meant.
    async fn check(&self, kind: Kind) {
        let mut client = Client::connect(self.serving.address).await;
        let request = self.clients.requests.request(kind, 0).into_owned();
        let document = json(&mut client, &request).await;
        assert!(kind.fits(&document), "{kind:?}: {document}");
    }

    /// How many models there are, retired ones too.
    async fn models(&self) -> u64 {
        let mut client = Client::connect(self.serving.address).await;
        let request = get("/api/v1/count?status=all", &self.serving.token);
        let counted = json(&mut client, &request).await;
        counted["count"].as_u64().unwrap_or_else(|| panic!("{counted}"))
    }

    /// One get after another by one caller: within this process, over HTTP, and beside it a request for nothing. They
    /// take turns, so that what disturbs one disturbs all.
    async fn round_trips(&mut self, registry: &std::path::Path) {
        const TURN: usize = 20;
        let store = SqliteStore::open(registry).await.unwrap();
        let empty = Empty::start(&self.plan.empty);
        let mut nothing = Client::connect(empty.address).await;
        let mut client = Client::connect(self.serving.address).await;
        let empty_request = get("/", "none");
        let mut ids = ids(self.plan.models).map(|id| ModelId::try_from(i64::try_from(id).unwrap()).unwrap());
        let (mut within, mut trips, mut gets) = (Vec::new(), Vec::new(), Vec::new());
        let end = Instant::now() + self.plan.time;
        let mut number = 0;
        while Instant::now() < end || within.is_empty() {
            for id in ids.by_ref().take(TURN) {
                let begun = Instant::now();
                let found = store.find(&Selector::Id(id)).await.unwrap();
                within.push(begun.elapsed());
                assert!(found.is_some());
            }
            for _ in 0..TURN {
                let begun = Instant::now();
                let status = nothing.ask(&empty_request).await.status;
                trips.push(begun.elapsed());
                assert_eq!(status, 200);
            }
            for _ in 0..TURN {
                let request = self.clients.requests.request(Kind::Get, number);
                number += 1;
                let begun = Instant::now();
                let status = client.ask(&request).await.status;
                gets.push(begun.elapsed());
                assert_eq!(status, 200);
            }
        }
        store.close().await;
        let [within, trip, get] = [within, trips, gets].map(median);
        self.add("get within the process, p50", micros(within), "us", None);
        self.add("empty round trip, p50", micros(trip), "us", None);
        let most = micros(within) * TIMES + micros(trip);
        self.add("get over HTTP, p50", micros(get), "us", Some(Goal::AtMost(most)));
    }

    /// The highest load of a kind, and how late answers come at half of it. Answers the highest load.
    async fn load(&mut self, kind: Kind, goal: f64) -> Option<f64> {
        let (part, what) = match kind {
            Kind::Get => ("gets", "gets"),
            Kind::List => ("lists", "lists of 20"),
            Kind::NewList => ("lists", "lists of 20, each searched for"),
            Kind::Register => ("registrations", "durable registrations"),
        };
        if !self.plan.wants(part) {
            return None;
        }
        let clients = self.plan.clients;
        let loaded = self.clients.as_fast_as_they_can(kind, self.plan.time).await;
        let highest = loaded.rate();
        self.add(
            format!("{what}, {clients} clients"),
            highest,
            "/s",
            Some(Goal::AtLeast(goal)),
        );
        self.add(
            format!("{what}, p50 at that load"),
            loaded.millis(0.5),
            "ms",
            None,
        );
        let rate = highest * HALF;
        let loaded = self
            .clients
            .at_a_rate(Mix::Only(kind), rate, self.plan.time)
            .await;
        self.add(
            format!("{what}, p50 at half of it"),
            loaded.millis(0.5),
            "ms",
            None,
        );
        self.add(
            format!("{what}, p99 at half of it"),
            loaded.millis(0.99),
            "ms",
            Some(Goal::Below(20.0)),
        );
        Some(highest)
    }

    /// What the server needs under a mixed load, and whether that grows.
    async fn memory(&mut self, rate: f64) {
        let time = self.plan.steady;
        (self.say)(&format!(
            "  mixed load of {rate:.0} requests a second for {} s",
            time.as_secs()
        ));
        let begun = Instant::now();
        let clients = self.clients.clone();
        let load = tokio::spawn(async move { clients.at_a_rate(Mix::Mixed, rate, time).await });
        let mut seen = Vec::new();
        let mut looks = interval((time / 100).max(Duration::from_millis(10)));
        while begun.elapsed() < time {
            looks.tick().await;
            seen.push(self.serving.memory().resident);
        }
        let loaded = load.await.unwrap();
        self.add(
            "mixed load, p99 at half of the highest",
            loaded.millis(0.99),
            "ms",
            Some(Goal::Below(20.0)),
        );
        let most = self.serving.memory().most;
        self.add("memory under load, at most", most, "MB", Some(Goal::Below(60.0)));
        // Caches that are bounded fill in the first half; what grows without end grows in the second as well.
        let middle = seen.len() / 2;
        let halves = [
            ("first", seen[0], seen[middle], None),
            (
                "second",
                seen[middle],
                seen[seen.len() - 1],
                Some(Goal::AtMost(3.0)),
            ),
        ];
        for (half, before, after, goal) in halves {
            let what = format!("memory grown in the {half} half of {} of load", duration(time));
            self.add(what, after - before, "MB", goal);
        }
    }

    /// Whether all who follow hear of every event, in order and once.
    async fn followers(&mut self) {
        let (count, burst) = (self.plan.followers, self.plan.burst);
        let mut following = JoinSet::new();
        let events = burst * EVENTS_EACH;
        for _ in 0..count {
            let follower = Follower::begin(self.serving.address, &self.serving.token).await;
            following.spawn(follower.hear(events));
        }
        self.serving.forget_most();
        let begun = Instant::now();
        let mut client = Client::connect(self.serving.address).await;
        for number in 0..burst {
            let request = self
                .clients
                .requests
                .request(Kind::Register, u64::try_from(number).unwrap())
                .into_owned();
            json(&mut client, &request).await;
        }
        let written = begun.elapsed();
        let mut heard: Vec<Vec<i64>> = Vec::new();
        while let Some(one) = following.join_next().await {
            heard.push(one.unwrap());
        }
        let told = begun.elapsed();
        let sound = |ids: &&Vec<i64>| ids.is_sorted_by(|a, b| a < b) && **ids == heard[0];
        let sound = heard.iter().filter(sound).count();
        self.add(
            format!("followers who heard {events} events, each once and in order"),
            sound as f64,
            "",
            Some(Goal::AtLeast(count as f64)),
        );
        self.add(
            format!("{burst} registrations one after another meanwhile"),
            written.as_secs_f64() * 1e3,
            "ms",
            None,
        );
        self.add(
            "until the last had heard the last",
            told.as_secs_f64() * 1e3,
            "ms",
            None,
        );
        let most = self.serving.memory().most;
        self.add(
            format!("memory with {count} followers, at most"),
            most,
            "MB",
            None,
        );
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn duration(time: Duration) -> String {
    if time >= Duration::from_mins(1) {
        format!("{:.0} min", time.as_secs_f64() / 60.0)
    } else {
        format!("{:.0} s", time.as_secs_f64())
    }
}
