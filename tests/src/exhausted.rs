//! What happens when the highest number was given, as in a copy of a registry that counts from far above.

use registry_core::backend::Records;
use registry_core::record::{LastIds, OrdinalRecord};
use registry_core::{Error, PromoteRequest, Registration};

use crate::following::{follow, next};
use crate::{Session, a_model, tag};

/// Has ids, or the ordinals of `gpt`, go on after these.
pub async fn raise(registry: &dyn Records, last: LastIds, ordinal: Option<i64>) {
    let mut writer = registry.write_records().await.unwrap();
    writer.put_last_ids(last).await.unwrap();
    if let Some(last_ordinal) = ordinal {
        let name = "gpt".to_owned();
        writer
            .put_name(&OrdinalRecord { name, last_ordinal })
            .await
            .unwrap();
    }
    writer.commit().await.unwrap();
}

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

/// One ordinal is left of `gpt`.
pub async fn ordinals_end(registry: Session) {
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

/// One id is left.
pub async fn ids_end(registry: Session) {
    let last = registry.register(a_model("gpt", "1.0.0")).await;
    assert_eq!(last.id.get(), i64::MAX);
    no_registration(&registry, "2.0.0", "models").await;
    let attempt = registry.try_register_many(many("2.0.0"));
    registry.refused("numbers_exhausted", attempt).await;
    registry.promote(&last, "production").await;
    registry.try_delete(last.id, true).await.unwrap();
    no_registration(&registry, "1.0.0", "models").await;
}

/// Two events are left.
pub async fn events_end(registry: Session) {
    let last = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&last, "production").await;
    no_registration(&registry, "2.0.0", "events").await;
    let context = registry.context();
    let request = PromoteRequest::new(last.id, tag("staging"));
    registry
        .refused("numbers_exhausted", registry.store().promote(&context, request))
        .await;
    let untag = tag("production");
    registry
        .refused(
            "numbers_exhausted",
            registry.store().untag(&context, last.id, &untag),
        )
        .await;
    let store = registry.shared_store();
    let mut events = follow(&*store, Some(0)).await;
    let ids: Vec<i64> = next(&mut events, 2)
        .await
        .iter()
        .map(|event| event.id.0)
        .collect();
    assert_eq!(ids, [i64::MAX - 1, i64::MAX]);
}
