//! Bare sqlx on SQLite: one pool, opened as the store opens its own, and statements by hand.

use std::ops::Range;
use std::path::Path;

use async_trait::async_trait;
use registry_core::{ModelId, ModelRef, TagName};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Row as _, Sqlite, SqlitePool, Transaction};

use super::sql;
use crate::contestant::{BARE, Contestant, Kind, List};
use crate::model::{EVENTS, HASH, METADATA_JSON, METRICS, METRICS_JSON, PATH, TASK, now, version};
use crate::rows::{Summary, Whole};
use crate::sql::{Dialect, Reads};

pub(crate) struct Bare {
    pool: SqlitePool,
    reads: Reads,
}

impl Bare {
    pub(crate) async fn open(path: &Path, connections: u32) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .unwrap();
        Self {
            pool,
            reads: Reads::of(Dialect::Sqlite),
        }
    }

    async fn one(&self, query: Query<'_>) {
        drop(Whole::of_sqlite(&query.fetch_one(&self.pool).await.unwrap()));
    }

    async fn all<T>(&self, query: Query<'_>, read: fn(&SqliteRow) -> T) {
        let rows = query.fetch_all(&self.pool).await.unwrap();
        drop(rows.iter().map(read).collect::<Vec<T>>());
    }

    async fn begin(&self) -> Transaction<'static, Sqlite> {
        self.pool.begin_with("BEGIN IMMEDIATE").await.unwrap()
    }
}

#[async_trait(?Send)]
impl Contestant for Bare {
    fn name(&self) -> &'static str {
        BARE
    }

    async fn by_id(&self, id: ModelId) {
        self.one(query(self.reads.by_id).bind(id.get())).await;
    }

    async fn by_version(&self, model: &ModelRef) {
        let query = query(self.reads.by_version).bind(model.name.as_str());
        self.one(query.bind(model.version.to_string())).await;
    }

    async fn by_tag(&self, tag: &TagName) {
        self.one(query(self.reads.by_tag).bind(tag.as_str()).bind("active"))
            .await;
    }

    async fn three(&self, ids: [ModelId; 3]) {
        let [a, b, c] = ids.map(ModelId::get);
        let query = query(self.reads.by_three_ids).bind(a).bind(b).bind(c);
        self.all(query, Whole::of_sqlite).await;
    }

    async fn list(&self, list: &List) {
        let query = query(self.reads.list(list.kind));
        let query = match list.kind {
            Kind::Newest => query,
            Kind::Behind(at, id) => query.bind(at).bind(id),
            Kind::WithTag(name) | Kind::Best(name) => query.bind(name),
            Kind::WithMetric(name, value) => query.bind(name).bind(value),
        };
        self.all(query, Summary::of_sqlite).await;
    }

    async fn ancestors(&self, id: ModelId) {
        self.all(query(self.reads.ancestors).bind(id.get()), Whole::of_sqlite)
            .await;
    }

    async fn register(&self, name: &str, number: usize) {
        self.register_many(name, number..number + 1).await;
    }

    async fn register_many(&self, name: &str, numbers: Range<usize>) {
        let mut tx = self.begin().await;
        for number in numbers {
            insert(&mut tx, name, number).await;
        }
        tx.commit().await.unwrap();
    }

    async fn promote(&self, id: ModelId, tag: &TagName) {
        let mut tx = self.begin().await;
        let model = query(self.reads.by_id).bind(id.get()).fetch_one(&mut *tx).await;
        let model = Whole::of_sqlite(&model.unwrap());
        give(&mut tx, &model, tag.as_str()).await;
        tx.commit().await.unwrap();
    }
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

/// A statement that is prepared once and kept.
fn query(text: &'static str) -> Query<'static> {
    sqlx::query(AssertSqlSafe(text))
}

async fn run(tx: &mut Transaction<'static, Sqlite>, query: Query<'_>) {
    query.execute(&mut **tx).await.unwrap();
}

async fn insert(tx: &mut Transaction<'static, Sqlite>, name: &str, number: usize) {
    let version = version(number);
    let text = version.to_string();
    let before = query(sql::BEFORE_REGISTER).bind(name).bind(&text);
    let row = before.fetch_one(&mut **tx).await.unwrap();
    let (id, event, ordinal): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    assert!(!row.get::<bool, _>(3), "the version is there already");
    let at = now().as_micros();
    let model = query(sql::INSERT_MODEL)
        .bind(id)
        .bind(name)
        .bind(&text)
        .bind(version.sort_key().as_bytes().to_vec())
        .bind(ordinal)
        .bind(PATH)
        .bind(None::<String>)
        .bind(None::<i64>)
        .bind(TASK)
        .bind(HASH)
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
    run(tx, model).await;
    run(tx, query(sql::SAVE_ORDINAL).bind(name).bind(ordinal)).await;
    let metrics = METRICS
        .into_iter()
        .fold(query(sql::INSERT_METRICS).bind(id), Query::bind);
    run(tx, metrics).await;
    run(tx, query(sql::INSERT_LEAVES).bind(id)).await;
    for (place, (kind, tag)) in (0..).zip(EVENTS) {
        insert_event(tx, event + place, kind, (id, name, &text), tag).await;
    }
    let labels = query(sql::INSERT_LABELS)
        .bind(id)
        .bind(name)
        .bind(at)
        .bind(event + 1)
        .bind(event + 2);
    run(tx, labels).await;
}

async fn insert_event(
    tx: &mut Transaction<'static, Sqlite>,
    event: i64,
    kind: &str,
    (id, name, version): (i64, &str, &str),
    tag: Option<&str>,
) {
    let insert = query(sql::INSERT_EVENT)
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
    run(tx, insert).await;
}

async fn give(tx: &mut Transaction<'static, Sqlite>, model: &Whole, tag: &str) {
    let holders = query(sql::HOLDERS).bind(tag).fetch_all(&mut **tx).await.unwrap();
    let next = query(sql::NEXT_EVENT).fetch_one(&mut **tx).await.unwrap();
    let event: i64 = next.get(0);
    for (place, holder) in (0..).zip(&holders) {
        let (id, name, version): (i64, String, String) = (holder.get(0), holder.get(1), holder.get(2));
        insert_event(tx, event + place, "demoted", (id, &name, &version), Some(tag)).await;
        run(tx, query(sql::TAKE_TAG).bind(id).bind(tag)).await;
    }
    let event = event + i64::try_from(holders.len()).unwrap();
    let whose = (model.model_id, &*model.name, &*model.version);
    insert_event(tx, event, "promoted", whose, Some(tag)).await;
    let give = query(sql::GIVE_TAG)
        .bind(model.model_id)
        .bind(tag)
        .bind(now().as_micros())
        .bind(event);
    run(tx, give).await;
}
