//! What a copy of a registry must show, whatever the backends on both sides.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use registry_core::backend::Records;
use registry_core::copy::{copy, digest_of};
use registry_core::{FieldUpdate, ModelUpdate, RegistryStore};

use crate::random::{Step, population, steps};
use crate::sending::{a_webhook, secret};
use crate::{Session, a_model, dump};

/// A registry that can be copied.
pub trait Registry: RegistryStore + Records {}

impl<T: RegistryStore + Records> Registry for T {}

/// Copies a registry in use from each to the next; afterwards all are the same, and the same steps have the same answers.
pub async fn a_chain_of_copies_is_one_registry(chain: &[&dyn Registry]) {
    let first = chain[0];
    let mut runner = TestRunner::deterministic();
    let mut some = |count| steps(count).new_tree(&mut runner).unwrap().current();
    let before: Vec<Step> = [some(120), some(120)].concat();
    let after: Vec<Step> = some(120);
    for step in &before {
        step.run(first).await;
    }
    // Gaps: of ids and ordinals, and of a name without models.
    let everything = dump(first).await.unwrap();
    assert!(everything.models.len() > 5, "too little happened");
    for pair in chain.windows(2) {
        let report = copy(pair[0], pair[1], &|_, _| {}).await.unwrap();
        assert_eq!(report.models, everything.models.len() as u64);
        assert_eq!(report.events, everything.events.len() as u64);
        assert_eq!(report.digest, digest_of(pair[0]).await.unwrap());
        assert_eq!(report.digest, digest_of(pair[1]).await.unwrap());
        assert_eq!(dump(pair[1]).await.unwrap(), everything);
    }
    for step in &after {
        let expected = step.run(first).await;
        for other in &chain[1..] {
            assert_eq!(step.run(*other).await, expected, "{step:?}");
        }
    }
    let digest = digest_of(first).await.unwrap();
    for other in &chain[1..] {
        assert_eq!(digest_of(*other).await.unwrap(), digest);
    }
}

/// Webhooks and what they are told are not copied, and the digest knows nothing of them.
pub async fn webhooks_stay_where_they_are(from: std::sync::Arc<dyn Registry>, to: &dyn Registry) {
    let session = Session::new(std::sync::Arc::<dyn Registry>::clone(&from));
    session.register(a_model("a", "1.0.0")).await;
    let context = session.context();
    let webhook = from
        .webhooks()
        .create(&context, a_webhook("ci"), secret(1))
        .await
        .unwrap();
    let digest = digest_of(&*from).await.unwrap();
    from.webhooks().test(&context, webhook.id).await.unwrap();
    assert_eq!(digest_of(&*from).await.unwrap(), digest);
    let report = copy(&*from, to, &|_, _| {}).await.unwrap();
    assert_eq!(report.digest, digest);
    assert_eq!(dump(to).await.unwrap(), session.dump().await);
    assert_eq!(to.webhooks().list().await.unwrap(), []);
    assert_eq!(from.webhooks().list().await.unwrap(), [webhook]);
}

/// What others write meanwhile is not copied, and nobody waits.
pub async fn a_copy_is_of_one_moment(from: std::sync::Arc<dyn Registry>, to: &dyn Registry) {
    let session = Session::new(std::sync::Arc::<dyn Registry>::clone(&from));
    let model = session.register(a_model("a", "1.0.0")).await;
    session.promote(&model, "production").await;
    let before = session.dump().await;
    let digest = digest_of(&*from).await.unwrap();
    let writes = std::sync::atomic::AtomicU32::new(0);
    let write = |_, _| {
        let number = writes.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let other = Session::new(std::sync::Arc::<dyn Registry>::clone(&from));
        let (runtime, version) = (tokio::runtime::Handle::current(), format!("2.{number}.0"));
        let writing = std::thread::spawn(move || {
            runtime.block_on(async move {
                other.register(a_model("b", &version)).await;
            });
        });
        writing.join().unwrap();
    };
    let report = copy(&*from, to, &write).await.unwrap();
    assert_eq!(report.digest, digest);
    assert_eq!(dump(to).await.unwrap(), before);
    let written = writes.into_inner() as usize;
    assert!(written > 1);
    assert_eq!(session.dump().await.models.len(), 1 + written);
}

/// Odd names, texts and numbers arrive as they are.
pub async fn odd_values_arrive(from: &dyn Registry, to: &dyn Registry) {
    let mut runner = TestRunner::deterministic();
    let population = population().new_tree(&mut runner).unwrap().current();
    population.settle(from).await.unwrap();
    let seen = std::sync::Mutex::new(Vec::new());
    let report = copy(from, to, &|done, total| seen.lock().unwrap().push((done, total)))
        .await
        .unwrap();
    assert_eq!(dump(to).await.unwrap(), dump(from).await.unwrap());
    let seen = seen.into_inner().unwrap();
    let total = 2 * (report.models + report.events);
    assert_eq!(seen.last(), Some(&(total, total)));
    assert!(seen.is_sorted(), "{seen:?}");
}

/// A parent that was registered after its child is found.
pub async fn a_parent_may_be_the_younger(from: std::sync::Arc<dyn Registry>, to: &dyn Registry) {
    let session = Session::new(std::sync::Arc::<dyn Registry>::clone(&from));
    let child = session.register(a_model("a", "1.0.0")).await;
    let parent = session.register(a_model("b", "1.0.0")).await;
    let update = ModelUpdate {
        parent: FieldUpdate::Set(parent.id),
        ..ModelUpdate::default()
    };
    session.update(&child, update).await;
    copy(&*from, to, &|_, _| {}).await.unwrap();
    assert_eq!(dump(to).await.unwrap(), session.dump().await);
}

/// Only an empty registry is copied into, and a refusal leaves it as it was.
pub async fn only_an_empty_registry_is_copied_into(
    from: std::sync::Arc<dyn Registry>,
    to: std::sync::Arc<dyn Registry>,
) {
    let empty = copy(&*from, &*to, &|_, _| {}).await.unwrap();
    assert_eq!((empty.models, empty.events), (0, 0));
    let target = Session::new(std::sync::Arc::<dyn Registry>::clone(&to));
    let model = target.register(a_model("a", "1.0.0")).await;
    let before = target.dump().await;
    let error = copy(&*from, &*to, &|_, _| {}).await.unwrap_err();
    assert_eq!(error.code(), "registry_not_empty");
    assert_eq!(target.dump().await, before);
    // What is left of a deleted model counts too.
    target.delete(&model).await;
    assert!(copy(&*from, &*to, &|_, _| {}).await.is_err());
    assert_eq!(target.register(a_model("a", "1.0.0")).await.ordinal, 2);
}
