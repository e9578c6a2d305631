//! Room for the registry's tables in a file to which its users added things of their own.

use sqlx::{Executor, SqliteConnection};

use super::schema;

/// Every name that the migrations use.
const RESERVED: [&str; 24] = [
    "original_models",
    "original_model_tags",
    "original_model_exports",
    "original_model_tags_by_model",
    "original_model_exports_by_model",
    "model_names",
    "models_by_name",
    "models_by_time",
    "models_by_status",
    "models_by_task_type",
    "models_by_config_hash",
    "models_by_parent",
    "model_metrics",
    "model_metrics_by_value",
    "events",
    "events_by_model",
    "events_by_name",
    "events_by_tag",
    "events_by_tag_time",
    "model_tags_by_tag",
    "model_tags_by_tag_and_name",
    "settings",
    "_sqlx_migrations",
    "sqlite_sequence",
];

/// The original's own indexes, which a migration drops.
const ORIGINAL_INDEXES: [&str; 4] = [
    "idx_models_task_type",
    "idx_models_status",
    "idx_models_config_hash",
    "idx_model_tags_tag_name",
];

/// Renames tables of the user's own that bear our names, and drops what is attached to tables that go. Says what was
/// done, with the definitions of what is gone. The names of everything else of the user's own come second.
pub(super) async fn make_room(connection: &mut SqliteConnection) -> sqlx::Result<(Vec<String>, Vec<String>)> {
    let objects = sqlx::query_file!("queries/inspect/objects.sql")
        .fetch_all(&mut *connection)
        .await?;
    let is_one_of = |names: &[&str], name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    let tables: Vec<&str> = schema::ORIGINAL.iter().map(|(name, _)| *name).collect();
    let mut done = Vec::new();
    let mut left = Vec::new();
    for object in &objects {
        let (kind, name) = (object.kind.as_str(), object.name.as_str());
        if is_one_of(&tables, name) || is_one_of(&ORIGINAL_INDEXES, name) || name == schema::TABLE {
            continue;
        }
        let attached = kind != "table" && kind != "view" && is_one_of(&tables, &object.on_table);
        let clashes = is_one_of(&RESERVED, name);
        if kind == "table" && clashes {
            let free = (1..=u32::MAX)
                .map(|number| format!("{name}_before_upgrade_{number}"))
                .find(|free| {
                    !objects
                        .iter()
                        .any(|object| object.name.eq_ignore_ascii_case(free))
                });
            let free = free.unwrap_or_default();
            let rename = format!("ALTER TABLE {} RENAME TO {}", quoted(name), quoted(&free));
            connection.execute(sqlx::AssertSqlSafe(rename)).await?;
            done.push(format!("table `{name}` is now called `{free}`"));
        } else if attached || clashes {
            let drop = format!("DROP {kind} IF EXISTS {}", quoted(name));
            connection.execute(sqlx::AssertSqlSafe(drop)).await?;
            done.push(format!("{kind} `{name}` is gone: {}", object.definition));
        } else if kind == "table" || kind == "view" {
            left.push(format!("{kind} `{name}`"));
        }
    }
    Ok((done, left))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
