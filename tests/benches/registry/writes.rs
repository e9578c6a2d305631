//! Operations that write durably, each contestant under a name and a tag of its own.

use registry_core::{ModelId, RegistryStore, Status};
use registry_tests::tag;

use crate::contest::{Outcome, contest};
use crate::contestant::Contestant;
use crate::fixture::Fixture;

const CALLS: usize = 300;
const BULK: usize = 500;
const BULKS: usize = 6;

const REGISTER: &str = "register";
const PROMOTE: &str = "promote";
const REGISTER_MANY: &str = "bulk register, per model";

pub(crate) async fn measure(fixture: &Fixture, wanted: &dyn Fn(&str) -> bool) -> Vec<Outcome> {
    if ![REGISTER, PROMOTE, REGISTER_MANY].into_iter().any(wanted) {
        return Vec::new();
    }
    let all = fixture.ground.writers().await;
    let mut outcomes = Vec::new();
    if wanted(REGISTER) {
        let outcome = contest(REGISTER, CALLS, &all, async |contestant, call| {
            let name = format!("bench/{}", contestant.name());
            contestant.register(&name, call).await;
        });
        outcomes.push(outcome.await);
    }
    if wanted(PROMOTE) {
        let store = fixture.ground.open().await;
        outcomes.push(promote(&all, &active(&*store, &fixture.ids(200)).await).await);
    }
    if wanted(REGISTER_MANY) {
        let outcome = contest(REGISTER_MANY, BULKS, &all, async |contestant, call| {
            let name = format!("bench/many-{}", contestant.name());
            let numbers = call * BULK..(call + 1) * BULK;
            contestant.register_many(&name, numbers).await;
        });
        outcomes.push(outcome.await.divided(BULK));
    }
    outcomes
}

/// Each promotion takes the tag from the model of the one before.
async fn promote(all: &[Box<dyn Contestant>], ids: &[ModelId]) -> Outcome {
    contest(PROMOTE, CALLS, all, async |contestant, call| {
        let tag = tag(&format!("bench-{}", contestant.name()));
        contestant.promote(ids[call % ids.len()], &tag).await;
    })
    .await
}

async fn active(store: &dyn RegistryStore, ids: &[ModelId]) -> Vec<ModelId> {
    let models = store.get_many(ids).await.unwrap();
    models
        .into_iter()
        .flatten()
        .filter(|model| model.status == Status::Active)
        .map(|model| model.id)
        .collect()
}
