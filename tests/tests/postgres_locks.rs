//! Writers of the same and of different things at the same time: who waits for whom, and what holds whoever wins.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use registry_core::backend::Records;
use registry_core::record::SettingRecord;
use registry_core::{
    Category, Expectation, FieldUpdate, Model, ModelId, ModelUpdate, Parent, PromoteRequest, PromotionScope,
    Registration, RegistryStore, Result, Settings, Status, WriteContext,
};
use registry_postgres::PostgresStore;
use registry_tests::{Dump, PostgresRegistry, a_model, alice, at, dump, name, tag};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::task::JoinHandle;

fn context() -> WriteContext {
    WriteContext::new(alice(), at(1))
}

async fn register(store: &PostgresStore, name: &str, version: &str) -> Model {
    let registered = store.register(&context(), a_model(name, version).into()).await;
    registered.unwrap().model
}

fn promote(
    store: &PostgresStore,
    model: &Model,
    scope: PromotionScope,
) -> JoinHandle<Result<registry_core::Promotion>> {
    let (store, model) = (store.clone(), model.id);
    let request = PromoteRequest::new(model, tag("production")).scope(scope);
    tokio::spawn(async move { store.promote(&context(), request).await })
}

fn set_parent(store: &PostgresStore, model: ModelId, parent: ModelId) -> JoinHandle<Result<Model>> {
    let store = store.clone();
    let update = ModelUpdate {
        parent: FieldUpdate::Set(parent),
        ..ModelUpdate::default()
    };
    tokio::spawn(async move { store.update(&context(), model, update).await })
}

/// Until so many sessions of this database wait for a lock, which they must before long.
async fn waiting(connection: &mut PgConnection, sessions: i64) {
    let wait = format!(
        "DO $$ DECLARE start TIMESTAMPTZ := clock_timestamp(); BEGIN
         WHILE (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
             AND wait_event_type = 'Lock') < {sessions} LOOP
             PERFORM pg_stat_clear_snapshot(), pg_sleep(0.001);
             IF clock_timestamp() > start + INTERVAL '20 s' THEN RAISE 'nobody waits'; END IF;
         END LOOP; END $$"
    );
    connection.execute(AssertSqlSafe(wait)).await.unwrap();
}

/// What no order of writes may break.
fn assert_sound(dump: &Dump) {
    let by_id: BTreeMap<ModelId, &Model> = dump.models.iter().map(|model| (model.id, model)).collect();
    let mut ordinals = BTreeSet::new();
    for model in &dump.models {
        assert!(ordinals.insert((&model.name, model.ordinal)), "a double ordinal");
        let mut line = vec![model.id];
        while let Some(parent) = by_id[line.last().unwrap()].parent {
            assert!(by_id.contains_key(&parent), "a parent that is not there");
            assert!(!line.contains(&parent), "a cycle of parents");
            line.push(parent);
        }
    }
    let numbers: BTreeSet<_> = dump.events.iter().map(|event| event.id).collect();
    assert_eq!(numbers.len(), dump.events.len());
}

#[tokio::test]
async fn names_promote_side_by_side_under_scope_name() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let gpt = register(&store, "gpt", "1.0.0").await;
    let vit = register(&store, "vit", "1.0.0").await;
    // Somebody is in the middle of a promotion of the one name.
    let mut others = registry.connect().await;
    let mut tx = others.begin().await.unwrap();
    let lock = include_str!("../../crates/registry-postgres/queries/locks/tag_of_name.sql");
    let lock = lock.replace("$1", "'production'").replace("$2", "'gpt'");
    tx.execute(AssertSqlSafe(lock)).await.unwrap();

    let waits = promote(&store, &gpt, PromotionScope::Name);
    let goes_on = promote(&store, &vit, PromotionScope::Name);
    assert!(goes_on.await.unwrap().unwrap().changed);
    let mut observer = registry.connect().await;
    waiting(&mut observer, 1).await;
    // Who wants the whole tag waits for both.
    let wants_all = promote(&store, &vit, PromotionScope::Registry);
    waiting(&mut observer, 2).await;
    assert!(!waits.is_finished() && !wants_all.is_finished());
    tx.rollback().await.unwrap();
    waits.await.unwrap().unwrap();
    wants_all.await.unwrap().unwrap();
    assert_sound(&dump(&store).await.unwrap());
}

