//! Registering many models against `COPY` of the same rows into the same tables with their indexes, which decides
//! nothing and checks nothing but keys.

use std::time::Instant;

use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};

use super::Registry;
use crate::contest::middle;
use crate::contestant::Contestant;
use crate::fixture::Ground;
use crate::others::Figure;
use crate::store::Store;

const ROUNDS: usize = 5;
/// What a copied row has for its ids more than the one that it is a copy of.
const FURTHER: i64 = 1_000_000_000;

/// The tables that a registration writes, in an order that keeps foreign keys; and which rows are of the models of a name.
const TABLES: &[(&str, &str)] = &[
    ("model_names", OF_NAME),
    ("events", OF_NAME),
    ("models", OF_NAME),
    ("model_metrics", OF_MODELS),
    ("model_metadata", OF_MODELS),
    ("model_tags", OF_NAME),
];
const OF_NAME: &str = "name = 'NAME'";
const OF_MODELS: &str = "model_id IN (SELECT models.model_id FROM models WHERE models.name = 'NAME')";

pub(super) async fn measure(registry: &Registry, size: usize) -> Vec<Figure> {
    let store = Store(registry.open().await);
    let mut connection = registry.connect().await;
    let mut figures = Vec::new();
    for (models, what) in [
        (500, "bulk register of 500 against COPY of the same rows"),
        (5_000, "bulk register of 5,000 against COPY of the same rows"),
    ] {
        let mut rates = Vec::new();
        for round in 0..=ROUNDS {
            let name = format!("bench/against-copy-{models}-{round}");
            let begun = Instant::now();
            store.register_many(&name, 0..models).await;
            let registered = begun.elapsed();
            let rows = copies(&mut connection, &name).await;
            let begun = Instant::now();
            copy(&mut connection, rows).await;
            // The first round warms up.
            if round > 0 {
                rates.push(begun.elapsed().as_secs_f64() / registered.as_secs_f64());
            }
        }
        let rate = middle(rates);
        figures.push(Figure {
            size,
            what: what.to_owned(),
            value: format!("{:.0} % of its rows per second", rate * 100.0),
            goal: Some((">= 30 %".to_owned(), rate >= 0.3)),
        });
    }
    figures
}

/// The rows of a name as `COPY` reads them, under other ids and another name: for each table the command and the rows.
async fn copies(connection: &mut PgConnection, name: &str) -> Vec<(String, Vec<u8>)> {
    let mut copies = Vec::new();
    for (table, of) in TABLES {
        let columns = connection
            .fetch_all(AssertSqlSafe(format!(
                "SELECT column_name::text FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
            )))
            .await
            .unwrap();
        let values: Vec<String> = columns
            .iter()
            .map(|column| match (column.get::<String, _>(0), *of) {
                (id, _) if id == "model_id" || id == "event_id" => format!("{id} + {FURTHER}"),
                (name, OF_NAME) if name == "name" => "name || '-copied'".to_owned(),
                (column, _) => column,
            })
            .collect();
        let rows = format!(
            "COPY (SELECT {} FROM {table} WHERE {}) TO STDOUT",
            values.join(", "),
            of.replace("NAME", name)
        );
        let rows = connection.copy_out_raw(&rows).await.unwrap();
        let rows: Vec<_> = rows.try_collect().await.unwrap();
        copies.push((format!("COPY {table} FROM STDIN"), rows.concat()));
    }
    copies
}

async fn copy(connection: &mut PgConnection, copies: Vec<(String, Vec<u8>)>) {
    let mut tx = connection.begin().await.unwrap();
    for (command, rows) in copies {
        let mut copy = tx.copy_in_raw(&command).await.unwrap();
        copy.send(rows).await.unwrap();
        copy.finish().await.unwrap();
    }
    tx.commit().await.unwrap();
}
