//! Many tasks that write at the same time.

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use registry_core::{EventKind, Model, PromoteRequest, Registered, Result, Selector};
use tokio::task::JoinHandle;

use crate::{Session, a_model, tag};

const TASKS: u64 = 64;

/// A task that registers a model.
fn register(registry: &Session, name: &str, version: &str, dry_run: bool) -> JoinHandle<Result<Registered>> {
    let (store, context) = (registry.shared_store(), registry.context().dry_run(dry_run));
    let model = a_model(name, version)
        .tagged("candidate")
        .metric("loss", 0.5)
        .build();
    tokio::spawn(async move { store.register(&context, model).await })
}

/// One task for each place, of which every eighth is told apart.
fn tasks<T>(task: impl Fn(u64, bool) -> T) -> Vec<(bool, T)> {
    let eighth = |place: u64| place % 8 == 5;
    (0..TASKS)
        .map(|place| (eighth(place), task(place, eighth(place))))
        .collect()
}

fn assert_counted(models: &[Model]) {
    let ids: BTreeSet<_> = models.iter().map(|model| model.id).collect();
    assert_eq!(ids.len(), models.len());
    let mut ordinals: Vec<_> = models.iter().map(|model| model.ordinal).collect();
    ordinals.sort_unstable();
    let count = u64::try_from(models.len()).unwrap();
    assert_eq!(ordinals, (1..=count).collect::<Vec<_>>());
}

pub(crate) async fn many_at_once_are_all_there(registry: Session) {
    let tasks = tasks(|place, _| register(&registry, "gpt", &format!("1.{place}.0"), false));
    let mut models = Vec::new();
    for (_, task) in tasks {
        models.push(task.await.unwrap().unwrap().model);
    }
    assert_counted(&models);
    models.sort_by_key(|model| model.id);
    let mut found = registry.dump().await.models;
    found.sort_by_key(|model| model.id);
    assert_eq!(found, models);
    let events = registry.events().await;
    let registered = events.iter().filter(|event| event.kind == EventKind::Registered);
    assert_eq!(registered.count(), models.len());
}

pub(crate) async fn a_refusal_among_many_is_alone(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let tasks = tasks(|place, taken| {
        let version = if taken {
            "1.0.0".into()
        } else {
            format!("2.{place}.0")
        };
        register(&registry, "gpt", &version, false)
    });
    let mut kept = 1;
    for (taken, task) in tasks {
        match task.await.unwrap() {
            Ok(_) => kept += 1,
            Err(error) => assert_eq!((taken, error.code()), (true, "model_exists")),
        }
    }
    let models = registry.dump().await.models;
    assert_eq!(models.len(), kept);
    assert_counted(&models);
}

pub(crate) async fn a_refusal_names_what_can_be_read(registry: Session) {
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (store, context) = (registry.shared_store(), registry.context());
            tokio::spawn(async move {
                let registered = store.register(&context, a_model("gpt", "1.0.0").build()).await;
                let there = store.find(&"gpt@1.0.0".parse::<Selector>().unwrap()).await;
                assert!(there.unwrap().is_some());
                registered.is_ok()
            })
        })
        .collect();
    let mut registered = 0;
    for task in tasks {
        registered += u32::from(task.await.unwrap());
    }
    assert_eq!((registered, registry.dump().await.models.len()), (1, 1));
}

pub(crate) async fn a_rehearsal_among_many_leaves_nothing(registry: Session) {
    let tasks = tasks(|place, dry_run| register(&registry, "gpt", &format!("1.{place}.0"), dry_run));
    let mut kept = Vec::new();
    for (dry_run, task) in tasks {
        let model = task.await.unwrap().unwrap().model;
        kept.extend((!dry_run).then_some(model));
    }
    assert_counted(&kept);
    let kept: BTreeSet<_> = kept.iter().map(|model| model.version.clone()).collect();
    let found = registry.dump().await.models.into_iter();
    assert_eq!(found.map(|model| model.version).collect::<BTreeSet<_>>(), kept);
}

pub(crate) async fn each_reads_what_it_wrote(registry: Session) {
    let tasks: Vec<_> = (0..TASKS)
        .map(|place| {
            let (store, context) = (registry.shared_store(), registry.context());
            tokio::spawn(async move {
                let model = a_model("gpt", &format!("1.{place}.0")).build();
                let model = store.register(&context, model).await.unwrap().model;
                let found = store.find(&Selector::Id(model.id)).await.unwrap();
                assert_eq!(found, Some(model));
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

pub(crate) async fn one_tag_has_one_holder(registry: Session) {
    let mut models = Vec::new();
    for place in 0..8 {
        models.push(registry.register(a_model("gpt", &format!("1.{place}.0"))).await);
    }
    let tasks: Vec<_> = (0..TASKS)
        .map(|place| {
            let (store, context) = (registry.shared_store(), registry.context());
            let model = models[usize::try_from(place).unwrap() % models.len()].id;
            let request = PromoteRequest::new(model, tag("production"));
            tokio::spawn(async move { store.promote(&context, request).await.unwrap().changed })
        })
        .collect();
    let mut changed = 0;
    for task in tasks {
        changed += usize::from(task.await.unwrap());
    }
    let found = registry.dump().await.models;
    let holders = found
        .iter()
        .filter(|model| model.tag(&tag("production")).is_some());
    assert_eq!(holders.count(), 1);
    let kinds = registry.kinds().await;
    let count = |kind| kinds.iter().filter(|found| **found == kind).count();
    // Each but the first took it from another.
    assert_eq!(
        (count(EventKind::Promoted), count(EventKind::TagLost)),
        (changed, changed - 1)
    );
}

/// Polls a future so many times, then drops it: as when a client hangs up.
pub(crate) async fn cut_off(polls: u64, future: impl Future) {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|task| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        future.as_mut().poll(task).map(drop)
    })
    .await;
}

pub(crate) async fn a_write_given_up_is_whole_or_not_there(registry: Session) {
    let tasks = tasks(|place, given_up| {
        let (store, context) = (registry.shared_store(), registry.context());
        tokio::spawn(async move {
            let (name, version) = ("gpt", format!("1.{place}.0"));
            let model = a_model(name, &version).tagged("candidate").metric("loss", 0.5);
            let registering = store.register(&context, model.build());
            if given_up {
                cut_off(place / 2, registering).await;
            } else {
                registering.await.unwrap();
            }
        })
    });
    for (_, task) in tasks {
        task.await.unwrap();
    }
    // It waits behind everything that is still under way.
    let last = a_model("gpt", "2.0.0").tagged("candidate").metric("loss", 0.5);
    registry.register(last).await;
    let dump = registry.dump().await;
    let fewest = TASKS - TASKS / 8 + 1;
    assert!(u64::try_from(dump.models.len()).unwrap() >= fewest);
    assert_counted(&dump.models);
    for model in &dump.models {
        assert!(model.tag(&tag("candidate")).is_some() && model.metrics.get("loss").is_some());
        let events = dump.events.iter().filter(|event| {
            let of = event.model.as_ref().map(|model| model.id);
            of == Some(model.id)
        });
        assert_eq!(events.count(), 2, "registered and labelled");
    }
}
