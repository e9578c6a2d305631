//! Registration of many: all or none, or in chunks.

use std::num::NonZeroUsize;

use registry_core::{
    Bump, Category, Error, ModelId, Parent, Registered, Registration, RegistryStoreExt, Result,
};

use crate::{Session, a_model, name, version};

/// The lines of a refusal and their codes.
fn lines(error: &Error) -> Vec<(usize, &str)> {
    match error {
        Error::Bulk { failures, .. } => failures
            .iter()
            .map(|failure| (failure.line, failure.error.code()))
            .collect(),
        other => panic!("{other}"),
    }
}

pub(crate) async fn registers_in_order(registry: Session) {
    let models = ["1.0.0", "1.1.0", "1.2.0"].map(|version| a_model("gpt", version).tagged("a"));
    let models = registry.register_many(models).await;
    let versions: Vec<_> = models
        .iter()
        .map(|m| (m.version.to_string(), m.ordinal))
        .collect();
    assert_eq!(
        versions,
        [("1.0.0".into(), 1), ("1.1.0".into(), 2), ("1.2.0".into(), 3)]
    );
    let mut dumped = registry.dump().await.models;
    dumped.reverse();
    assert_eq!(dumped, models);
}

pub(crate) async fn nothing_is_registered_from_nothing(registry: Session) {
    let answers = registry
        .unchanged(registry.try_register_many::<Registration>([]))
        .await;
    assert_eq!(answers, []);
}

pub(crate) async fn every_bad_line_is_named(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let unknown = Parent::Id(ModelId::try_from(99).unwrap());
    let lines_ = [
        a_model("gpt", "1.1.0"),
        a_model("gpt", "1.0.0"),
        a_model("gpt", "1.2.0").parent(unknown),
        a_model("gpt", "1.3.0"),
        a_model("gpt", "1.1.0"),
    ];
    let error = registry
        .refused("bulk_refused", registry.try_register_many(lines_))
        .await;
    assert_eq!(
        lines(&error),
        [(2, "model_exists"), (3, "parent_not_found"), (5, "model_exists")]
    );
    assert!(
        error
            .to_string()
            .starts_with("3 of 5 registrations were refused, so none was made\n  line 2: ")
    );
}

pub(crate) async fn a_repeat_within_the_request_names_no_id(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let twice = [
        a_model("gpt", "1.1.0"),
        a_model("gpt", "1.1.0"),
        a_model("gpt", "1.0.0"),
    ];
    let error = registry
        .refused("bulk_refused", registry.try_register_many(twice))
        .await;
    let Error::Bulk { failures, .. } = error else {
        panic!("{error}")
    };
    let holders = failures.iter().map(|failure| match failure.error.as_ref() {
        Error::ModelExists { holder, .. } => holder.clone(),
        other => panic!("{other}"),
    });
    assert_eq!(holders.collect::<Vec<_>>(), [None, Some(first.reference())]);
}

pub(crate) async fn a_parent_in_the_request(registry: Session) {
    let models = [
        a_model("gpt", "1.0.0"),
        a_model("gpt", "1.1.0").parent(Parent::Entry(0)),
        a_model("gpt", "1.2.0").parent(Parent::Version(name("gpt"), version("1.1.0"))),
    ];
    let models = registry.register_many(models).await;
    assert_eq!(models[1].parent, Some(models[0].id));
    assert_eq!(models[2].parent, Some(models[1].id));
}

pub(crate) async fn a_parent_after_its_child(registry: Session) {
    let models = [
        a_model("gpt", "1.2.0").parent(Parent::Entry(2)),
        a_model("gpt", "1.1.0").parent(Parent::Version(name("gpt"), version("1.2.0"))),
        a_model("gpt", "1.0.0"),
    ];
    let models = registry.register_many(models).await;
    assert_eq!(models[0].parent, Some(models[2].id));
    assert_eq!(models[1].parent, Some(models[0].id));
    let versions: Vec<_> = models.iter().map(|model| model.version.to_string()).collect();
    assert_eq!(versions, ["1.2.0", "1.1.0", "1.0.0"]);
}

pub(crate) async fn a_parent_registered_before(registry: Session) {
    let base = registry.register(a_model("base", "1.0.0")).await;
    let models = registry
        .register_many([a_model("gpt", "1.0.0").child_of(&base)])
        .await;
    assert_eq!(models[0].parent, Some(base.id));
}

pub(crate) async fn a_parent_that_is_no_entry_is_refused(registry: Session) {
    let models = [
        a_model("gpt", "1.0.0").parent(Parent::Entry(7)),
        a_model("gpt", "1.1.0"),
    ];
    let error = registry
        .refused("bulk_refused", registry.try_register_many(models))
        .await;
    assert_eq!(lines(&error), [(1, "invalid_registration")]);
}

pub(crate) async fn children_of_a_refused_line_are_refused(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    let models = [
        a_model("gpt", "1.1.0").parent(Parent::Entry(1)),
        a_model("gpt", "1.0.0"),
        a_model("gpt", "1.2.0").parent(Parent::Entry(0)),
    ];
    let error = registry
        .refused("bulk_refused", registry.try_register_many(models))
        .await;
    assert_eq!(
        lines(&error),
        [
            (1, "invalid_registration"),
            (2, "model_exists"),
            (3, "invalid_registration")
        ]
    );
}

pub(crate) async fn a_line_is_not_its_own_parent(registry: Session) {
    for parent in [Parent::Entry(0), Parent::Version(name("gpt"), version("1.0.0"))] {
        let models = [a_model("gpt", "1.0.0").parent(parent)];
        let error = registry
            .refused("bulk_refused", registry.try_register_many(models))
            .await;
        assert_eq!(lines(&error), [(1, "invalid_registration")]);
    }
}

