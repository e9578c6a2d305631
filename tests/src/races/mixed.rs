//! Everybody does everything to the same few models, and somebody looks on.

use std::sync::{Arc, Mutex};

use registry_core::search::SearchQuery;
use registry_core::{
    FieldUpdate, Limit, ModelId, ModelUpdate, Parent, PromoteRequest, PromotionScope, RegistryStore, Result,
    Status, WriteContext,
};

use super::sound::{Ordinals, assert_explained, assert_models, holders};
use super::{Stores, WRITERS, answers, done, store_of};
use crate::dice::Dice;
use crate::{a_model, alice, at, dump, name, tag};

/// The names of all models.
const NAMES: [&str; 2] = ["gpt", "vit"];

/// How many models are written at a time.
const FEW: usize = 6;

/// The models of the moment: the last that were registered.
struct Models(Mutex<Vec<ModelId>>);

impl Models {
    fn pick(&self, dice: &mut Dice) -> ModelId {
        dice.pick(&self.0.lock().unwrap())
    }

    fn add(&self, model: ModelId) {
        let mut models = self.0.lock().unwrap();
        models.push(model);
        let many = models.len().saturating_sub(FEW);
        models.drain(..many);
    }
}

/// What came of it.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    /// Writes that were done.
    pub done: usize,
    /// Writes that were refused.
    pub refused: usize,
    /// How often somebody looked meanwhile.
    pub looks: usize,
}

/// Each writer writes so many times, by chance; `seed` says which.
pub async fn everything(stores: &Stores, writes: usize, seed: u64) -> Tally {
    let models = Arc::new(Models(Mutex::default()));
    for place in 0..FEW {
        let model = a_model(NAMES[place % 2], &format!("0.{place}.0"));
        let context = WriteContext::new(alice(), at(0));
        let registered = stores[0].register(&context, model.into()).await.unwrap();
        models.add(registered.model.id);
    }
    let tasks: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (store, models) = (store_of(stores, writer), Arc::clone(&models));
            let mut dice = Dice::new(seed * 1000 + u64::try_from(writer).unwrap());
            tokio::spawn(async move {
                let mut tally = Tally::default();
                for turn in 0..writes {
                    let version = format!("1.{writer}.{turn}");
                    if done(one_write(store.as_ref(), &models, &mut dice, &version).await) {
                        tally.done += 1;
                    } else {
                        tally.refused += 1;
                    }
                }
                tally
            })
        })
        .collect();
    let mut total = Tally::default();
    let looking = look(stores[stores.len() - 1].as_ref(), &mut total.looks);
    let tallies = tokio::select! {
        tallies = answers(tasks) => tallies,
        never = looking => match never {},
    };
    for tally in tallies {
        total.done += tally.done;
        total.refused += tally.refused;
    }
    assert_explained(&dump(stores[0].as_ref()).await.unwrap());
    total
}

/// Looks at everything, again and again, and each time all must be well.
async fn look(store: &dyn RegistryStore, looks: &mut usize) -> std::convert::Infallible {
    let everything = SearchQuery::of_every_status(None, Vec::new())
        .unwrap()
        .limit(Limit::Unlimited);
    let (single, of_name, settled) = (tag("single"), tag("of-name"), tag("settled"));
    let mut ordinals = Ordinals::default();
    loop {
        let mut models = store.search_models(&everything, at(0)).await.unwrap().items;
        assert_models(&models);
        ordinals.note(&models);
        assert!(holders(&models, &single) <= 1, "two holders in the registry");
        for name in NAMES {
            let rest = models.split_off(0);
            let (of_this, others): (Vec<_>, _) =
                rest.into_iter().partition(|model| model.name.as_str() == name);
            for tag in [&of_name, &settled] {
                assert!(holders(&of_this, tag) <= 1, "two holders of `{tag}` in `{name}`");
            }
            models = others;
        }
        *looks += 1;
    }
}

async fn one_write(store: &dyn RegistryStore, models: &Models, dice: &mut Dice, version: &str) -> Result<()> {
    let (model, other) = (models.pick(dice), models.pick(dice));
    let context = &WriteContext::new(alice(), at(1));
    let of = name(dice.pick(&NAMES));
    let promotion = |tag: &str| PromoteRequest::new(model, crate::tag(tag));
    let many = tag("many");
    match dice.roll(18) {
        0 | 1 => {
            let mut registration = a_model(of.as_str(), version).tagged("many");
            if dice.roll(2) == 0 {
                registration = registration.parent(Parent::Id(other));
            }
            let registered = store.register(context, registration.into()).await?;
            models.add(registered.model.id);
            Ok(())
        }
        2..=4 => {
            let request = promotion("single").scope(PromotionScope::Registry);
            store.promote(context, request).await.map(drop)
        }
        5 | 6 => {
            let request = promotion("of-name").scope(PromotionScope::Name);
            store.promote(context, request).await.map(drop)
        }
        7 => {
            let request = promotion("many").scope(PromotionScope::None);
            store.promote(context, request).await.map(drop)
        }
        // Whatever the settings say at the moment, a name has one holder.
        8 | 9 => store.promote(context, promotion("settled")).await.map(drop),
        10 => {
            let scope = dice.pick(&[PromotionScope::Registry, PromotionScope::Name]);
            store.set_promotion_scope(context, scope).await.map(drop)
        }
        11 => store.rollback(context, &tag("single"), None).await.map(drop),
        12 => store
            .rollback(context, &tag("of-name"), Some(&of))
            .await
            .map(drop),
        13 => {
            let tag = tag(dice.pick(&["many", "single", "of-name"]));
            store.untag(context, model, &tag).await.map(drop)
        }
        14 => store.label(context, model, &many).await.map(drop),
        15 => {
            let status = dice.pick(&[Status::Active, Status::Retired]);
            store.set_status(context, model, status).await.map(drop)
        }
        16 => {
            let update = ModelUpdate {
                parent: FieldUpdate::Set(other),
                ..ModelUpdate::default()
            };
            store.update(context, model, update).await.map(drop)
        }
        _ => store.delete(context, model, true).await.map(drop),
    }
}
