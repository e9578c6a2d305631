//! The rows by which metadata is searched.

use registry_core::search::{Leaf, LeafValue, leaves};
use registry_core::{Metadata, ModelId};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use sqlx::SqliteConnection;

use crate::decode::{is_exact_number, to_json};

/// A number that SQLite would read wrong from decimals, with its path.
pub(super) struct InexactLeaf {
    path: String,
    number: f64,
}

/// Inserts the leaves of a model that has none.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    model: ModelId,
    metadata: &Metadata,
) -> sqlx::Result<()> {
    let (exact, inexact) = split(leaves(metadata));
    if !exact.is_empty() {
        let leaves = to_json(&ByPath(&exact))?;
        sqlx::query_file!("queries/insert_model_metadata.sql", model.get(), leaves)
            .execute(&mut *connection)
            .await?;
    }
    for leaf in inexact {
        put(connection, model, &leaf).await?;
    }
    Ok(())
}

/// Inserts a leaf that cannot travel as JSON.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    model: ModelId,
    leaf: &InexactLeaf,
) -> sqlx::Result<()> {
    sqlx::query_file!(
        "queries/put_model_metadata.sql",
        model.get(),
        leaf.path,
        leaf.number
    )
    .execute(connection)
    .await?;
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

/// Those that can travel as JSON, and the others.
pub(super) fn split(leaves: Vec<Leaf>) -> (Vec<Leaf>, Vec<InexactLeaf>) {
    let mut inexact = Vec::new();
    let exact = leaves.into_iter().filter_map(|leaf| match leaf.value {
        LeafValue::Number(number) if !is_exact_number(number) => {
            let path = leaf.path;
            inexact.push(InexactLeaf { path, number });
            None
        }
        _ => Some(leaf),
    });
    (exact.collect(), inexact)
}

/// Leaves as an object by path, as the statements read them.
pub(super) struct ByPath<'a>(pub(super) &'a [Leaf]);

impl Serialize for ByPath<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for Leaf { path, value } in self.0 {
            match value {
                LeafValue::Number(number) => object.serialize_entry(path, number)?,
                LeafValue::Text(text) => object.serialize_entry(path, text)?,
                LeafValue::Boolean(boolean) => object.serialize_entry(path, boolean)?,
                LeafValue::Opaque => object.serialize_entry(path, &())?,
            }
        }
        object.end()
    }
}