#[tokio::test]
async fn a_scope_that_is_set_while_a_promotion_waits_counts() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let gpt = register(&store, "gpt", "1.0.0").await;
    let vit = register(&store, "vit", "1.0.0").await;
    promote(&store, &gpt, PromotionScope::Registry)
        .await
        .unwrap()
        .unwrap();
    let mut others = registry.connect().await;
    let lock = include_str!("../../crates/registry-postgres/queries/locks/settings.sql");
    for (scope, lost) in [(PromotionScope::Name, 0), (PromotionScope::Registry, 1)] {
        let set = format!(
            "INSERT INTO settings (key, value) VALUES ('{}', '{}')
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            Settings::PROMOTION_SCOPE,
            scope.as_str()
        );
        let mut tx = others.begin().await.unwrap();
        tx.execute(lock).await.unwrap();
        tx.execute(AssertSqlSafe(set)).await.unwrap();
        let promoting = tokio::spawn({
            let (store, request) = (store.clone(), PromoteRequest::new(vit.id, tag("production")));
            async move { store.promote(&context(), request).await }
        });
        waiting(&mut registry.connect().await, 1).await;
        tx.commit().await.unwrap();
        let promotion = promoting.await.unwrap().unwrap();
        assert_eq!((promotion.scope, promotion.lost.len()), (scope, lost));
    }
}

#[tokio::test]
async fn a_deadlock_is_not_noticed() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let low = register(&store, "gpt", "1.0.0").await;
    let high = register(&store, "gpt", "2.0.0").await;
    store
        .label(&context(), high.id, &tag("production"))
        .await
        .unwrap();
    // Somebody who locks in an order of his own, and never gives way.
    let mut others = registry.connect().await;
    others.execute("SET deadlock_timeout = '1h'").await.unwrap();
    let lock = |model: &Model| format!("UPDATE models SET notes = 'x' WHERE model_id = {}", model.id);
    let mut tx = others.begin().await.unwrap();
    tx.execute(AssertSqlSafe(lock(&high))).await.unwrap();
    // It has the lower one and waits for the higher.
    let promoting = promote(&store, &low, PromotionScope::Registry);
    waiting(&mut registry.connect().await, 1).await;
    tx.execute(AssertSqlSafe(lock(&low))).await.unwrap();
    tx.commit().await.unwrap();
    let promotion = promoting.await.unwrap().unwrap();
    assert_eq!(promotion.lost.len(), 1);
    assert_eq!(promotion.model.notes.unwrap().as_str(), "x");
}

#[tokio::test]
async fn no_order_of_new_parents_makes_a_cycle() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    for round in 1..=20 {
        let mut models = Vec::new();
        for place in 0..3 {
            models.push(register(&store, "gpt", &format!("{round}.{place}.0")).await.id);
        }
        let attempts: Vec<_> = (0..3)
            .map(|place| set_parent(&store, models[place], models[(place + 1) % 3]))
            .collect();
        let mut refused = 0;
        for attempt in attempts {
            if let Err(error) = attempt.await.unwrap() {
                assert_eq!(error.code(), "parent_cycle");
                refused += 1;
            }
        }
        assert_eq!(refused, 1);
    }
    assert_sound(&dump(&store).await.unwrap());
}

