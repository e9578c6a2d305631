//! What a merge of two registries must show, whatever the backends on both sides.

mod failing;
mod overtaken;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use registry_core::backend::Records;
use registry_core::copy::copy;
use registry_core::copy::merge::{MergeOptions, MergeReport, merge};
use registry_core::doctor::examine;
use registry_core::rules::TagSide;
use registry_core::{Model, PromotionScope, RegistryStore, WriteContext};

use crate::copying::Registry;
use crate::random::{Step, population, steps};
use crate::session::Dump;
use crate::{Session, a_model, at, bob, dump};
use failing::Failing;
use overtaken::Overtaken;

fn options() -> MergeOptions {
    MergeOptions::new(WriteContext::new(bob(), at(100)))
}

fn keeping() -> MergeOptions {
    MergeOptions {
        keep_existing: true,
        ..options()
    }
}

fn in_pieces(size: usize) -> MergeOptions {
    MergeOptions {
        chunk: NonZeroUsize::new(size),
        ..keeping()
    }
}

async fn merged(from: &dyn Records, to: &dyn Records, options: &MergeOptions) -> MergeReport {
    merge(from, to, options, &|_, _| {}).await.unwrap()
}

/// Nothing is wrong but for the files of the models, which a test doesn't make.
async fn sound(registry: &dyn Registry) {
    let findings = examine(registry).await.unwrap().findings;
    let wrong: Vec<String> = findings
        .iter()
        .filter(|finding| !finding.code.starts_with("checkpoint"))
        .filter(|finding| finding.code != "tag_without_holder")
        .map(ToString::to_string)
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

fn identity(model: &Model) -> String {
    format!("{}@{}", model.name, model.version)
}

/// A registry without the numbers that it gives on its own, by the identities of its models.
fn contents(dump: &Dump) -> BTreeMap<String, (Model, Option<String>)> {
    let names: BTreeMap<i64, String> = dump
        .models
        .iter()
        .map(|model| (model.id.get(), identity(model)))
        .collect();
    let plain = |model: &Model| {
        let mut model = model.clone();
        let parent = model.parent.take().map(|id| names[&id.get()].clone());
        model.id = 1.try_into().unwrap();
        model.ordinal = 1;
        (model, parent)
    };
    let models = dump.models.iter();
    models.map(|model| (identity(model), plain(model))).collect()
}

/// The registries of a random merge: both have seen some steps together, then each some of its own.
pub struct Random {
    runner: TestRunner,
}

impl Random {
    /// The same ones each time.
    pub fn new() -> Self {
        Self {
            runner: TestRunner::deterministic(),
        }
    }

    fn some(&mut self, count: usize) -> Vec<Step> {
        steps(count).new_tree(&mut self.runner).unwrap().current()
    }

    /// Fills the one with many names, of which the other has some.
    pub async fn crowd(&mut self, from: &dyn Registry, to: &dyn Registry) {
        let population = population().new_tree(&mut self.runner).unwrap().current();
        population.settle(from).await.unwrap();
        run(from, &self.some(60)).await;
        run(to, &self.some(40)).await;
    }

    /// Fills both.
    pub async fn fill(&mut self, from: &dyn Registry, to: &dyn Registry, together: usize) {
        if together > 0 {
            run(from, &self.some(together)).await;
            copy(from, to, &|_, _| {}).await.unwrap();
        }
        run(from, &self.some(60)).await;
        run(to, &self.some(60)).await;
    }
}

impl Default for Random {
    fn default() -> Self {
        Self::new()
    }
}

async fn run(store: &dyn RegistryStore, steps: &[Step]) {
    for step in steps {
        step.run(store).await;
    }
}

/// What comes is what was there, what was there stays, and a second merge changes nothing.
pub async fn a_merge_adds_and_changes_nothing_else(from: &dyn Registry, to: &dyn Registry) {
    let (source, before) = (dump(from).await.unwrap(), dump(to).await.unwrap());
    let highest = to.read_records().await.unwrap().last_ids().await.unwrap().model;
    let rehearsal = MergeOptions {
        context: keeping().context.dry_run(true),
        ..keeping()
    };
    let foretold = merged(from, to, &rehearsal).await;
    assert_eq!(dump(to).await.unwrap(), before, "a rehearsal changed something");
    let report = merged(from, to, &keeping()).await;
    let as_foretold = MergeReport {
        dry_run: true,
        digest: None,
        ..report.clone()
    };
    assert_eq!(as_foretold, foretold);
    let after = dump(to).await.unwrap();
    sound(to).await;

    // What was there stays, to the last byte.
    let kept = |model: &&Model| before.models.iter().any(|old| old.id == model.id);
    let still: Vec<Model> = after.models.iter().filter(kept).cloned().collect();
    let sorted = |mut models: Vec<Model>| {
        models.sort_by_key(|model| model.id);
        models
    };
    assert_eq!(sorted(still), sorted(before.models.clone()));
    assert_eq!(
        after.events[after.events.len() - before.events.len()..],
        before.events[..]
    );
    assert_eq!(after.settings, before.settings);

    // What came is what it was, but for tags that others hold.
    let (theirs, ours, all) = (contents(&source), contents(&before), contents(&after));
    let mut came = 0;
    for (identity, (model, parent)) in &theirs {
        if ours.contains_key(identity) {
            continue;
        }
        came += 1;
        let (mut expected, found) = (model.clone(), &all[identity]);
        let left = |tag: &str| {
            let left = report.tags_left.iter();
            left.clone()
                .any(|left| left.model == *identity && left.tag == tag)
        };
        expected.tags.retain(|tag| !left(tag.name.as_str()));
        assert_eq!(found, &(expected, parent.clone()), "{identity}");
    }
    assert_eq!(report.models, came);
    assert_eq!(all.len() as u64, ours.len() as u64 + came);
    let (lost, came) = (
        report.tags_left.len() as u64,
        after.events.len() - before.events.len(),
    );
    assert_eq!(came as u64, report.events + lost);

    // The ids stay where they can.
    for renumbered in &report.renumbered {
        assert!(
            renumbered.from_id <= highest && renumbered.to_id > highest,
            "{renumbered:?}"
        );
    }

    let again = merged(from, to, &keeping()).await;
    assert_eq!((again.models, again.events, again.tags), (0, 0, 0));
    assert_eq!(dump(to).await.unwrap(), after);
}

/// Divided or stopped in the middle and run again, a merge comes to the same; `whole` holds what it is merged into at
/// once, `pieces` and `broken` the same.
pub async fn pieces_come_to_the_same(from: &dyn Registry, whole: &dyn Registry, others: [&dyn Registry; 2]) {
    let [pieces, broken] = others;
    let at_once = merged(from, whole, &keeping()).await;
    let expected = contents(&dump(whole).await.unwrap());
    let report = merged(from, pieces, &in_pieces(2)).await;
    assert_eq!((report.models, report.tags), (at_once.models, at_once.tags));
    assert_eq!(
        (report.events, report.renumbered.len()),
        (at_once.events, at_once.renumbered.len())
    );
    assert_eq!(contents(&dump(pieces).await.unwrap()), expected);
    sound(pieces).await;

    // Each time it comes somewhat further, and what it has written is whole.
    let (mut models, mut stops) = (0, 0);
    loop {
        let failing = Failing::after(broken, 2 + stops);
        let done = merge(from, &failing, &in_pieces(1), &|_, _| {}).await;
        sound(broken).await;
        match done {
            Ok(report) => break models += report.models,
            Err(error) => assert_eq!(error.code(), "unreachable"),
        }
        let now = dump(broken).await.unwrap();
        leads_to_nothing_that_is_missing(&now);
        for (identity, (_, parent)) in contents(&now) {
            assert_eq!(parent, expected[&identity].1, "the parent of {identity}");
        }
        let now = now.models.len();
        assert!(stops < 200, "it comes no further than to {now} models");
        stops += 1;
    }
    assert!(stops > 3, "it was never stopped");
    assert!(models <= at_once.models);
    assert_eq!(contents(&dump(broken).await.unwrap()), expected);
    sound(broken).await;
}

/// Each model that an event names exists, or did.
fn leads_to_nothing_that_is_missing(dump: &Dump) {
    let models = dump.models.iter().map(|model| model.id.get());
    let told = dump.events.iter().filter_map(|event| event.model.as_ref());
    let known: BTreeSet<i64> = models.chain(told.map(|model| model.id.get())).collect();
    for event in &dump.events {
        let after = &event.after;
        let losers = after["lost_by"].as_array().into_iter().flatten();
        let others = losers.chain([&after["lost_to"]]).map(|model| &model["model_id"]);
        for id in others
            .chain([&after["parent_model_id"]])
            .filter_map(serde_json::Value::as_i64)
        {
            assert!(known.contains(&id), "{event:?} names {id}");
        }
    }
}

async fn scoped(session: &Session, scope: PromotionScope) {
    let set = session
        .store()
        .set_promotion_scope(&session.context(), scope)
        .await;
    set.unwrap();
}

/// Who holds a tag stays, unless the other side is asked for; each loss is in the history.
pub async fn tags_stay_with_their_holders(from: Arc<dyn Registry>, to: Arc<dyn Registry>) {
    let here = Session::new(Arc::<dyn Registry>::clone(&to));
    let there = Session::new(Arc::<dyn Registry>::clone(&from));
    let ours = here.register(a_model("gpt", "1.0.0")).await;
    here.promote(&ours, "production").await;
    let theirs = there.register(a_model("gpt", "2.0.0")).await;
    there.promote(&theirs, "production").await;
    there.promote(&theirs, "staging").await;
    let report = merged(&*from, &*to, &options()).await;
    assert_eq!((report.models, report.tags), (1, 1));
    let left = &report.tags_left[0];
    let told = [&left.tag, &left.model, &left.holder].map(String::as_str);
    assert_eq!(told, ["production", "gpt@2.0.0", "gpt@1.0.0"]);
    assert_eq!(here.found(":production").await, "gpt@1.0.0");
    let holder = here.find(":staging").await.unwrap();
    assert_eq!(
        (holder.version.to_string(), holder.id.get(), holder.ordinal),
        ("2.0.0".into(), 2, 2)
    );
    let lost = &here.dump().await.events[0];
    assert_eq!((lost.kind.as_str(), &lost.actor), ("tag_lost", &bob()));
    assert_eq!(lost.after["lost_to"]["version"], "1.0.0");
    sound(&*to).await;

    // Another version is promoted there and asked for.
    let third = there.register(a_model("gpt", "3.0.0")).await;
    there.promote(&third, "production").await;
    let asked = MergeOptions {
        tags: TagSide::Source,
        ..options()
    };
    let report = merged(&*from, &*to, &asked).await;
    let taken = &report.tags_taken[0];
    assert_eq!(
        [&taken.model, &taken.holder].map(String::as_str),
        ["gpt@1.0.0", "gpt@3.0.0"]
    );
    assert_eq!(here.found(":production").await, "gpt@3.0.0");
    sound(&*to).await;
}

/// The same version with other contents stops everything; on request it stays as it is.
pub async fn conflicts_are_told(from: Arc<dyn Registry>, to: Arc<dyn Registry>) {
    let here = Session::new(Arc::<dyn Registry>::clone(&to));
    let there = Session::new(Arc::<dyn Registry>::clone(&from));
    here.register(a_model("gpt", "1.0.0").task("other")).await;
    there.register(a_model("gpt", "1.0.0")).await;
    there.register(a_model("gpt", "2.0.0")).await;
    let error = here
        .refused("merge_conflict", merge(&*from, &*to, &options(), &|_, _| {}))
        .await;
    assert!(error.to_string().contains("`gpt@1.0.0` ("), "{error}");
    let report = merged(&*from, &*to, &keeping()).await;
    assert_eq!((report.models, report.conflicts.len()), (1, 1));
    assert!(report.conflicts[0].fields.contains(&"task_type".to_owned()));
    let models = here.dump().await.models;
    assert_eq!(models.len(), 2);
    assert!(models.iter().any(|model| model.task_type.as_str() == "other"));
}

/// Another who merges the same at the same moment is noticed, also by the history of what was deleted.
pub async fn the_same_does_not_come_twice(from: Arc<dyn Registry>, to: Arc<dyn Registry>) {
    let there = Session::new(Arc::<dyn Registry>::clone(&from));
    let gone = there.register(a_model("gpt", "1.0.0")).await;
    there.delete(&gone).await;
    let again = there.register(a_model("gpt", "1.0.0")).await;
    there.delete(&again).await;
    let late = Overtaken {
        from: &*from,
        to: &*to,
    };
    let overtaken = merge(&*from, &late, &options(), &|_, _| {}).await;
    assert_eq!(overtaken.unwrap_err().code(), "merge_conflict");
    let came = dump(&*to).await.unwrap();
    assert_eq!(came.events.len(), 4);
    let report = merged(&*from, &*to, &options()).await;
    assert_eq!(report.events, 0);
    assert_eq!(dump(&*to).await.unwrap(), came);
}

/// Under scope `name` every name has a holder of its own; settings stay.
pub async fn scopes_and_settings_are_the_target_s(from: Arc<dyn Registry>, to: Arc<dyn Registry>) {
    let here = Session::new(Arc::<dyn Registry>::clone(&to));
    let there = Session::new(Arc::<dyn Registry>::clone(&from));
    scoped(&here, PromotionScope::Name).await;
    let ours = here.register(a_model("gpt", "1.0.0")).await;
    here.promote(&ours, "production").await;
    scoped(&there, PromotionScope::None).await;
    for (name, version) in [("gpt", "2.0.0"), ("vit", "1.0.0"), ("vit", "1.1.0")] {
        let model = there.register(a_model(name, version)).await;
        there.promote(&model, "production").await;
    }
    let report = merged(&*from, &*to, &options()).await;
    let left: Vec<_> = report.tags_left.iter().map(|left| left.model.as_str()).collect();
    assert_eq!(left, ["gpt@2.0.0", "vit@1.0.0"]);
    assert_eq!(report.settings_left.len(), 1);
    assert_eq!(here.found("gpt@:production").await, "gpt@1.0.0");
    assert_eq!(here.found("vit@:production").await, "vit@1.1.0");
    assert_eq!(here.dump().await.settings.promotion_scope, PromotionScope::Name);
    sound(&*to).await;
}
