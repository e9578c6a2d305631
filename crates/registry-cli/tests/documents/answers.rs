//! The reference tells every field of every command's answer in JSON, and none that isn't there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::root;
use crate::sandbox::Sandbox;
use crate::tables::commands;

/// What the answers are taken from: models, a family, a tag that moved, a label, an export, a checkpoint that is gone.
const SETUP: &str = r#"
touch a.pt gone.pt
register() { registry-cli register --task-type t --config '{}' "$@" > /dev/null 2> /dev/null; }
register --name a --version 1.0.0 --checkpoint gone.pt --metrics '{"loss": 0.5}' --notes n --training-run-id 7 \
    --memory-req-gb 2
register --name a --version 1.1.0 --checkpoint a.pt --parent 1 --metrics '{"loss": 0.4}'
registry-cli promote 1 --tag production --reason first > /dev/null
registry-cli promote 2 --tag production > /dev/null
registry-cli add-export 1 --format onnx --path a.onnx --metadata '{"opset": 17}' > /dev/null
registry-cli settings set promotion-scope registry > /dev/null
registry-cli get 2 --json > lines.json && tr -d '\n' < lines.json | sed 's/1.1.0/1.2.0/; s/"parent_model_id": 1/"parent_model_id": null/' > lines.jsonl
rm gone.pt
"#;

