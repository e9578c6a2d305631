//! What the contestants decode: the same columns as the store, into fields of their own.

/// A row that every driver reads, column by column.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[expect(dead_code, reason = "what matters is that they are decoded")]
        pub(crate) struct $name { $(pub(crate) $field: $kind),* }

        impl $name {
            pub(crate) fn of_sqlite(row: &sqlx::sqlite::SqliteRow) -> Self {
                let mut place = 0..;
                Self { $($field: sqlx::Row::get::<$kind, usize>(row, place.next().unwrap())),* }
            }

            pub(crate) fn of_postgres(row: &sqlx::postgres::PgRow) -> Self {
                let mut place = 0..;
                Self { $($field: sqlx::Row::get::<$kind, usize>(row, place.next().unwrap())),* }
            }

            pub(crate) fn of_rusqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                let mut place = 0..;
                Ok(Self { $($field: row.get::<usize, $kind>(place.next().unwrap())?),* })
            }
        }
    };
}

row! {
    /// A whole model.
    Whole {
        model_id: i64, name: String, version: String, ordinal: i64, checkpoint_path: String,
        checkpoint_absolute: Option<String>, size_bytes: Option<i64>, task_type: String, config_hash: String,
        training_run_id: Option<i64>, parent_model_id: Option<i64>, created_at: i64, updated_at: i64,
        created_by: String, metrics: String, export_formats: String, model_size_mb: Option<f64>,
        memory_req_gb: Option<f64>, metadata: String, notes: Option<String>, status: String, tags: String,
        exports: String,
    }
}

row! {
    /// What a list shows.
    Summary {
        model_id: i64, name: String, version: String, ordinal: i64, checkpoint_path: String, task_type: String,
        config_hash: String, training_run_id: Option<i64>, parent_model_id: Option<i64>, created_at: i64,
        updated_at: i64, created_by: String, metrics: String, model_size_mb: Option<f64>,
        memory_req_gb: Option<f64>, status: String, tags: String,
    }
}