pub(crate) async fn every_line_of_a_cycle_is_refused(registry: Session) {
    registry.register(a_model("gpt", "9.0.0")).await;
    let models = [
        a_model("gpt", "1.0.0").parent(Parent::Entry(1)),
        a_model("gpt", "1.1.0").parent(Parent::Entry(2)),
        a_model("gpt", "1.2.0").parent(Parent::Entry(1)),
        a_model("gpt", "1.3.0"),
        a_model("gpt", "9.0.0"),
    ];
    let error = registry
        .refused("bulk_refused", registry.try_register_many(models))
        .await;
    assert_eq!(
        lines(&error),
        [
            (1, "invalid_registration"),
            (2, "invalid_registration"),
            (3, "invalid_registration"),
            (5, "model_exists")
        ]
    );
    let text = error.to_string();
    assert!(text.contains("line 1: invalid registration `gpt`: its parent in the same request was refused"));
    assert!(text.contains("line 2: invalid registration `gpt`: it descends from itself"));
    assert!(text.contains("line 3: invalid registration `gpt`: it descends from itself"));
}

pub(crate) async fn bumps_follow_each_other(registry: Session) {
    let bump = || a_model("gpt", "0.0.0").versioned(Bump::Minor);
    let models = registry
        .register_many([bump(), bump(), a_model("gpt", "2.0.0"), bump()])
        .await;
    let versions: Vec<_> = models.iter().map(|model| model.version.to_string()).collect();
    assert_eq!(versions, ["0.1.0", "0.2.0", "2.0.0", "2.1.0"]);
}

pub(crate) async fn each_line_leaves_its_events(registry: Session) {
    let models = ["1.0.0", "1.1.0"].map(|version| a_model("gpt", version).tagged("a"));
    registry.register_many(models).await;
    let kinds = registry.kinds().await;
    let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(kinds, ["registered", "labelled", "registered", "labelled"]);
    assert_eq!(registry.found(":a").await, "gpt@1.1.0");
}

pub(crate) async fn hundreds_at_once(registry: Session) {
    let models = (0..300).map(|minor| a_model("gpt", &format!("1.{minor}.0")).metric("m", minor.into()));
    let models = registry.register_many(models).await;
    assert_eq!((models.len(), models[299].ordinal), (300, 300));
    assert_eq!(registry.found("gpt").await, "gpt@1.299.0");
}

/// Registers in chunks of two.
async fn by_twos(registry: &Session, models: Vec<Registration>) -> Result<Vec<Registered>> {
    let two = NonZeroUsize::new(2).unwrap();
    let store = registry.store();
    store.register_in_chunks(&registry.context(), models, two).await
}

pub(crate) async fn chunks_follow_each_other(registry: Session) {
    let models = vec![
        a_model("gpt", "1.0.0").into(),
        a_model("gpt", "1.1.0").parent(Parent::Entry(0)).into(),
        a_model("gpt", "1.2.0").parent(Parent::Entry(3)).into(),
        a_model("gpt", "1.3.0").parent(Parent::Entry(1)).into(),
        a_model("gpt", "0.0.0").versioned(Bump::Minor).into(),
    ];
    let registered = by_twos(&registry, models).await.unwrap();
    let parents: Vec<_> = registered
        .iter()
        .map(|one| {
            (
                one.model.id.get(),
                one.model.ordinal,
                one.model.parent.map(ModelId::get),
            )
        })
        .collect();
    // Within a chunk a parent may come after its child, and is registered before it.
    assert_eq!(
        parents,
        [
            (1, 1, None),
            (2, 2, Some(1)),
            (4, 4, Some(3)),
            (3, 3, Some(2)),
            (5, 5, None)
        ]
    );
    assert_eq!(registry.found("gpt").await, "gpt@1.4.0");
}

pub(crate) async fn a_parent_in_a_later_chunk_is_refused(registry: Session) {
    let models = vec![
        a_model("gpt", "1.0.0").into(),
        a_model("gpt", "1.1.0").parent(Parent::Entry(2)).into(),
        a_model("gpt", "1.2.0").into(),
    ];
    let error = registry.refused("bulk_refused", by_twos(&registry, models)).await;
    assert_eq!(lines(&error), [(2, "invalid_registration")]);
}

pub(crate) async fn the_chunks_before_a_refused_one_stay(registry: Session) {
    let models = ["1.0.0", "1.1.0", "1.2.0", "1.1.0", "1.3.0"].map(|version| a_model("gpt", version).into());
    let error = by_twos(&registry, models.into()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.category()),
        ("bulk_stopped", Category::Failure)
    );
    let Error::BulkStopped {
        registered,
        total,
        source,
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!((registered, total), (2, 5));
    assert_eq!(lines(&source), [(4, "model_exists")]);
    assert_eq!(registry.found("gpt").await, "gpt@1.1.0");
}

pub(crate) async fn chunks_are_rehearsed_together(registry: Session) {
    let models = ["1.0.0", "1.1.0", "1.2.0"].map(|version| a_model("gpt", version).into());
    let two = NonZeroUsize::new(2).unwrap();
    let rehearsal = registry.context().dry_run(true);
    let models = registry
        .store()
        .register_in_chunks(&rehearsal, models.into(), two)
        .await;
    let ordinals: Vec<_> = models.unwrap().iter().map(|one| one.model.ordinal).collect();
    assert_eq!(ordinals, [1, 2, 3]);
    assert_eq!(registry.found("gpt").await, "");
}