/// The commands whose answers have every field, by what the reference calls them.
const COMMANDS: &[(&str, &[&str])] = &[
    ("get", &["get 2"]),
    ("get --at", &["get :production --at 2999-01-01"]),
    ("untag", &["untag 2 production"]),
    ("retire", &["retire 1"]),
    ("restore", &["restore 1"]),
    ("update", &["update 1 --notes x"]),
    ("add-export", &["add-export 1 --format onnx --path b.onnx"]),
    ("exports add", &["exports add 1 --format onnx --path b.onnx"]),
    ("exports remove", &["exports remove 1 --format onnx --yes"]),
    (
        "register",
        &["register --name b --bump major --checkpoint a.pt --task-type t --config '{}' --tags production"],
    ),
    ("register --from", &["register --from lines.jsonl"]),
    ("list", &["list", "list --limit 1"]),
    (
        "search",
        &["search 'metrics.loss exists'", "search 'id > 0' --limit 1"],
    ),
    ("list --count", &["list --count"]),
    ("list --facets", &["list --facets"]),
    ("versions", &["versions a", "versions a --limit 1"]),
    ("names", &["names"]),
    ("tags", &["tags"]),
    ("leaderboard", &["leaderboard --metric loss"]),
    ("promote", &["promote 1 --tag production"]),
    ("rollback", &["rollback --tag production"]),
    ("tag", &["tag 1 production", "tag 1 best"]),
    ("delete", &["delete 1 --force"]),
    (
        "compare",
        &["compare 1 2 99 b@1.0.0", "compare 1 --metrics unknown"],
    ),
    ("lineage", &["lineage 2 --scope family"]),
    ("exports list", &["exports list 1"]),
    ("history", &["history", "history --limit 1"]),
    (
        "watch",
        &["watch --after 0 --limit 1", "watch --after 2 --limit 1"],
    ),
    (
        "settings",
        &[
            "settings",
            "settings get promotion-scope",
            "settings set promotion-scope name",
        ],
    ),
    ("serve", &[SERVED]),
    ("serve --print-config", &["serve --print-config"]),
    (
        "token create",
        &["token create --name a --role writer --names 'a/*' --tags b --expires 2999-01-31"],
    ),
    (
        "token list",
        &["token create --name a --role reader &> /dev/null; registry-cli token list"],
    ),
    (
        "token revoke",
        &["token create --name a --role reader --tags b &> /dev/null; registry-cli token revoke a"],
    ),
    ("token protect", &["token protect production"]),
    ("webhook create", &[HOOKED]),
    (
        "webhook rotate",
        &["webhook create --name ci --url https://a.example/ &> /dev/null; registry-cli webhook rotate ci"],
    ),
    (
        "webhook list",
        &["webhook create --name ci --url https://a.example/ &> /dev/null; registry-cli webhook list"],
    ),
    (
        "webhook show",
        &["webhook create --name ci --url https://a.example/ &> /dev/null; registry-cli webhook show 1"],
    ),
    (
        "webhook update",
        &["webhook create --name ci --url https://a.example/ &> /dev/null; registry-cli webhook update ci --off"],
    ),
    (
        "webhook delete",
        &["webhook create --name ci --url https://a.example/ &> /dev/null; registry-cli webhook delete ci --yes"],
    ),
    (
        "webhook test",
        &["webhook create --name ci --url https://a.example/ &> /dev/null; registry-cli webhook test ci"],
    ),
    (
        "webhook replay",
        &["webhook create --name ci --url https://a.example/ &> /dev/null; registry-cli webhook replay ci"],
    ),
    (
        "webhook deliveries",
        &["webhook create --name ci --url https://a.example/ &> /dev/null; registry-cli webhook test ci &> /dev/null
registry-cli webhook deliveries"],
    ),
    ("webhook deliveries --delivery", &[ATTEMPTED]),
    ("login", &[LOGIN]),
    ("login --forget", &["login --forget --db http://127.0.0.1:9"]),
    ("whoami", &[WHOAMI]),
    ("hash", &["hash --config '{}'"]),
    ("migrate", &["migrate", "migrate --db original.db"]),
    (
        "migrate --status",
        &["migrate --status", "migrate --status --db original.db"],
    ),
    ("backup", &["backup copy.db"]),
    ("copy", &["copy --to copy.db"]),
    ("copy --merge", &[MERGED, TAKEN]),
    ("doctor", &["doctor"]),
    ("demo", &["demo try"]),
    ("completions", &["completions bash"]),
    ("man", &["man"]),
    ("man --out", &["man --out pages"]),
];

/// A version with other contents, a tag that another holds, a setting that is another.
const MERGED: &str = "register --db team.db --name a --version 1.0.0 --checkpoint a.pt --task-type t --config '{}' > /dev/null
registry-cli register --db team.db --name c --version 1.0.0 --checkpoint a.pt --task-type t --config '{}' > /dev/null
registry-cli promote c@1.0.0 --db team.db --tag production > /dev/null
registry-cli settings set promotion-scope name > /dev/null
registry-cli copy --to team.db --merge --keep-existing";

/// The same, and the tag is taken.
const TAKEN: &str =
    "register --db team.db --name c --version 1.0.0 --checkpoint a.pt --task-type t --config '{}' > /dev/null
registry-cli promote c@1.0.0 --db team.db --tag production > /dev/null
registry-cli settings set promotion-scope registry --db team.db > /dev/null
registry-cli copy --to team.db --merge --take-tags";

/// A server answers when it listens: that is waited for, then it is told to end.
const SERVED: &str = "serve --listen 127.0.0.1:0 --json > answer.json 2> /dev/null & server=$!
while kill -0 $server 2> /dev/null && [ ! -s answer.json ]; do :; done
kill $server; wait $server; cat answer.json; true";

/// With every part of a filter.
const HOOKED: &str =
    "webhook create --name ci --url https://a.example/ --events promoted --names 'a*' --tags production";

/// A delivery that a server has tried: it does not reach this machine.
const ATTEMPTED: &str = "webhook create --name ci --url http://127.0.0.1:9/ &> /dev/null
registry-cli webhook test ci &> /dev/null
registry-cli serve --insecure-no-auth --listen 127.0.0.1:0 &> /dev/null & server=$!
while kill -0 $server && ! registry-cli webhook deliveries --delivery 1 --json | grep -q duration_us; do :; done
kill $server; wait $server; registry-cli webhook deliveries --delivery 1";

/// The same with somebody who asks it.
const LOGIN: &str = r#"serve --insecure-no-auth --listen 127.0.0.1:0 --json > served.json 2> /dev/null & server=$!
while [ ! -s served.json ]; do :; done
url=$(tr -d '{}\n ' < served.json | sed 's/.*"url":"\([^"]*\)".*/\1/')
echo mrt_any | XDG_CONFIG_HOME=$PWD/config registry-cli login --db "$url" --json
kill $server; wait $server; true"#;
const WHOAMI: &str = r#"serve --insecure-no-auth --listen 127.0.0.1:0 --json > served.json 2> /dev/null & server=$!
while [ ! -s served.json ]; do :; done
url=$(tr -d '{}\n ' < served.json | sed 's/.*"url":"\([^"]*\)".*/\1/')
registry-cli whoami --db "$url" --json
kill $server; wait $server; true"#;

const ORIGINAL: &str = "
INSERT INTO models (name, version, checkpoint_path, task_type, config_hash)
    VALUES ('a', 'v1', 'a.pt', 't', 'h');
INSERT INTO model_tags (model_id, tag_name) VALUES (7, 'production');
CREATE TABLE events (mine);
CREATE TABLE mine (mine);
";

/// The type of each field.
type Fields = BTreeMap<String, String>;

#[test]
fn every_answer_has_the_fields_that_the_reference_tells() {
    let told = told();
    let names: BTreeSet<&str> = told.keys().map(String::as_str).collect();
    let tried: BTreeSet<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, tried);
    for (name, lines) in COMMANDS {
        let mut answer = Answer {
            told: &told[*name],
            seen: BTreeSet::new(),
            command: name,
        };
        for line in *lines {
            let sandbox = Sandbox::new();
            sandbox.make_original("original.db", ORIGINAL);
            sandbox.set_up(SETUP, name);
            let output = sandbox
                .run(&format!("registry-cli {line} --json 2> /dev/null"))
                .output;
            let value = serde_json::from_str(&output).unwrap_or_else(|_| panic!("{line}: {output}"));
            answer.fields(&value, "");
        }
        let told: BTreeSet<&str> = answer.told.keys().map(String::as_str).collect();
        let seen: BTreeSet<&str> = answer.seen.iter().map(String::as_str).collect();
        assert_eq!(told, seen, "{name}");
    }
}

