//! Everybody sends requests under a few keys: each is made once.

use registry_core::{Bump, IdempotencyKey, Registered, Result, WriteContext};

use super::sound::assert_explained;
use super::{Stores, WRITERS, answers, store_of};
use crate::{a_model, alice, at, dump};

/// So many rounds in each of which all writers send the same request with the same key, and then each one of two
/// requests for models of different names, which wait for nothing but the key.
pub async fn made_once(stores: &Stores, rounds: usize) {
    for round in 1..=rounds {
        let same = send(stores, &format!("same-{round}"), |_| "gpt".into()).await;
        let answers: Vec<Registered> = same.into_iter().map(Result::unwrap).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");

        let name = |writer| format!("round-{round}-{}", writer % 2);
        let (mut made, mut reused) = (Vec::new(), 0);
        for outcome in send(stores, &format!("other-{round}"), name).await {
            match outcome {
                Ok(registered) => made.push(registered),
                Err(error) => {
                    assert_eq!(error.code(), "idempotency_key_reused", "{error}");
                    reused += 1;
                }
            }
        }
        assert_eq!((made.len(), reused), (WRITERS / 2, WRITERS / 2));
        assert!(made.iter().all(|answer| *answer == made[0]));
    }
    let found = dump(stores[0].as_ref()).await.unwrap();
    assert_eq!(found.models.len(), 2 * rounds);
    assert_explained(&found);
}

/// What each writer is told of registering the next version of a name under the key.
async fn send(stores: &Stores, key: &str, name: impl Fn(usize) -> String) -> Vec<Result<Registered>> {
    let tasks = (0..WRITERS).map(|writer| {
        let store = store_of(stores, writer);
        let context = WriteContext::new(alice(), at(1)).idempotency_key(IdempotencyKey::parse(key).unwrap());
        let model = a_model(&name(writer), "0.0.0")
            .versioned(Bump::Major)
            .tagged("new")
            .build();
        tokio::spawn(async move { store.register(&context, model).await })
    });
    answers(tasks.collect()).await
}
