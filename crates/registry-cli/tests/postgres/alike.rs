//! One session of commands on a file and on a database: the same exit statuses and the same JSON.

use serde_json::Value;

use crate::Team;
use crate::sandbox::{Ran, Sandbox};

/// Every command at least once. What takes numbers and gives them back (rehearsals, refusals) stands at the end: from
/// sequences of PostgreSQL they are gone with the process.
const SESSION: &str = r#"
list
get 1
migrate --status
register --dry-run --name gpt --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h
get gpt
register --name gpt --version 1.0.0 --checkpoint a.pt --task-type lm --config {"d":1} --metrics {"loss":0.5,"f1":0.25} --metadata {"seed":42,"deep":{"a":[1,2.5,"x",null,true]}} --notes first --tags baseline,nightly
register --name gpt --bump minor --checkpoint a.pt --task-type lm --config {"d":2} --metrics {"loss":0.25} --parent gpt@1.0.0 --export onnx=s3://bucket/gpt.onnx --memory-req-gb 3.5
register --from many.jsonl
migrate
migrate --status
list
list --status all --sort name --limit 3
list --metric loss --max 0.4
list --tag nightly
list --count
list --where metadata.seed=42
search name~gp
search nonsense=
leaderboard --metric loss
versions gpt
names
tags
get gpt@^1
get gpt@1.0.0
get nobody
promote gpt@1.0.0 --tag production --reason first
promote gpt@1.1.0 --tag production --expect gpt@1.0.0 --reason better
promote vision@1.0.0 --tag production --scope name
get :production
get gpt@:production
rollback --tag production --name gpt --reason worse
rollback --tag production --name gpt
tag gpt@1.1.0 candidate
untag gpt@1.0.0 nightly
untag gpt@1.0.0 nightly
retire vision@1.0.0 --reason old
list --status retired
restore vision@1.0.0
update gpt@1.1.0 --metrics {"loss":0.2} --notes better
update gpt@1.1.0 --clear notes
compare gpt@1.0.0 gpt@1.1.0
lineage gpt@1.0.0
lineage gpt@1.1.0 --scope family
add-export gpt@1.0.0 --format onnx --path s3://bucket/1.onnx
exports list gpt@1.0.0
exports remove gpt@1.0.0 --format onnx
exports remove gpt@1.0.0 --format onnx
history
history --tag production
watch --after 0 --limit 1
watch --after 4 --limit 1
history gpt@1.1.0 --limit 2
settings
settings set promotion-scope name
settings
delete gpt@1.0.0 --yes
delete vision@2.0.0 --yes
delete gpt@1.0.0 --force --yes
get gpt@1.1.0
list --status all
doctor
register --dry-run --name gpt --version 3.0.0 --checkpoint a.pt --task-type t --config-hash h
register --name gpt --version 1.1.0 --checkpoint a.pt --task-type t --config-hash h
register --from many.jsonl
promote gpt@1.1.0 --tag canary --dry-run
promote gpt@1.1.0 --tag production --expect nobody
delete gpt@1.1.0 --dry-run --force
list --status all
"#;

#[test]
fn a_session_answers_as_on_a_file() {
    let file = Sandbox::new();
    let team = Team::new();
    for sandbox in [&file, &team.sandbox] {
        let lines = [
            r#"{"name": "vision", "version": "2.0.0", "checkpoint_path": "a.pt", "task_type": "t", "config": {}, "parent": "vision@1.0.0"}"#,
            r#"{"name": "vision", "version": "1.0.0", "checkpoint_path": "a.pt", "task_type": "t", "config": {}, "tags": ["nightly"]}"#,
        ];
        std::fs::write(sandbox.path("many.jsonl"), lines.join("\n")).unwrap();
    }
    for line in SESSION.trim().lines() {
        let command = format!("{line} --json");
        let (on_file, on_database) = (file.run(&command), team.sandbox.run(&command));
        assert_eq!(
            plain(&on_file, &file),
            plain(&on_database, &team.sandbox),
            "{line}"
        );
    }
}

/// What an answer says but for where the registry is, and when.
fn plain(ran: &Ran, sandbox: &Sandbox) -> (i32, Value, Value) {
    let json = |text: &str| {
        let mut value = serde_json::from_str(text).unwrap_or(Value::Null);
        forget(&mut value, sandbox);
        value
    };
    (ran.status, json(&ran.out), json(&ran.err))
}

fn forget(value: &mut Value, sandbox: &Sandbox) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| forget(value, sandbox)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match name.as_str() {
                    // What a database is, its schema and its place differ.
                    "location" | "state" | "from" | "found" | "needed" | "migrations" | "to_version"
                    | "from_version" | "hint"
                        if !value.is_array() || name == "migrations" =>
                    {
                        *value = Value::Null;
                    }
                    // Cursors hold times.
                    "next" | "previous" if value.is_string() => *value = "a cursor".into(),
                    _ => forget(value, sandbox),
                }
            }
        }
        Value::String(text) => {
            let folder = sandbox.path("").display().to_string();
            *text = text.replace(folder.trim_end_matches('/'), "FOLDER");
            while let Some(start) = text.find("postgres://") {
                let end = text[start..]
                    .find('`')
                    .map_or(text.len(), |length| start + length);
                text.replace_range(start..end, "model_registry.db");
            }
            if is_time(text) {
                "a time".clone_into(text);
            }
        }
        _ => {}
    }
}

fn is_time(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    shape.starts_with("0000-00-00T00:00:00")
}