#[test]
fn the_answer_of_every_command_is_told() {
    let told = told();
    let told: BTreeSet<&str> = told.keys().filter_map(|name| name.split(' ').next()).collect();
    let help = Sandbox::new().run("registry-cli help").output;
    let commands = commands(&help).into_iter().filter(|command| *command != "help");
    assert_eq!(told, commands.collect());
}

/// What the reference tells, by command.
fn told() -> BTreeMap<String, Fields> {
    let reference = fs::read_to_string(root().join("docs/reference.md")).unwrap();
    let (_, rest) = reference.split_once("\n## Answers as JSON\n").unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let mut told = BTreeMap::new();
    for part in section.split("\n### ").skip(1) {
        let (heading, body) = part.split_once('\n').unwrap();
        let rows = body.lines().filter(|line| line.starts_with("| `"));
        let fields: Fields = rows
            .map(|row| {
                let mut cells = row.trim_matches('|').split(" | ").map(str::trim);
                let (field, kind) = (cells.next().unwrap(), cells.next().unwrap());
                (field.trim_matches('`').to_owned(), kind.to_owned())
            })
            .collect();
        assert!(!fields.is_empty(), "{heading}");
        for name in heading.split(", ") {
            told.insert(name.trim_matches('`').to_owned(), fields.clone());
        }
    }
    told
}

/// An answer that is compared with what is told of it.
struct Answer<'t> {
    told: &'t Fields,
    seen: BTreeSet<String>,
    command: &'t str,
}

impl Answer<'_> {
    /// Looks at every field of an object.
    fn fields(&mut self, value: &Value, path: &str) {
        let object = value
            .as_object()
            .unwrap_or_else(|| panic!("{}: {path}: {value}", self.command));
        let whole = path.is_empty() && self.told.contains_key("(model)");
        if whole {
            assert!(is_model(value), "{}: {value}", self.command);
            self.seen.insert("(model)".into());
        }
        for name in object.keys().skip(if whole { MODEL_FIELDS } else { 0 }) {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            let told = self.told.get(&path);
            let kind = told.unwrap_or_else(|| panic!("{}: `{path}` is not in the reference", self.command));
            let kind = kind.clone();
            self.value(&object[name], &path, &kind);
            self.seen.insert(path);
        }
    }

    fn value(&mut self, value: &Value, path: &str, kind: &str) {
        let fits = match kind {
            _ if kind.ends_with(" or null") && value.is_null() => true,
            _ if kind.ends_with(" or null") => {
                return self.value(value, path, kind.trim_end_matches(" or null"));
            }
            "text" => value.is_string(),
            "time" => value
                .as_str()
                .is_some_and(|time| time.len() == 27 && time.ends_with('Z')),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "model" => is_model(value),
            "reference" => is_reference(value),
            "model in short" => is_summary(value),
            "count" => names(value) == ["count", "exact"],
            "any" => true,
            "object" => {
                self.fields(value, path);
                true
            }
            "list" => {
                for element in value.as_array().into_iter().flatten() {
                    // The list of registered models is told with `register`.
                    if self.command != "register --from" {
                        self.fields(element, &format!("{path}[]"));
                    }
                }
                value.is_array()
            }
            _ => {
                let Some(kinds) = kind.strip_prefix("list of ") else {
                    panic!("{}: what is `{kind}`?", self.command);
                };
                let fits = |value: &Value| match kinds {
                    "texts" => value.is_string(),
                    "models" => is_model(value),
                    "references" => is_reference(value),
                    "models in short" => is_summary(value),
                    "numbers or nulls" => value.is_number() || value.is_null(),
                    other => panic!("{}: what are `{other}`?", self.command),
                };
                value.as_array().is_some_and(|list| list.iter().all(fits))
            }
        };
        assert!(
            fits,
            "{}: `{path}` is told to be {kind}, but is {value}",
            self.command
        );
    }
}

/// How many fields a model has; which, another test holds.
const MODEL_FIELDS: usize = 25;

fn is_model(value: &Value) -> bool {
    let names = names(value);
    names.len() >= MODEL_FIELDS && names[0] == "model_id" && names[MODEL_FIELDS - 1] == "declared_formats"
}

fn is_reference(value: &Value) -> bool {
    names(value) == ["model_id", "name", "version"]
}

fn is_summary(value: &Value) -> bool {
    let names = names(value);
    names.len() == 17 && names[0] == "model_id" && names[16] == "tags"
}

fn names(value: &Value) -> Vec<&str> {
    let object = value.as_object();
    object
        .map(|object| object.keys().map(String::as_str).collect())
        .unwrap_or_default()
}