#[tokio::test]
async fn a_parent_goes_before_its_child_comes_or_stays() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let (mut without_parent, mut with_child) = (0, 0);
    for round in 1..=40 {
        let parent = register(&store, "parent", &format!("{round}.0.0")).await.id;
        let child: Registration = a_model("child", &format!("{round}.0.0"))
            .parent(Parent::Id(parent))
            .into();
        let (registering, deleting) = tokio::join!(
            tokio::spawn({
                let store = store.clone();
                async move { store.register(&context(), child).await.map(drop) }
            }),
            tokio::spawn({
                let store = store.clone();
                async move { store.delete(&context(), parent, false).await.map(drop) }
            })
        );
        match (registering.unwrap(), deleting.unwrap()) {
            (Ok(()), Err(error)) => {
                assert_eq!(error.code(), "model_in_use");
                with_child += 1;
            }
            (Err(error), Ok(())) => {
                assert_eq!(error.code(), "parent_not_found");
                without_parent += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(without_parent + with_child, 40);
    assert_sound(&dump(&store).await.unwrap());
}

#[tokio::test]
async fn of_those_who_expect_the_same_holder_one_wins() {
    let registry = PostgresRegistry::new().await;
    one_wins(&registry.open().await).await;
}

/// Whoever waited must not go on with what was true before.
#[tokio::test]
async fn nor_does_it_depend_on_what_a_database_does_by_default() {
    let registry = PostgresRegistry::new().await;
    let strict = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = %L',
                  current_database(), 'repeatable read'); END $$";
    registry.connect().await.execute(strict).await.unwrap();
    one_wins(&registry.open().await).await;
    let mut options = registry.options.clone();
    options.pooler = true;
    let other = options.in_schema("pooled").unwrap();
    one_wins(&PostgresStore::open_or_create(&other).await.unwrap()).await;
}

async fn one_wins(store: &PostgresStore) {
    let mut models = Vec::new();
    for place in 0..4 {
        models.push(register(store, &format!("name-{place}"), "1.0.0").await);
    }
    let mut holder: Option<Model> = None;
    for scope in [PromotionScope::Registry, PromotionScope::None].repeat(8) {
        let attempts: Vec<_> = models
            .iter()
            .filter(|model| holder.as_ref().is_none_or(|holder| holder.id != model.id))
            .map(|model| {
                let expect = match &holder {
                    None => Expectation::Nobody,
                    Some(holder) => Expectation::Holder(holder.reference()),
                };
                let request = PromoteRequest::new(model.id, tag("production"))
                    .scope(scope)
                    .expect(expect);
                let store = store.clone();
                tokio::spawn(async move { store.promote(&context(), request).await })
            })
            .collect();
        let mut winners = Vec::new();
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(promotion) => winners.push(promotion.model),
                Err(error) => assert_eq!(error.code(), "unexpected_holder"),
            }
        }
        assert_eq!(winners.len(), 1);
        holder = winners.pop();
    }
}

#[tokio::test]
async fn whoever_waits_for_everything_lets_others_through() {
    let registry = PostgresRegistry::new().await;
    let mut options = registry.options.clone();
    options.statement_timeout = Duration::from_mins(5);
    let store = PostgresStore::open(&options).await.unwrap();
    store
        .set_promotion_scope(&context(), PromotionScope::Name)
        .await
        .unwrap();
    // A slow write, which has nothing to do with the others.
    let mut slow = registry.connect().await;
    slow.execute("BEGIN; INSERT INTO model_names VALUES ('slow', 0)")
        .await
        .unwrap();
    let merging = tokio::spawn({
        let store = store.clone();
        async move { store.write_records().await }
    });
    waiting(&mut registry.connect().await, 1).await;
    let through = async {
        for patch in 0..20 {
            register(&store, "gpt", &format!("1.0.{patch}")).await;
        }
    };
    // Behind one who waits on and on, the first would wait for the slow write.
    tokio::time::timeout(Duration::from_mins(1), through)
        .await
        .unwrap();
    assert!(!merging.is_finished());
    slow.execute("ROLLBACK").await.unwrap();
    let mut writer = merging.await.unwrap().unwrap();

    // From then on it waits as long as any other.
    slow.execute("BEGIN; SELECT FROM settings FOR UPDATE")
        .await
        .unwrap();
    let setting = SettingRecord {
        key: Settings::PROMOTION_SCOPE.into(),
        value: PromotionScope::Registry.as_str().into(),
    };
    let writing = tokio::spawn(async move { writer.put_setting(&setting).await.map(|()| writer) });
    let mut observer = registry.connect().await;
    waiting(&mut observer, 1).await;
    observer.execute("SELECT pg_sleep(1.2)").await.unwrap();
    slow.execute("ROLLBACK").await.unwrap();
    writing.await.unwrap().unwrap().commit().await.unwrap();
    let settings = store.settings().await.unwrap();
    assert_eq!(settings.promotion_scope, PromotionScope::Registry);
}

