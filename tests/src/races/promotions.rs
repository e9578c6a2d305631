//! Promotions on an expectation are a compare-and-set: what everybody saw fits into one order.

use std::sync::Arc;

use registry_core::{
    Error, Expectation, Model, ModelId, ModelRef, PromoteRequest, PromotionScope, RegistryStore, Selector,
    TagName, WriteContext,
};

use super::{Stores, WRITERS, answers, store_of};
use crate::dice::Dice;
use crate::linear::{Clock, Held, Operation, Timed, is_linearizable};
use crate::{a_model, alice, at, tag};

/// How often each writer looks or writes in a round.
const TURNS: usize = 4;

/// So many rounds of 64 operations on a tag, each of them linearizable. Returns how many expectations were met and
/// how many were not.
pub async fn linearizable(stores: &Stores, rounds: usize) -> (usize, usize) {
    let context = WriteContext::new(alice(), at(0));
    let mut models = Vec::new();
    for writer in 0..WRITERS {
        let model = a_model(&format!("name-{}", writer % 3), &format!("1.{writer}.0"));
        models.push(stores[0].register(&context, model.into()).await.unwrap().model);
    }
    let tag = tag("production");
    let mut held = None;
    let (mut met, mut unmet) = (0, 0);
    for round in 0..rounds {
        let clock = Arc::new(Clock::default());
        let tasks = (0..WRITERS).map(|writer| {
            let writer_of = Writer {
                store: store_of(stores, writer),
                model: models[writer].clone(),
                tag: tag.clone(),
                clock: Arc::clone(&clock),
                dice: Dice::new(u64::try_from(round * WRITERS + writer).unwrap()),
            };
            tokio::spawn(writer_of.write())
        });
        let history: Vec<Timed> = answers(tasks.collect()).await.into_iter().flatten().collect();
        assert!(
            is_linearizable(held, &history),
            "round {round} began with {held:?}: {history:#?}"
        );
        let count = |of: fn(&Operation) -> bool| history.iter().filter(|timed| of(&timed.operation)).count();
        met += count(|operation| matches!(operation, Operation::Swapped { .. }));
        unmet += count(|operation| matches!(operation, Operation::Refused { .. }));
        held = id(look(stores[0].as_ref(), &tag).await.as_ref());
    }
    (met, unmet)
}

struct Writer {
    store: Arc<dyn RegistryStore>,
    model: Model,
    tag: TagName,
    clock: Arc<Clock>,
    dice: Dice,
}

impl Writer {
    async fn write(mut self) -> Vec<Timed> {
        let mut history = Vec::new();
        let mut seen = None;
        for _ in 0..TURNS {
            let begin = self.clock.now();
            let operation = match self.dice.roll(8) {
                0..=2 => {
                    seen = look(self.store.as_ref(), &self.tag).await;
                    Operation::Read(id(seen.as_ref()))
                }
                3 => self.promote().await,
                _ => self.promote_expecting(&mut seen).await,
            };
            let end = self.clock.now();
            history.push(Timed {
                begin,
                end,
                operation,
            });
        }
        history
    }

    fn request(&self) -> PromoteRequest {
        PromoteRequest::new(self.model.id, self.tag.clone()).scope(PromotionScope::Registry)
    }

    async fn promote(&self) -> Operation {
        let context = WriteContext::new(alice(), at(1));
        let promotion = self.store.promote(&context, self.request()).await.unwrap();
        assert!(promotion.lost.len() <= 1, "two holders lost the tag");
        Operation::Write {
            new: self.model.id.get(),
            lost: id(promotion.lost.first()),
        }
    }

    /// Learns whom it should have expected.
    async fn promote_expecting(&self, seen: &mut Option<ModelRef>) -> Operation {
        let context = WriteContext::new(alice(), at(1));
        let expectation = match seen {
            None => Expectation::Nobody,
            Some(holder) => Expectation::Holder(holder.clone()),
        };
        let request = self.request().expect(expectation);
        let expected = id(seen.as_ref());
        match self.store.promote(&context, request).await {
            Ok(_) => {
                *seen = Some(self.model.reference());
                Operation::Swapped {
                    expected,
                    new: self.model.id.get(),
                }
            }
            Err(Error::UnexpectedHolder { holder, .. }) => {
                *seen = holder;
                Operation::Refused {
                    expected,
                    found: id(seen.as_ref()),
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
}

async fn look(store: &dyn RegistryStore, tag: &TagName) -> Option<ModelRef> {
    let selector = Selector::parse(&format!(":{tag}")).unwrap();
    let found = store.find(&selector).await.unwrap();
    found.map(|model| model.reference())
}

fn id(model: Option<&ModelRef>) -> Held {
    model.map(|model| model.id).map(ModelId::get)
}
