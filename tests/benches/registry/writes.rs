//! Operations that write durably, each contestant to a copy of its own.

use std::sync::Arc;

use registry_core::{
    Metadata, Metrics, ModelId, PromoteRequest, Registration, RegistryStore, Timestamp, Version, WriteContext,
};
use registry_sqlite::SqliteStore;
use registry_tests::{a_model, alice, at, tag};
use rusqlite::params;
use sqlx::{Row as _, Sqlite, SqlitePool, Transaction};

use crate::contest::{Outcome, contest};
use crate::fixture::{Fixture, remove};
use crate::rows::Whole;
use crate::{bare, floor, sql};

const CALLS: usize = 300;
const BULK: usize = 500;
const BULKS: usize = 6;
const METRICS: [f64; 5] = [0.38, 1.46, 0.91, 0.89, 12.5];
const METRICS_JSON: &str =
    r#"{"val_loss":0.38,"perplexity":1.46,"accuracy":0.91,"f1":0.89,"latency_ms":12.5}"#;
const METADATA_JSON: &str = r#"{"framework":"pytorch","seed":42,"optimizer":{"name":"adamw"}}"#;
const NAME: &str = "bench/model";
const TAG: &str = "bench";

/// A model with five metrics, two labels and some metadata.
pub(crate) fn registration(name: &str, number: usize) -> Registration {
    let mut model = a_model(name, "1.0.0").build();
    model.version = version(number).into();
    model.metrics = METRICS_JSON.parse::<Metrics>().unwrap();
    model.metadata = METADATA_JSON.parse::<Metadata>().unwrap();
    model.tags = vec![tag("baseline"), tag("candidate")];
    model
}

fn version(number: usize) -> Version {
    Version::new(1, u64::try_from(number).unwrap(), 0)
}

fn now() -> Timestamp {
    at(70_000_000)
}

fn context() -> WriteContext {
    WriteContext::new(alice(), now())
}

struct Contestants {
    store: Arc<dyn RegistryStore>,
    bare: SqlitePool,
    floor: rusqlite::Connection,
}

pub(crate) async fn measure(fixture: &Fixture, wanted: &dyn Fn(&str) -> bool) -> Vec<Outcome> {
    if !["register", "promote", "bulk register, per model"]
        .into_iter()
        .any(wanted)
    {
        return Vec::new();
    }
    let copies = ["store", "bare", "floor"].map(|whose| fixture.copy(whose));
    let sqlite = SqliteStore::open(&copies[0]).await.unwrap();
    let all = Contestants {
        store: Arc::new(sqlite.clone()),
        bare: bare::pool(&copies[1], 1).await,
        floor: floor::connect(&copies[2]),
    };
    let mut outcomes = Vec::new();
    if wanted("register") {
        outcomes.push(register(&all).await);
    }
    if wanted("promote") {
        outcomes.push(promote(&all, &fixture.ids(200)).await);
    }
    if wanted("bulk register, per model") {
        outcomes.push(bulk(&all).await);
    }
    sqlite.close().await;
    all.bare.close().await;
    drop(all);
    for copy in &copies {
        remove(copy);
    }
    outcomes
}

async fn register(all: &Contestants) -> Outcome {
    let context = context();
    contest(
        "register",
        CALLS,
        async |call| {
            drop(
                all.store
                    .register(&context, registration(NAME, call))
                    .await
                    .unwrap(),
            );
        },
        async |call| {
            let mut tx = all.bare.begin_with("BEGIN IMMEDIATE").await.unwrap();
            bare_insert(&mut tx, NAME, call).await;
            tx.commit().await.unwrap();
        },
        |call| {
            floor::run(&all.floor, "BEGIN IMMEDIATE", []);
            floor_insert(&all.floor, NAME, call);
            floor::run(&all.floor, "COMMIT", []);
        },
    )
    .await
}

