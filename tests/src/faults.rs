//! Writers who note what became of each write, while somebody breaks things; and whether the registry holds what they
//! were told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use registry_core::{
    Category, EventKind, Model, ModelId, PromoteRequest, PromotionScope, RegistryStore, Result, WriteContext,
};
use registry_postgres::PostgresStore;
use tokio::task::JoinHandle;

use crate::races::sound::assert_explained;
use crate::{ModelBuilder, a_model, alice, at, dump, tag};

/// The answer, which must come before long: nothing may hang.
pub async fn in_time<T>(answer: impl Future<Output = T>) -> T {
    const DEADLINE: Duration = Duration::from_secs(30);
    tokio::time::timeout(DEADLINE, answer).await.expect("it hangs")
}

/// A model with five labels, three exports and ten metrics.
pub fn rich(name: &str, version: &str) -> ModelBuilder {
    let mut model = a_model(name, version);
    for place in 0..5 {
        model = model.tagged(&format!("tag-{place}"));
    }
    for place in 0..3 {
        model = model.export("onnx", &format!("{place}.onnx"));
    }
    for place in 0..10 {
        model = model.metric(&format!("metric_{place}"), 0.5);
    }
    model
}

/// Registers a model.
///
/// # Errors
/// Those of the store.
pub async fn register(store: &PostgresStore, model: ModelBuilder) -> Result<Model> {
    let context = WriteContext::new(alice(), at(1));
    let registered = store.register(&context, model.into()).await?;
    Ok(registered.model)
}

/// Promotes a model in the whole registry.
///
/// # Errors
/// Those of the store.
pub async fn promote(store: &PostgresStore, model: ModelId) -> Result<()> {
    let context = WriteContext::new(alice(), at(1));
    let request = PromoteRequest::new(model, tag("production")).scope(PromotionScope::Registry);
    store.promote(&context, request).await.map(drop)
}

/// What became of a registration, as its writer was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    NotDone,
    Unknown,
}

/// What became of each write.
#[derive(Debug, Default)]
pub struct Ledger {
    registered: BTreeMap<(String, String), Fate>,
    promotions: usize,
    promotions_unknown: usize,
    codes: BTreeMap<String, usize>,
}

impl Ledger {
    /// Registers a model, promotes it if that went well, and notes what became of both.
    pub async fn write(&mut self, store: &PostgresStore, name: &str, version: &str) {
        let registered = in_time(register(store, rich(name, version))).await;
        let fate = self.fate(&registered);
        self.registered.insert((name.into(), version.into()), fate);
        if let Ok(model) = registered {
            let promoted = in_time(promote(store, model.id)).await;
            match self.fate(&promoted) {
                Fate::Done => self.promotions += 1,
                Fate::Unknown => self.promotions_unknown += 1,
                Fate::NotDone => {}
            }
        }
    }

    fn fate<T>(&mut self, outcome: &Result<T>) -> Fate {
        let Err(error) = outcome else {
            return Fate::Done;
        };
        *self.codes.entry(error.code().to_owned()).or_default() += 1;
        assert_eq!(error.category(), Category::Failure, "{error}");
        match error.code() {
            "unreachable" | "busy" | "timed_out" => Fate::NotDone,
            "outcome_unknown" => Fate::Unknown,
            _ => panic!("not an error for this: {error} {error:?}"),
        }
    }

    /// How many writes failed.
    pub fn failed(&self) -> usize {
        self.codes.values().sum()
    }

    /// Takes over what another noted.
    pub fn add(&mut self, other: Self) {
        self.registered.extend(other.registered);
        self.promotions += other.promotions;
        self.promotions_unknown += other.promotions_unknown;
        for (code, count) in other.codes {
            *self.codes.entry(code).or_default() += count;
        }
    }

    /// What was done is there and whole, what was not done is not there, and of the rest each is whole or not there.
    pub async fn check(&self, store: &PostgresStore) {
        // A session whose client is gone may still be at its commit.
        let mut found = dump(store).await.unwrap();
        loop {
            let again = dump(store).await.unwrap();
            if again == found {
                break;
            }
            found = again;
        }
        assert_explained(&found);
        let models: BTreeMap<_, _> = found
            .models
            .iter()
            .map(|model| ((model.name.as_str().to_owned(), model.version.to_string()), model))
            .collect();
        for (key, fate) in &self.registered {
            match (fate, models.get(key)) {
                (Fate::Done, None) => panic!("an acknowledged registration is lost: {key:?}"),
                (Fate::NotDone, Some(_)) => panic!("a refused registration is there: {key:?}"),
                (_, None) => {}
                (_, Some(model)) => {
                    let labels = model.tags.iter().filter(|tag| tag.name.as_str() != "production");
                    let parts = (labels.count(), model.exports.len(), model.metrics.len());
                    assert_eq!(parts, (5, 3, 10), "half a registration: {key:?}");
                }
            }
        }
        let promotions = found.events.iter();
        let promotions = promotions
            .filter(|event| event.kind == EventKind::Promoted)
            .count();
        let possible = self.promotions..=self.promotions + self.promotions_unknown;
        assert!(possible.contains(&promotions), "{promotions} promotions: {self}");
        let holders = found.models.iter();
        let holders = holders.filter(|model| model.tag(&tag("production")).is_some());
        assert_eq!(holders.count(), 1.min(promotions));
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |fate| self.registered.values().filter(|of| **of == fate).count();
        let (done, unknown) = (of(Fate::Done), of(Fate::Unknown));
        let Self {
            promotions,
            promotions_unknown,
            codes,
            ..
        } = self;
        write!(
            f,
            "registrations done: {done}, unknown: {unknown}; promotions done: {promotions}, "
        )?;
        write!(f, "unknown: {promotions_unknown}; errors: {codes:?}")
    }
}

/// Writers that go on until they are stopped.
pub struct Writers {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
    writing: Vec<JoinHandle<Ledger>>,
}

impl Writers {
    /// So many, each with models of names and versions of its own.
    pub fn start(store: &PostgresStore, count: usize) -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let started = STARTED.fetch_add(1, Ordering::Relaxed);
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let writing = (0..count).map(|writer| {
            let (store, stop) = (store.clone(), Arc::clone(&stop));
            let acknowledged = Arc::clone(&acknowledged);
            tokio::spawn(async move {
                let mut ledger = Ledger::default();
                let name = format!("name-{}", writer % 3);
                let mut turn = 0;
                while !stop.load(Ordering::Relaxed) {
                    turn += 1;
                    let before = ledger.promotions;
                    ledger
                        .write(&store, &name, &format!("{started}.{writer}.{turn}"))
                        .await;
                    acknowledged.fetch_add(ledger.promotions - before, Ordering::Relaxed);
                }
                ledger
            })
        });
        let writing = writing.collect();
        Self {
            stop,
            acknowledged,
            writing,
        }
    }

    /// Until so many promotions were acknowledged, as they must be before long.
    pub async fn acknowledged(&self, count: usize) {
        let reached = async {
            while self.acknowledged.load(Ordering::Relaxed) < count {
                tokio::task::yield_now().await;
            }
        };
        in_time(reached).await;
    }

    /// Lets them finish what they are at; what they noted.
    pub async fn stop(self) -> Ledger {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Ledger::default();
        for writer in self.writing {
            all.add(in_time(writer).await.unwrap());
        }
        all
    }
}
