//! What happens when the highest number was given, as in a copy of a registry that counts from far above.

use registry_core::{Error, Registration};

use crate::following::{follow, next};
use crate::session::promotion;
use crate::{Session, a_model, tag};

async fn no_registration(registry: &Session, version: &str, of: &str) {
    for dry_run in [false, true] {
        let context = registry.context().dry_run(dry_run);
        let attempt = registry
            .store()
            .register(&context, a_model("gpt", version).tagged("best").into());
        let error = registry.refused("numbers_exhausted", attempt).await;
        assert!(error.to_string().contains(of), "{error}");
    }
}

fn many(version: &str) -> Vec<Registration> {
    vec![a_model("vit", version).build(), a_model("gpt", version).build()]
}

pub(crate) async fn the_last_ordinal_of_a_name(registry: Session) {
    let last = registry.register(a_model("gpt", "1.0.0")).await;
    assert_eq!(last.ordinal, i64::MAX as u64);
    no_registration(&registry, "2.0.0", "versions of `gpt`").await;
    let attempt = registry.try_register_many(many("2.0.0"));
    let Error::Bulk { failures, .. } = registry.refused("bulk_refused", attempt).await else {
        panic!("a bulk registration is refused by its lines");
    };
    assert_eq!((failures.len(), failures[0].line), (1, 2));
    assert_eq!(failures[0].error.code(), "numbers_exhausted");
    // All else goes on.
    registry.register(a_model("vit", "1.0.0")).await;
    registry.promote(&last, "production").await;
    assert_eq!(registry.found(":production").await, "gpt@1.0.0");
}

pub(crate) async fn the_last_id_of_a_model(registry: Session) {
    let last = registry.register(a_model("gpt", "1.0.0")).await;
    assert_eq!(last.id.get(), i64::MAX);
    no_registration(&registry, "2.0.0", "models").await;
    let attempt = registry.try_register_many(many("2.0.0"));
    registry.refused("numbers_exhausted", attempt).await;
    registry.promote(&last, "production").await;
    registry.delete(&last).await;
    no_registration(&registry, "1.0.0", "models").await;
}

pub(crate) async fn the_last_events(registry: Session) {
    let last = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&last, "production").await;
    no_registration(&registry, "2.0.0", "events").await;
    let (context, store) = (registry.context(), registry.store());
    let attempt = store.promote(&context, promotion(&last, "staging"));
    registry.refused("numbers_exhausted", attempt).await;
    let production = tag("production");
    let attempt = store.untag(&context, last.id, &production);
    registry.refused("numbers_exhausted", attempt).await;
    // What is so already needs no event.
    registry
        .unchanged(store.promote(&context, promotion(&last, "production")))
        .await;
    let mut events = follow(store, Some(0)).await;
    let events = next(&mut events, 2).await;
    let ids: Vec<i64> = events.iter().map(|event| event.id.0).collect();
    assert_eq!(ids, [i64::MAX - 1, i64::MAX]);
}