async fn bulk(all: &Contestants) -> Outcome {
    const MANY: &str = "bench/many";
    let context = context();
    let block = |call: usize| (call * BULK..(call + 1) * BULK).collect::<Vec<_>>();
    let mut outcome = contest(
        "bulk register, per model",
        BULKS,
        async |call| {
            let models = block(call)
                .into_iter()
                .map(|number| registration(MANY, number))
                .collect();
            assert_eq!(
                all.store.register_many(&context, models).await.unwrap().len(),
                BULK
            );
        },
        async |call| {
            let mut tx = all.bare.begin_with("BEGIN IMMEDIATE").await.unwrap();
            for number in block(call) {
                bare_insert(&mut tx, MANY, number).await;
            }
            tx.commit().await.unwrap();
        },
        |call| {
            floor::run(&all.floor, "BEGIN IMMEDIATE", []);
            for number in block(call) {
                floor_insert(&all.floor, MANY, number);
            }
            floor::run(&all.floor, "COMMIT", []);
        },
    )
    .await;
    let models = u32::try_from(BULK).unwrap();
    outcome.store /= models;
    outcome.bare /= models;
    outcome.floor /= models;
    outcome
}

async fn bare_insert(tx: &mut Transaction<'static, Sqlite>, name: &str, number: usize) {
    let version = version(number);
    let text = version.to_string();
    let before = bare::query(sql::BEFORE_REGISTER).bind(name).bind(&text);
    let row = before.fetch_one(&mut **tx).await.unwrap();
    let (id, event, ordinal): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    assert!(!row.get::<bool, _>(3), "the version is there already");
    let at = now().as_micros();
    let insert = bare::query(sql::INSERT_MODEL)
        .bind(id)
        .bind(name)
        .bind(&text)
        .bind(version.sort_key().as_bytes().to_vec())
        .bind(ordinal)
        .bind("s3://models/bench.pt")
        .bind(None::<String>)
        .bind(None::<i64>)
        .bind("language_modeling")
        .bind("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
        .bind(None::<i64>)
        .bind(None::<i64>)
        .bind(at)
        .bind(at)
        .bind("alice")
        .bind(METRICS_JSON)
        .bind("[]")
        .bind(None::<f64>)
        .bind(None::<f64>)
        .bind(METADATA_JSON)
        .bind(None::<String>)
        .bind("active");
    bare::run(tx, insert).await;
    bare::run(tx, bare::query(sql::SAVE_ORDINAL).bind(name).bind(ordinal)).await;
    let metrics = METRICS
        .into_iter()
        .fold(bare::query(sql::INSERT_METRICS).bind(id), |query, value| {
            query.bind(value)
        });
    bare::run(tx, metrics).await;
    bare::run(tx, bare::query(sql::INSERT_LEAVES).bind(id)).await;
    let events = [
        ("registered", None),
        ("labelled", Some("baseline")),
        ("labelled", Some("candidate")),
    ];
    for (place, (kind, tag)) in (0..).zip(events) {
        bare_event(tx, event + place, kind, (id, name, &text), tag).await;
    }
    let labels = bare::query(sql::INSERT_LABELS)
        .bind(id)
        .bind(name)
        .bind(at)
        .bind(event + 1)
        .bind(event + 2);
    bare::run(tx, labels).await;
}

async fn bare_event(
    tx: &mut Transaction<'static, Sqlite>,
    event: i64,
    kind: &str,
    (id, name, version): (i64, &str, &str),
    tag: Option<&str>,
) {
    let insert = bare::query(sql::INSERT_EVENT)
        .bind(event)
        .bind(now().as_micros())
        .bind(kind)
        .bind("alice")
        .bind(None::<String>)
        .bind(id)
        .bind(name)
        .bind(version)
        .bind(tag)
        .bind(None::<String>)
        .bind(tag.is_none().then_some(METRICS_JSON))
        .bind(None::<i64>);
    bare::run(tx, insert).await;
}

fn floor_insert(floor: &rusqlite::Connection, name: &str, number: usize) {
    let version = version(number);
    let text = version.to_string();
    let (id, event, ordinal, taken): (i64, i64, i64, bool) =
        floor::one(floor, sql::BEFORE_REGISTER, [name, &text], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        });
    assert!(!taken, "the version is there already");
    let at = now().as_micros();
    let key = version.sort_key();
    let none = None::<i64>;
    let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let model = params![
        id,
        name,
        text,
        key.as_bytes(),
        ordinal,
        "s3://models/bench.pt",
        none,
        none,
        "language_modeling",
        hash,
        none,
        none,
        at,
        at,
        "alice",
        METRICS_JSON,
        "[]",
        none,
        none,
        METADATA_JSON,
        none,
        "active"
    ];
    floor::run(floor, sql::INSERT_MODEL, model);
    floor::run(floor, sql::SAVE_ORDINAL, params![name, ordinal]);
    let [loss, perplexity, accuracy, f1, latency] = METRICS;
    floor::run(
        floor,
        sql::INSERT_METRICS,
        params![id, loss, perplexity, accuracy, f1, latency],
    );
    floor::run(floor, sql::INSERT_LEAVES, [id]);
    let events = [
        ("registered", None),
        ("labelled", Some("baseline")),
        ("labelled", Some("candidate")),
    ];
    for (place, (kind, tag)) in (0..).zip(events) {
        floor_event(floor, event + place, kind, (id, name, &text), tag);
    }
    floor::run(
        floor,
        sql::INSERT_LABELS,
        params![id, name, at, event + 1, event + 2],
    );
}

