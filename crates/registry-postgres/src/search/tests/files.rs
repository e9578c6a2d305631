//! Statements in files, as PostgreSQL plans them for any values: none reads a whole table. The folder is read when the
//! test runs, so that a new file can't be forgotten.

use std::path::Path;

use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};

use super::{analyze, registry_of, remove};

/// What is read from end to end all the same.
const READ_WHOLE: &[(&str, &str)] = &[
    // A few rows by their nature.
    ("", "settings"),
    ("", "on webhooks "),
    ("", "Seq Scan on model_ids"),
    ("", "Seq Scan on event_ids"),
];

/// Statements without a plan, and those that look at a whole registry or at the server's own tables.
const OTHERS: &[&str] = &[
    "copy/lock.sql",
    "copy/count_rows.sql",
    "doctor/secret_readers.sql",
    "inspect/tables.sql",
    "watch/writers.sql",
];

fn statements() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let mut statements = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(below).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
            if !OTHERS.contains(&&*name) {
                statements.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    statements.sort();
    statements
}

/// The plan that does not depend on values.
async fn plan(connection: &mut PgConnection, statement: &str) -> Vec<String> {
    let run = async |connection: &mut PgConnection, statement: String| {
        connection.fetch_all(AssertSqlSafe(statement)).await.unwrap()
    };
    run(connection, format!("PREPARE file AS {statement}")).await;
    let count = "SELECT cardinality(parameter_types)::bigint FROM pg_prepared_statements WHERE name = 'file'";
    let count: i64 = run(connection, count.to_owned()).await[0].get(0);
    let values = vec!["NULL"; usize::try_from(count).unwrap()].join(", ");
    let values = if count == 0 { values } else { format!("({values})") };
    let steps = run(connection, format!("EXPLAIN (COSTS OFF) EXECUTE file{values}")).await;
    run(connection, "DEALLOCATE file".to_owned()).await;
    steps.iter().map(|step| step.get(0)).collect()
}

/// The steps that read a table or an index from end to end.
fn whole(steps: &[String]) -> Vec<&str> {
    let named = |step: &str| step.trim_start_matches([' ', '-', '>']).len();
    let reads = |at: usize| {
        let step = steps[at].as_str();
        let searched = steps
            .get(at + 1)
            .is_some_and(|next| next.trim_start().starts_with("Index Cond"));
        step.contains("Seq Scan") || (step.contains("Index ") && step.contains("Scan") && !searched)
    };
    (0..steps.len())
        .filter(|at| reads(*at))
        .map(|at| &steps[at][steps[at].len() - named(&steps[at])..])
        .collect()
}

#[tokio::test]
async fn no_statement_in_a_file_reads_a_whole_table() {
    let store = registry_of(100_000).await;
    let mut scans = Vec::new();
    for analyzed in [false, true] {
        if analyzed {
            analyze(&store).await;
        }
        let mut connection = store.pool().acquire().await.unwrap();
        connection
            .execute("SET plan_cache_mode = force_generic_plan")
            .await
            .unwrap();
        for (name, text) in statements() {
            let steps = plan(&mut connection, &text).await;
            for step in whole(&steps) {
                let allowed = |(file, known): &&(&str, &str)| name.contains(file) && step.contains(known);
                if !READ_WHOLE.iter().any(|known| allowed(&known)) {
                    scans.push(format!(
                        "{name}, analyzed: {analyzed}: {step}\n{}",
                        steps.join("\n")
                    ));
                }
            }
        }
    }
    assert!(scans.is_empty(), "{}", scans.join("\n\n"));
    remove(store).await;
}
