//! Bare sqlx on PostgreSQL: one pool, the server's own settings, and statements by hand.

use std::ops::Range;

use async_trait::async_trait;
use registry_core::{ModelId, ModelRef, TagName};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, PgPool, Postgres, Row as _, Transaction};

use super::sql;
use crate::contestant::{BARE, Contestant, Kind, List};
use crate::model::{HASH, METADATA_JSON, METRICS, METRICS_JSON, PATH, TASK, now, version};
use crate::rows::{Summary, Whole};
use crate::sql::{Dialect, INSERT_METRICS, INSERT_MODEL, Reads};

pub(crate) struct Bare {
    pool: PgPool,
    reads: Reads,
    insert_model: &'static str,
    insert_metrics: &'static str,
}

impl Bare {
    pub(crate) async fn open(url: &str, connections: u32) -> Self {
        let options: PgConnectOptions = url.parse().unwrap();
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .test_before_acquire(false)
            .connect_with(options.disable_statement_logging())
            .await
            .unwrap();
        let next_id = Dialect::Postgres
            .text(INSERT_MODEL)
            .replace("$1,", "nextval('model_ids'),");
        Self {
            pool,
            reads: Reads::of(Dialect::Postgres),
            insert_model: Dialect::Postgres.text(&format!("{next_id} RETURNING model_id, $1::text")),
            insert_metrics: Dialect::Postgres.text(INSERT_METRICS),
        }
    }

    async fn one(&self, query: Query<'_>) {
        drop(Whole::of_postgres(&query.fetch_one(&self.pool).await.unwrap()));
    }

    async fn all<T>(&self, query: Query<'_>, read: fn(&PgRow) -> T) {
        let rows = query.fetch_all(&self.pool).await.unwrap();
        drop(rows.iter().map(read).collect::<Vec<T>>());
    }

    async fn insert(&self, tx: &mut Transaction<'static, Postgres>, name: &str, number: usize) {
        let version = version(number);
        let text = version.to_string();
        let next = query(sql::NEXT_ORDINAL).bind(name).fetch_one(&mut **tx).await;
        let ordinal: i64 = next.unwrap().get(0);
        let at = now().as_micros();
        let model = query(self.insert_model)
            .bind("")
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
        let id: i64 = model.fetch_one(&mut **tx).await.unwrap().get(0);
        let metrics = METRICS
            .into_iter()
            .fold(query(self.insert_metrics).bind(id), Query::bind);
        run(tx, metrics).await;
        run(tx, query(sql::INSERT_LEAVES).bind(id)).await;
        let events = query(sql::INSERT_EVENTS)
            .bind(at)
            .bind(id)
            .bind(name)
            .bind(&text)
            .bind(METRICS_JSON);
        let events = events.fetch_all(&mut **tx).await.unwrap();
        let labels = query(sql::INSERT_LABELS)
            .bind(id)
            .bind(name)
            .bind(at)
            .bind(events[1].get::<i64, _>(0))
            .bind(events[2].get::<i64, _>(0));
        run(tx, labels).await;
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
        self.all(query, Whole::of_postgres).await;
    }

    async fn list(&self, list: &List) {
        let query = query(self.reads.list(list.kind));
        let query = match list.kind {
            Kind::Newest => query,
            Kind::Behind(at, id) => query.bind(at).bind(id),
            Kind::WithTag(name) | Kind::Best(name) => query.bind(name),
            Kind::WithMetric(name, value) => query.bind(name).bind(value),
        };
        self.all(query, Summary::of_postgres).await;
    }

    async fn ancestors(&self, id: ModelId) {
        self.all(query(self.reads.ancestors).bind(id.get()), Whole::of_postgres)
            .await;
    }

    async fn register(&self, name: &str, number: usize) {
        self.register_many(name, number..number + 1).await;
    }

    async fn register_many(&self, name: &str, numbers: Range<usize>) {
        let mut tx = self.pool.begin().await.unwrap();
        for number in numbers {
            self.insert(&mut tx, name, number).await;
        }
        tx.commit().await.unwrap();
    }

    async fn promote(&self, id: ModelId, tag: &TagName) {
        let mut tx = self.pool.begin().await.unwrap();
        let model = query(self.reads.by_id).bind(id.get()).fetch_one(&mut *tx).await;
        let model = Whole::of_postgres(&model.unwrap());
        let holders = query(sql::HOLDERS).bind(tag.as_str()).fetch_all(&mut *tx).await;
        for holder in holders.unwrap() {
            let (id, name, version): (i64, String, String) = (holder.get(0), holder.get(1), holder.get(2));
            event(&mut tx, "demoted", (id, &name, &version), tag).await;
            run(&mut tx, query(sql::TAKE_TAG).bind(id).bind(tag.as_str())).await;
        }
        let whose = (id.get(), &*model.name, &*model.version);
        let event = event(&mut tx, "promoted", whose, tag).await;
        let give = query(sql::GIVE_TAG)
            .bind(id.get())
            .bind(tag.as_str())
            .bind(now().as_micros())
            .bind(event);
        run(&mut tx, give).await;
        tx.commit().await.unwrap();
    }
}

type Query<'q> = sqlx::query::Query<'q, Postgres, PgArguments>;

/// A statement that is prepared once and kept.
fn query(text: &'static str) -> Query<'static> {
    sqlx::query(AssertSqlSafe(text))
}

async fn run(tx: &mut Transaction<'static, Postgres>, query: Query<'_>) {
    query.execute(&mut **tx).await.unwrap();
}

async fn event(
    tx: &mut Transaction<'static, Postgres>,
    kind: &str,
    (id, name, version): (i64, &str, &str),
    tag: &TagName,
) -> i64 {
    let insert = query(sql::INSERT_EVENT)
        .bind(now().as_micros())
        .bind(kind)
        .bind(id)
        .bind(name)
        .bind(version)
        .bind(tag.as_str());
    insert.fetch_one(&mut **tx).await.unwrap().get(0)
}
