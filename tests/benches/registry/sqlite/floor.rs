//! The floor: rusqlite in the same thread, statements cached.

use std::ops::Range;
use std::path::Path;

use async_trait::async_trait;
use registry_core::{ModelId, ModelRef, TagName};
use rusqlite::{Connection, Params, Row, params};

use super::sql;
use crate::contestant::{Contestant, FLOOR, Kind, List};
use crate::model::{EVENTS, HASH, METADATA_JSON, METRICS, METRICS_JSON, PATH, TASK, now, version};
use crate::rows::{Summary, Whole};
use crate::sql::{Dialect, Reads};

pub(crate) struct Floor {
    connection: Connection,
    reads: Reads,
}

impl Floor {
    pub(crate) fn open(path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        connection.set_prepared_statement_cache_capacity(64);
        for (pragma, value) in [
            ("journal_mode", "WAL"),
            ("synchronous", "FULL"),
            ("foreign_keys", "ON"),
        ] {
            connection.pragma_update(None, pragma, value).unwrap();
        }
        Self {
            connection,
            reads: Reads::of(Dialect::Sqlite),
        }
    }

    fn one<T>(&self, text: &str, params: impl Params, read: fn(&Row<'_>) -> rusqlite::Result<T>) -> T {
        let mut statement = self.connection.prepare_cached(text).unwrap();
        statement.query_row(params, read).unwrap()
    }

    fn all<T>(&self, text: &str, params: impl Params, read: fn(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
        let mut statement = self.connection.prepare_cached(text).unwrap();
        let rows = statement.query_map(params, read).unwrap();
        rows.map(Result::unwrap).collect()
    }

    fn run(&self, text: &str, params: impl Params) {
        let mut statement = self.connection.prepare_cached(text).unwrap();
        statement.execute(params).unwrap();
    }

    fn insert(&self, name: &str, number: usize) {
        let version = version(number);
        let text = version.to_string();
        let (id, event, ordinal, taken): (i64, i64, i64, bool) =
            self.one(sql::BEFORE_REGISTER, [name, &text], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            });
        assert!(!taken, "the version is there already");
        let at = now().as_micros();
        let key = version.sort_key();
        let none = None::<i64>;
        let model = params![
            id,
            name,
            text,
            key.as_bytes(),
            ordinal,
            PATH,
            none,
            none,
            TASK,
            HASH,
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
        self.run(sql::INSERT_MODEL, model);
        self.run(sql::SAVE_ORDINAL, params![name, ordinal]);
        let [loss, perplexity, accuracy, f1, latency] = METRICS;
        self.run(
            sql::INSERT_METRICS,
            params![id, loss, perplexity, accuracy, f1, latency],
        );
        self.run(sql::INSERT_LEAVES, [id]);
        for (place, (kind, tag)) in (0..).zip(EVENTS) {
            self.insert_event(event + place, kind, (id, name, &text), tag);
        }
        self.run(sql::INSERT_LABELS, params![id, name, at, event + 1, event + 2]);
    }

    fn insert_event(
        &self,
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
        self.run(sql::INSERT_EVENT, values);
    }
}

#[async_trait(?Send)]
impl Contestant for Floor {
    fn name(&self) -> &'static str {
        FLOOR
    }

    async fn by_id(&self, id: ModelId) {
        drop(self.one(self.reads.by_id, [id.get()], Whole::of_rusqlite));
    }

    async fn by_version(&self, model: &ModelRef) {
        let values = (model.name.as_str(), model.version.to_string());
        drop(self.one(self.reads.by_version, values, Whole::of_rusqlite));
    }

    async fn by_tag(&self, tag: &TagName) {
        let values = [tag.as_str(), "active"];
        drop(self.one(self.reads.by_tag, values, Whole::of_rusqlite));
    }

    async fn three(&self, ids: [ModelId; 3]) {
        let ids = ids.map(ModelId::get);
        drop(self.all(self.reads.by_three_ids, ids, Whole::of_rusqlite));
    }

    async fn list(&self, list: &List) {
        let text = self.reads.list(list.kind);
        let read = Summary::of_rusqlite;
        drop(match list.kind {
            Kind::Newest => self.all(text, [], read),
            Kind::Behind(at, id) => self.all(text, [at, id], read),
            Kind::WithTag(name) | Kind::Best(name) => self.all(text, [name], read),
            Kind::WithMetric(name, value) => self.all(text, (name, value), read),
        });
    }

    async fn ancestors(&self, id: ModelId) {
        drop(self.all(self.reads.ancestors, [id.get()], Whole::of_rusqlite));
    }

    async fn register(&self, name: &str, number: usize) {
        self.register_many(name, number..number + 1).await;
    }

    async fn register_many(&self, name: &str, numbers: Range<usize>) {
        self.run("BEGIN IMMEDIATE", []);
        for number in numbers {
            self.insert(name, number);
        }
        self.run("COMMIT", []);
    }

    async fn promote(&self, id: ModelId, tag: &TagName) {
        let (id, tag) = (id.get(), tag.as_str());
        self.run("BEGIN IMMEDIATE", []);
        let model = self.one(self.reads.by_id, [id], Whole::of_rusqlite);
        let holders: Vec<(i64, String, String)> = self.all(sql::HOLDERS, [tag], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        });
        let event: i64 = self.one(sql::NEXT_EVENT, [], |row| row.get(0));
        for (place, (id, name, version)) in (0..).zip(&holders) {
            self.insert_event(event + place, "demoted", (*id, name, version), Some(tag));
            self.run(sql::TAKE_TAG, params![id, tag]);
        }
        let event = event + i64::try_from(holders.len()).unwrap();
        self.insert_event(event, "promoted", (id, &model.name, &model.version), Some(tag));
        self.run(sql::GIVE_TAG, params![id, tag, now().as_micros(), event]);
        self.run("COMMIT", []);
    }
}