fn floor_event(
    floor: &rusqlite::Connection,
    event: i64,
    kind: &str,
    (id, name, version): (i64, &str, &str),
    tag: Option<&str>,
) {
    let none = None::<i64>;
    let after = tag.is_none().then_some(METRICS_JSON);
    let values = params![
        event,
        now().as_micros(),
        kind,
        "alice",
        none,
        id,
        name,
        version,
        tag,
        none,
        after,
        none
    ];
    floor::run(floor, sql::INSERT_EVENT, values);
}

/// Each promotion takes the tag from the model of the one before.
async fn promote(all: &Contestants, ids: &[ModelId]) -> Outcome {
    let models = all.store.get_many(ids).await.unwrap();
    let active: Vec<ModelId> = models
        .into_iter()
        .flatten()
        .filter(|model| model.status == registry_core::Status::Active)
        .map(|model| model.id)
        .collect();
    let id = |call: usize| active[call % active.len()];
    let context = context();
    contest(
        "promote",
        CALLS,
        async |call| {
            let request = PromoteRequest::new(id(call), tag(TAG));
            drop(all.store.promote(&context, request).await.unwrap());
        },
        async |call| bare_promote(&all.bare, id(call).get()).await,
        |call| floor_promote(&all.floor, id(call).get()),
    )
    .await
}

async fn bare_promote(pool: &SqlitePool, id: i64) {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let model = Whole::of_sqlx(
        &bare::query(sql::BY_ID)
            .bind(id)
            .fetch_one(&mut *tx)
            .await
            .unwrap(),
    );
    let holders = bare::query(sql::HOLDERS)
        .bind(TAG)
        .fetch_all(&mut *tx)
        .await
        .unwrap();
    let event: i64 = bare::query(sql::NEXT_EVENT)
        .fetch_one(&mut *tx)
        .await
        .unwrap()
        .get(0);
    for (place, holder) in (0..).zip(&holders) {
        let (id, name, version): (i64, String, String) = (holder.get(0), holder.get(1), holder.get(2));
        bare_event(
            &mut tx,
            event + place,
            "demoted",
            (id, &name, &version),
            Some(TAG),
        )
        .await;
        bare::run(&mut tx, bare::query(sql::TAKE_TAG).bind(id).bind(TAG)).await;
    }
    let event = event + i64::try_from(holders.len()).unwrap();
    bare_event(
        &mut tx,
        event,
        "promoted",
        (id, &model.name, &model.version),
        Some(TAG),
    )
    .await;
    let give = bare::query(sql::GIVE_TAG)
        .bind(id)
        .bind(TAG)
        .bind(now().as_micros())
        .bind(event);
    bare::run(&mut tx, give).await;
    tx.commit().await.unwrap();
}

fn floor_promote(floor: &rusqlite::Connection, id: i64) {
    floor::run(floor, "BEGIN IMMEDIATE", []);
    let model = floor::one(floor, sql::BY_ID, [id], Whole::of_rusqlite);
    let holders: Vec<(i64, String, String)> = floor::all(floor, sql::HOLDERS, [TAG], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    });
    let event: i64 = floor::one(floor, sql::NEXT_EVENT, [], |row| row.get(0));
    for (place, (id, name, version)) in (0..).zip(&holders) {
        floor_event(floor, event + place, "demoted", (*id, name, version), Some(TAG));
        floor::run(floor, sql::TAKE_TAG, params![id, TAG]);
    }
    let event = event + i64::try_from(holders.len()).unwrap();
    floor_event(
        floor,
        event,
        "promoted",
        (id, &model.name, &model.version),
        Some(TAG),
    );
    floor::run(floor, sql::GIVE_TAG, params![id, TAG, now().as_micros(), event]);
    floor::run(floor, "COMMIT", []);
}
