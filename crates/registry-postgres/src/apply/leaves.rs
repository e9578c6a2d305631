//! The rows by which metadata is searched.

use registry_core::search::{Leaf, LeafValue, leaves};
use registry_core::{Metadata, ModelId};
use sqlx::PgConnection;

/// Inserts the leaves of a model that has none.
pub(super) async fn insert(
    connection: &mut PgConnection,
    model: ModelId,
    metadata: &Metadata,
) -> sqlx::Result<()> {
    let mut rows = Rows::default();
    for leaf in leaves(metadata) {
        rows.add(leaf);
    }
    if rows.paths.is_empty() {
        return Ok(());
    }
    sqlx::query_file!(
        "queries/insert_model_metadata.sql",
        model.get(),
        &rows.paths,
        &rows.numbers as &[Option<f64>],
        &rows.texts as &[Option<String>],
        &rows.booleans as &[Option<bool>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The same for a model that may have some.
pub(super) async fn replace(
    connection: &mut PgConnection,
    model: ModelId,
    metadata: &Metadata,
) -> sqlx::Result<()> {
    sqlx::query_file!("queries/delete_model_metadata.sql", model.get())
        .execute(&mut *connection)
        .await?;
    insert(connection, model, metadata).await
}

/// The leaves by columns.
#[derive(Default)]
struct Rows {
    paths: Vec<String>,
    numbers: Vec<Option<f64>>,
    texts: Vec<Option<String>>,
    booleans: Vec<Option<bool>>,
}

impl Rows {
    fn add(&mut self, leaf: Leaf) {
        let (number, text, boolean) = match leaf.value {
            LeafValue::Number(number) => (Some(number), None, None),
            LeafValue::Text(text) => (None, Some(text), None),
            LeafValue::Boolean(boolean) => (None, None, Some(boolean)),
            LeafValue::Opaque => (None, None, None),
        };
        self.paths.push(leaf.path);
        self.numbers.push(number);
        self.texts.push(text);
        self.booleans.push(boolean);
    }
}