#[tokio::test]
async fn whoever_waits_for_everything_in_vain_says_so() {
    let registry = PostgresRegistry::new().await;
    let mut slow = registry.connect().await;
    slow.execute("BEGIN; INSERT INTO model_names VALUES ('slow', 0)")
        .await
        .unwrap();
    for milliseconds in [50, 500] {
        let mut options = registry.options.clone();
        options.statement_timeout = Duration::from_millis(milliseconds);
        let store = PostgresStore::open(&options).await.unwrap();
        let Err(error) = store.write_records().await else {
            panic!("it wrote");
        };
        assert_eq!(error.code(), "busy", "{error}");
    }
    slow.execute("ROLLBACK").await.unwrap();
}

#[tokio::test]
async fn everything_at_once_on_a_few_models() {
    const TASKS: i64 = 16;
    const ROUNDS: i64 = 25;
    let registry = PostgresRegistry::new().await;
    let mut options = registry.options.clone();
    options.pool_size = 16;
    let store = PostgresStore::open(&options).await.unwrap();
    for place in 0..6 {
        register(
            &store,
            if place % 2 == 0 { "gpt" } else { "vit" },
            &format!("0.{place}.0"),
        )
        .await;
    }
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                for round in 0..ROUNDS {
                    let turn = task * 31 + round * 17;
                    one_write(&store, turn, &format!("1.{task}.{round}")).await;
                }
            })
        })
        .collect();
    let done = async {
        for task in tasks {
            task.await.unwrap();
        }
    };
    // In time, and under scope `registry` never two holders.
    let watch = async {
        loop {
            let found = dump(&store).await.unwrap();
            let holds = |model: &&Model| model.tag(&tag("single")).is_some();
            assert!(found.models.iter().filter(holds).count() <= 1);
        }
    };
    tokio::select! {
        () = done => {}
        () = watch => {}
        () = tokio::time::sleep(Duration::from_mins(2)) => panic!("it hangs"),
    }
    assert_sound(&dump(&store).await.unwrap());
}

async fn one_write(store: &PostgresStore, turn: i64, version: &str) {
    let id = |turn: i64| ModelId::try_from(1 + turn.rem_euclid(8)).unwrap();
    let (model, other) = (id(turn), id(turn / 3));
    let context = &context();
    let name = name(if turn % 2 == 0 { "gpt" } else { "vit" });
    let promotion = |tag: &str, scope| PromoteRequest::new(model, registry_tests::tag(tag)).scope(scope);
    let outcome = match turn.rem_euclid(13) {
        0 => {
            let registration = a_model(name.as_str(), version)
                .tagged("many")
                .parent(Parent::Id(other));
            store.register(context, registration.into()).await.map(drop)
        }
        1 | 2 => store
            .promote(context, promotion("single", PromotionScope::Registry))
            .await
            .map(drop),
        3 => store
            .promote(context, promotion("of-name", PromotionScope::Name))
            .await
            .map(drop),
        4 => store
            .promote(context, promotion("many", PromotionScope::None))
            .await
            .map(drop),
        5 => store.rollback(context, &tag("single"), None).await.map(drop),
        6 => store
            .rollback(context, &tag("of-name"), Some(&name))
            .await
            .map(drop),
        7 => store.untag(context, model, &tag("many")).await.map(drop),
        8 => store.label(context, model, &tag("many")).await.map(drop),
        9 => store.set_status(context, model, Status::Retired).await.map(drop),
        10 => store.set_status(context, model, Status::Active).await.map(drop),
        11 => {
            let update = ModelUpdate {
                parent: FieldUpdate::Set(other),
                ..ModelUpdate::default()
            };
            store.update(context, model, update).await.map(drop)
        }
        _ if turn % 5 == 0 => store.delete(context, model, true).await.map(drop),
        _ => store
            .promote(context, PromoteRequest::new(model, tag("single")))
            .await
            .map(drop),
    };
    if let Err(error) = outcome {
        assert_ne!(error.category(), Category::Failure, "{error}");
    }
}
