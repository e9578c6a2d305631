//! The rows by which metadata is searched.

use registry_core::search::{Leaf, LeafValue, leaves};
use registry_core::{Metadata, ModelId};
use serde_json::{Value, json};
use sqlx::SqliteConnection;

use crate::decode::{is_exact_number, to_json};

/// Inserts the leaves of a model that has none.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    model: ModelId,
    metadata: &Metadata,
) -> sqlx::Result<()> {
    let (exact, inexact): (Vec<Leaf>, Vec<Leaf>) = leaves(metadata).into_iter().partition(travels_as_json);
    if !exact.is_empty() {
        let rows: Vec<Value> = exact.iter().map(row).collect();
        sqlx::query_file!("queries/insert_model_metadata.sql", model.get(), to_json(&rows)?)
            .execute(&mut *connection)
            .await?;
    }
    for leaf in inexact {
        if let LeafValue::Number(number) = leaf.value {
            sqlx::query_file!("queries/put_model_metadata.sql", model.get(), leaf.path, number)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

/// The same for a model that may have some.
pub(super) async fn replace(
    connection: &mut SqliteConnection,
    model: ModelId,
    metadata: &Metadata,
) -> sqlx::Result<()> {
    sqlx::query_file!("queries/delete_model_metadata.sql", model.get())
        .execute(&mut *connection)
        .await?;
    insert(connection, model, metadata).await
}

fn travels_as_json(leaf: &Leaf) -> bool {
    match leaf.value {
        LeafValue::Number(number) => is_exact_number(number),
        _ => true,
    }
}

/// As `insert_model_metadata.sql` reads it.
fn row(leaf: &Leaf) -> Value {
    let path = &leaf.path;
    match &leaf.value {
        LeafValue::Number(number) => json!([path, "number", number]),
        LeafValue::Text(text) => json!([path, "text", text]),
        LeafValue::Boolean(boolean) => json!([path, boolean.to_string()]),
        LeafValue::Opaque => json!([path, "opaque"]),
    }
}
