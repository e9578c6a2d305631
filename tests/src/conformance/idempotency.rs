//! Writes under a key: made once, however often they are asked for.

use std::fmt::Debug;
use std::num::NonZeroUsize;

use registry_core::{
    Bump, FieldUpdate, IdempotencyKey, Metadata, MetadataUpdate, Model, ModelId, ModelUpdate, Parent,
    PromotionScope, Registration, RegistryStore, RegistryStoreExt, Result, Status, WriteContext,
};

use crate::builder::{an_export, merge};
use crate::session::promotion;
use crate::{ModelBuilder, Session, a_model, at, bob, tag};

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

/// A second later, Alice writes under a key.
fn under(registry: &Session, text: &str) -> WriteContext {
    registry.context().idempotency_key(key(text))
}

fn store(registry: &Session) -> &dyn RegistryStore {
    registry.store()
}

/// A model with everything.
fn rich(version: &str) -> ModelBuilder {
    a_model("gpt", version)
        .tagged("production")
        .tagged("a")
        .metric("loss", 0.1 + 0.2)
        .metric("zero", -0.0)
        .format("safetensors")
        .export("onnx", "m.onnx")
        .metadata(r#"{"z": "\u0000 and ' \" ü", "a": [1, 1.5e300, null]}"#)
        .notes("two\nlines")
        .size_mb(1.0 / 3.0)
        .memory_gb(1e-70)
        .run(7)
}

/// Does a write and repeats it: the answer is the same, and nothing else happens.
async fn repeat<T: PartialEq + Debug>(
    registry: &Session,
    text: &str,
    write: impl AsyncFn(&WriteContext) -> Result<T>,
) -> T {
    let first = under(registry, text);
    let answer = write(&first).await.unwrap();
    assert!(!first.is_replayed());
    assert_again(registry, text, &answer, &write).await;
    answer
}

/// The write is answered as it was then.
async fn assert_again<T: PartialEq + Debug>(
    registry: &Session,
    text: &str,
    answer: &T,
    write: impl AsyncFn(&WriteContext) -> Result<T>,
) {
    let again = under(registry, text);
    assert_eq!(registry.unchanged(write(&again)).await, *answer);
    assert!(again.is_replayed());
}

pub(crate) async fn a_registration_is_made_once(registry: Session) {
    let holder = registry.register(a_model("bert", "1.0.0")).await;
    registry.promote(&holder, "production").await;
    let model = rich("1.0.0").child_of(&holder);
    let answer = repeat(&registry, "k", async |context| {
        store(&registry).register(context, model.clone().build()).await
    })
    .await;
    assert_eq!(answer.promoted_holders[0].model, holder.reference());
    assert_eq!(registry.get(&answer.model).await, answer.model);
}

pub(crate) async fn the_next_version_is_made_once(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let next = || rich("0.0.0").versioned(Bump::Minor).build();
    let answer = repeat(&registry, "k", async |context| {
        store(&registry).register(context, next()).await
    })
    .await;
    assert_eq!(answer.model.version.to_string(), "1.1.0");
    registry.register(a_model("gpt", "2.0.0")).await;
    assert_again(&registry, "k", &answer, async |context| {
        store(&registry).register(context, next()).await
    })
    .await;
}

pub(crate) async fn many_are_made_once(registry: Session) {
    let holder = registry.register(a_model("bert", "1.0.0")).await;
    registry.promote(&holder, "production").await;
    let models: Vec<Registration> = vec![
        rich("5.0.0").parent(Parent::Entry(1)).build(),
        rich("0.0.0").versioned(Bump::Major).child_of(&holder).build(),
        a_model("other", "1.0.0").retired().build(),
    ];
    let many = async |context: &WriteContext| store(&registry).register_many(context, models.clone()).await;
    let answer = repeat(&registry, "k", many).await;
    assert_eq!(answer.len(), 3);
    let none = async |context: &WriteContext| store(&registry).register_many(context, Vec::new()).await;
    store(&registry)
        .register_many(&under(&registry, "n"), Vec::new())
        .await
        .unwrap();
    assert_again(&registry, "n", &Vec::new(), none).await;
    registry
        .refused("idempotency_key_reused", none(&under(&registry, "k")))
        .await;
}

/// Two models that both held `production`, the second by promotion, and a child of the first.
async fn busy(registry: &Session) -> [Model; 3] {
    let first = registry.register(rich("1.0.0")).await;
    let second = registry.register(a_model("gpt", "1.1.0").tagged("b")).await;
    let child = registry.register(a_model("gpt", "1.2.0").child_of(&first)).await;
    registry.promote(&first, "production").await;
    registry.promote(&second, "production").await;
    [first, second, child]
}

pub(crate) async fn every_other_write_is_made_once(registry: Session) {
    let [first, second, child] = busy(&registry).await;
    let store = registry.store();
    let (production, b) = (tag("production"), tag("b"));
    let promotion = repeat(&registry, "promote", async |context| {
        store.promote(context, promotion(&first, "production")).await
    })
    .await;
    assert_eq!(promotion.lost, [second.reference()]);
    let rolled_back = repeat(&registry, "rollback", async |context| {
        store.rollback(context, &production, None).await
    })
    .await;
    assert_eq!(rolled_back.model.id, second.id);
    let labelling = repeat(&registry, "label", async |context| {
        store.label(context, first.id, &production).await
    })
    .await;
    assert_eq!(labelling.promoted_holder, Some(second.reference()));
    repeat(&registry, "untag", async |context| {
        store.untag(context, second.id, &b).await
    })
    .await;
    repeat(&registry, "retire", async |context| {
        store.set_status(context, second.id, Status::Retired).await
    })
    .await;
    let patch = Metadata::parse(r#"{"z": null, "new": {"x": 1}}"#).unwrap();
    let update = ModelUpdate {
        metrics: merge(&[("loss", None)]),
        metadata: MetadataUpdate::Merge(patch.into_map()),
        notes: FieldUpdate::Clear,
        parent: FieldUpdate::Set(second.id),
        ..ModelUpdate::default()
    };
    repeat(&registry, "update", async |context| {
        store.update(context, first.id, update.clone()).await
    })
    .await;
    repeat(&registry, "export", async |context| {
        store
            .add_export(context, first.id, an_export("gguf", "m.gguf"))
            .await
    })
    .await;
    let onnx = "onnx".parse().unwrap();
    repeat(&registry, "unexport", async |context| {
        store.remove_export(context, first.id, &onnx, None).await
    })
    .await;
    repeat(&registry, "scope", async |context| {
        store.set_promotion_scope(context, PromotionScope::Name).await
    })
    .await;
    let deletion = repeat(&registry, "delete", async |context| {
        store.delete(context, first.id, true).await
    })
    .await;
    assert_eq!(deletion.orphans, [child.reference()]);
}

pub(crate) async fn what_changed_nothing_is_known_too(registry: Session) {
    let [first, second, _] = busy(&registry).await;
    let promote = async |context: &WriteContext| {
        store(&registry)
            .promote(context, promotion(&second, "production"))
            .await
    };
    let unchanged = repeat(&registry, "k", promote).await;
    assert!(!unchanged.changed);
    registry.promote(&first, "production").await;
    assert_again(&registry, "k", &unchanged, promote).await;
}

pub(crate) async fn the_answer_outlives_the_model(registry: Session) {
    let register =
        async |context: &WriteContext| store(&registry).register(context, rich("1.0.0").build()).await;
    let answer = repeat(&registry, "register", register).await;
    let promote = async |context: &WriteContext| {
        store(&registry)
            .promote(context, promotion(&answer.model, "best"))
            .await
    };
    let promoted = repeat(&registry, "promote", promote).await;
    registry
        .update(
            &answer.model,
            ModelUpdate {
                notes: FieldUpdate::Clear,
                ..ModelUpdate::default()
            },
        )
        .await;
    assert_again(&registry, "register", &answer, register).await;
    registry.delete(&answer.model).await;
    assert_again(&registry, "register", &answer, register).await;
    assert_again(&registry, "promote", &promoted, promote).await;
}

pub(crate) async fn another_request_is_refused(registry: Session) {
    let context = under(&registry, "k");
    let model = rich("1.0.0").build();
    let registered = store(&registry).register(&context, model.clone()).await.unwrap();
    let first = registered.model;
    let refused = "idempotency_key_reused";
    let store = registry.store();
    let again = || under(&registry, "k");
    let error = registry
        .refused(refused, store.register(&again(), rich("1.0.1").build()))
        .await;
    assert!(error.to_string().contains("`k`"), "{error}");
    assert!(error.to_string().contains(&context.at.to_string()), "{error}");
    registry
        .refused(refused, store.register_many(&again(), vec![model.clone()]))
        .await;
    let reason = again().reason("why".parse().unwrap());
    registry
        .refused(refused, store.register(&reason, model.clone()))
        .await;
    registry
        .refused(refused, store.delete(&again(), first.id, true))
        .await;
    registry
        .refused(refused, store.label(&again(), first.id, &tag("x")))
        .await;
    let rehearsal = again().dry_run(true);
    registry
        .refused(refused, store.register(&rehearsal, rich("1.0.1").build()))
        .await;
    // The first is still known.
    let last = again();
    assert_eq!(store.register(&last, model).await.unwrap().model, first);
    assert!(last.is_replayed());
}

pub(crate) async fn a_refused_write_leaves_its_key_free(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let store = registry.store();
    let context = under(&registry, "k");
    let taken = store.register(&context, a_model("gpt", "1.0.0").build());
    registry.refused("model_exists", taken).await;
    let bad = vec![a_model("gpt", "1.1.0").build(), a_model("gpt", "1.0.0").build()];
    registry
        .refused("bulk_refused", store.register_many(&context, bad))
        .await;
    store
        .register(&context, a_model("gpt", "1.1.0").build())
        .await
        .unwrap();
    assert!(!context.is_replayed());
}

pub(crate) async fn a_rehearsal_uses_no_key_up(registry: Session) {
    let rehearsal = under(&registry, "k").dry_run(true);
    let store = registry.store();
    let rehearsed = registry
        .unchanged(store.register(&rehearsal, rich("1.0.0").build()))
        .await;
    assert!(!rehearsal.is_replayed());
    let context = under(&registry, "k");
    store
        .register(&context, a_model("gpt", "2.0.0").build())
        .await
        .unwrap();
    assert!(!context.is_replayed());
    // Of what was done before, it says so.
    let rehearsal = under(&registry, "k").dry_run(true);
    let known = registry
        .unchanged(store.register(&rehearsal, a_model("gpt", "2.0.0").build()))
        .await;
    assert!(rehearsal.is_replayed());
    assert_eq!(known.model.id, rehearsed.model.id);
}

pub(crate) async fn a_key_belongs_to_its_actor(registry: Session) {
    let store = registry.store();
    let bump = || a_model("gpt", "0.0.0").versioned(Bump::Major).build();
    let alices = store.register(&under(&registry, "k"), bump()).await.unwrap();
    let mut context = under(&registry, "k");
    context.actor = bob();
    let bobs = store.register(&context, bump()).await.unwrap();
    assert!(!context.is_replayed());
    assert_eq!([alices.model.ordinal, bobs.model.ordinal], [1, 2]);
    assert_eq!(store.register(&context, bump()).await.unwrap(), bobs);
    assert!(context.is_replayed());
    assert_again(&registry, "k", &alices, async |context| {
        store.register(context, bump()).await
    })
    .await;
}

pub(crate) async fn keys_differ_in_every_character(registry: Session) {
    let store = registry.store();
    let longest = "k".repeat(255);
    let keys = ["k", "K", "k ".trim(), "'\"%_\\", "~", &longest, &longest[..254]];
    let mut ids = Vec::new();
    for text in keys {
        let bump = a_model("gpt", "0.0.0").versioned(Bump::Major).build();
        ids.push(
            store
                .register(&under(&registry, text), bump)
                .await
                .unwrap()
                .model
                .id
                .get(),
        );
    }
    assert_eq!(ids, [1, 2, 1, 3, 4, 5, 6]);
}

pub(crate) async fn a_key_is_free_after_seven_days(registry: Session) {
    const SEVEN_DAYS: i64 = 7 * 24 * 3600;
    let store = registry.store();
    let bump = || a_model("gpt", "0.0.0").versioned(Bump::Major).build();
    let then = async |second: i64, text: &str| {
        let mut context = registry.context().idempotency_key(key(text));
        context.at = at(second);
        let registered = store.register(&context, bump()).await.unwrap();
        (registered.model.ordinal, context.is_replayed())
    };
    for place in 0..30 {
        assert_eq!(then(1, &format!("key-{place}")).await, (place + 1, false));
    }
    assert_eq!(then(1 + SEVEN_DAYS, "key-7").await, (8, true));
    assert_eq!(then(2 + SEVEN_DAYS, "key-7").await, (31, false));
    // It is the new one that is known now.
    assert_eq!(then(3 + SEVEN_DAYS, "key-7").await, (31, true));
    assert_eq!(then(2 + 2 * SEVEN_DAYS, "key-7").await, (31, true));
    assert_eq!(then(3 + SEVEN_DAYS, "key-29").await, (32, false));
    // A clock that goes back finds what was kept later.
    assert_eq!(then(1, "key-7").await, (31, true));
}

pub(crate) async fn chunks_go_on_where_they_stopped(registry: Session) {
    let two = NonZeroUsize::new(2).unwrap();
    let store = registry.store();
    let models = |last: &str| -> Vec<Registration> {
        vec![
            rich("1.0.0").build(),
            rich("1.1.0").parent(Parent::Entry(0)).build(),
            rich("1.2.0").parent(Parent::Entry(1)).build(),
            rich(last).parent(Parent::Entry(2)).build(),
        ]
    };
    let context = under(&registry, "import");
    let stopped = store.register_in_chunks(&context, models("1.1.0"), two).await;
    assert_eq!(stopped.unwrap_err().code(), "bulk_stopped");
    let registered = store
        .register_in_chunks(&context, models("1.3.0"), two)
        .await
        .unwrap();
    assert!(!context.is_replayed());
    let parents: Vec<_> = registered
        .iter()
        .map(|one| (one.model.id.get(), one.model.parent.map(ModelId::get)))
        .collect();
    assert_eq!(parents, [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(3))]);
    let again = under(&registry, "import");
    let answer = registry
        .unchanged(store.register_in_chunks(&again, models("1.3.0"), two))
        .await;
    assert!(again.is_replayed());
    assert_eq!(answer, registered);
    // Other chunks are other requests.
    let three = NonZeroUsize::new(3).unwrap();
    let others = store.register_in_chunks(&again, models("1.3.0"), three);
    registry.refused("idempotency_key_reused", others).await;
}

/// Three that each have the one before as their parent, the last of this version.
fn chain(last: &str) -> Vec<Registration> {
    vec![
        rich("1.0.0").build(),
        rich("1.1.0").parent(Parent::Entry(0)).build(),
        rich(last).parent(Parent::Entry(1)).build(),
    ]
}

pub(crate) async fn chunks_name_the_key_that_was_given(registry: Session) {
    let two = NonZeroUsize::new(2).unwrap();
    let store = registry.store();
    let context = under(&registry, "import");
    store
        .register_in_chunks(&context, chain("1.2.0"), two)
        .await
        .unwrap();
    for dry_run in [false, true] {
        let again = under(&registry, "import").dry_run(dry_run);
        let others = store.register_in_chunks(&again, chain("1.3.0"), two).await;
        let error = others.unwrap_err();
        assert_eq!(error.code(), "bulk_stopped");
        assert!(
            error.to_string().contains("the idempotency key `import`"),
            "{error}"
        );
        let mut others = chain("1.2.0");
        others.swap(0, 1);
        others[0].parent = None;
        let others = store.register_in_chunks(&again, others, two);
        let error = registry.refused("idempotency_key_reused", others).await;
        assert!(error.to_string().contains("key `import`"), "{error}");
    }
}

pub(crate) async fn chunks_that_were_made_are_no_part_of_a_rehearsal(registry: Session) {
    let one = NonZeroUsize::MIN;
    let store = registry.store();
    // The first two are made, and the third is refused.
    let context = under(&registry, "import");
    let stopped = store.register_in_chunks(&context, chain("1.1.0"), one).await;
    assert_eq!(stopped.unwrap_err().code(), "bulk_stopped");
    let rehearsal = under(&registry, "import").dry_run(true);
    let foretold = registry
        .unchanged(store.register_in_chunks(&rehearsal, chain("1.2.0"), one))
        .await;
    assert!(!rehearsal.is_replayed());
    let parents: Vec<_> = foretold
        .iter()
        .map(|one| (one.model.id.get(), one.model.parent.map(ModelId::get)))
        .collect();
    assert_eq!(parents, [(1, None), (2, Some(1)), (3, Some(2))]);
    let refused = store.register_in_chunks(&rehearsal, chain("1.0.0"), one).await;
    let error = refused.unwrap_err();
    assert_eq!(error.code(), "bulk_stopped");
    assert!(error.to_string().contains("line 3"), "{error}");
    // Under no key everything is rehearsed.
    let unnamed = registry.context().dry_run(true);
    let refused = store.register_in_chunks(&unnamed, chain("1.2.0"), one);
    registry.refused("bulk_refused", refused).await;

    store
        .register_in_chunks(&context, chain("1.2.0"), one)
        .await
        .unwrap();
    let answer = registry
        .unchanged(store.register_in_chunks(&rehearsal, chain("1.2.0"), one))
        .await;
    assert!(rehearsal.is_replayed());
    assert_eq!(answer.len(), 3);
}

pub(crate) async fn many_at_once_make_it_once(registry: Session) {
    let writers = (0..16).map(|writer: u64| {
        let (store, context) = (registry.shared_store(), under(&registry, "k"));
        let version = if writer % 4 == 3 { Bump::Major } else { Bump::Minor };
        let model = rich("0.0.0").versioned(version).build();
        tokio::spawn(async move {
            let outcome = store.register(&context, model).await;
            (writer % 4 == 3, context.is_replayed(), outcome)
        })
    });
    let writers: Vec<_> = writers.collect();
    let (mut answers, mut made) = (Vec::new(), 0);
    for writer in writers {
        let (major, replayed, outcome) = writer.await.unwrap();
        match outcome {
            Ok(registered) => {
                made += usize::from(!replayed);
                answers.push((major, registered));
            }
            Err(error) => assert_eq!(error.code(), "idempotency_key_reused", "{error}"),
        }
    }
    assert_eq!(made, 1);
    assert!([4, 12].contains(&answers.len()), "{}", answers.len());
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(registry.dump().await.models.len(), 1);
}
