//! A server as `--db`: every command does what it does with a file, or says where to do it.

use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::serving::Serving;

/// Two folders: one with the server and its file, and one with a user who knows only the address.
fn remote() -> (Sandbox, Serving, Sandbox) {
    let there = Sandbox::with_models();
    let serving = Serving::start(&there, &[]);
    let mut here = Sandbox::new();
    here.database = Some(format!("http://{}", serving.address));
    (there, serving, here)
}

/// The same, with a token that is kept.
fn logged_in() -> (Sandbox, Serving, Sandbox) {
    let (there, serving, here) = remote();
    let login = here.fed("login", &serving.token);
    assert_eq!(login.status, 0, "{login:?}");
    (there, serving, here)
}

#[test]
fn every_command_works() {
    let (_there, _serving, here) = logged_in();
    std::fs::write(
        here.path("more.jsonl"),
        r#"{"name": "vit", "version": "1.0.0", "checkpoint_path": "a.pt", "task_type": "t", "config": {}}"#,
    )
    .unwrap();
    for line in [
        "register --name gpt --bump minor --checkpoint a.pt --task-type t --config-hash h --tags baseline",
        "register --from more.jsonl",
        "register --name gpt --version 9.0.0 --checkpoint a.pt --task-type t --config-hash h --dry-run",
        "list",
        "list --limit -1 --format jsonl",
        "list --count",
        "list --facets",
        "search loss<1",
        "leaderboard --metric loss",
        "versions gpt",
        "names",
        "tags",
        "get gpt",
        "promote gpt@1.0.0 --tag production --reason first",
        "promote gpt@1.1.0 --tag production --expect gpt@1.0.0",
        "rollback --tag production",
        "get :production --at 2999-01-01",
        "tag 2 canary",
        "untag 2 canary",
        "retire 3",
        "restore 3",
        "update 3 --notes n --metrics {\"loss\":0.75}",
        "add-export 3 --format onnx --path m.onnx",
        "exports list 3",
        "exports remove 3 --format onnx --yes",
        "compare 1 2",
        "lineage 2",
        "delete 3 --yes --force",
        "history",
        "watch --after 0 --limit 3",
        "settings set promotion-scope name",
        "settings",
        "webhook create --name ci --url https://ci.example/ --events promoted",
        "webhook list",
        "webhook show ci",
        "webhook update ci --tags production",
        "webhook rotate ci",
        "webhook test ci",
        "webhook deliveries ci --status pending",
        "webhook deliveries --delivery 1",
        "webhook replay ci",
        "webhook replay --delivery 1",
        "webhook delete ci --yes",
        "whoami",
        "hash --config {}",
    ] {
        let line = line.replace("search loss<1", "search metrics.loss<1");
        let ran = here.run(&line);
        assert_eq!(ran.status, 0, "{line}: {ran:?}");
    }
    let model = here.json("get gpt@1.2.0");
    assert_eq!(
        model["size_bytes"], 2048,
        "the client looks at its own checkpoint"
    );
    assert_eq!(model["created_by"], "admin", "the token says who writes");
    let absolute = here.path("a.pt").canonicalize().unwrap();
    assert_eq!(model["checkpoint_absolute"].as_str(), absolute.to_str());
}

#[test]
fn what_only_the_servers_machine_can_do_says_so() {
    let (_there, _serving, here) = logged_in();
    for line in [
        "backup copy.db",
        "migrate",
        "migrate --status",
        "doctor",
        "copy --to copy.db",
        "serve",
        "demo",
    ] {
        let ran = here.run(&format!("{line} --json"));
        assert_eq!(ran.status, 2, "{line}: {ran:?}");
        let error: Value = serde_json::from_str(&ran.err).unwrap();
        assert_eq!(error["error"]["code"], "unsupported", "{line}: {error}");
        assert!(!error["error"]["hint"].as_str().unwrap().is_empty(), "{line}");
    }
    let listed = here.run("token list");
    assert_eq!(listed.status, 2, "{listed:?}");
    for line in ["login", "whoami"] {
        let ran = Sandbox::with_models().run(line);
        assert_eq!(ran.status, 2, "{line}: {ran:?}");
        assert!(ran.err.contains("name a server"), "{}", ran.err);
    }
}

#[test]
fn a_token_is_checked_then_kept_and_shown_nowhere() {
    let (there, serving, here) = remote();
    let without = here.run("list");
    assert_eq!(without.status, 1, "{without:?}");
    assert!(without.err.contains("registry-cli login"), "{}", without.err);

    let wrong = here.fed("login", "mrt_s3cret\n");
    assert_eq!(wrong.status, 1, "{wrong:?}");
    assert!(!format!("{wrong:?}").contains("s3cret"));
    assert!(!here.path("config/registry/tokens.json").exists());

    let login = here.fed("login", &serving.token);
    assert_eq!(login.status, 0, "{login:?}");
    assert!(login.out.contains("admin (admin) at http://"), "{}", login.out);
    assert!(!format!("{login:?}").contains(&serving.token[4..]));
    assert_eq!(here.json("whoami")["name"], "admin");
    here.ok("list");

    there.ok("token revoke admin");
    let revoked = here.run("list --json");
    let error: Value = serde_json::from_str(&revoked.err).unwrap();
    assert_eq!(error["error"]["code"], "token_revoked", "{error}");
    assert!(!revoked.err.contains(&serving.token[4..]));
    assert!(here.ok("login --forget").contains("forgot"));
    assert!(here.ok("login --forget").contains("there is no token"));
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let mut here = Sandbox::new();
    here.database = Some("http://127.0.0.1:9".into());
    let ran = here.run("list --json");
    assert_eq!(ran.status, 1, "{ran:?}");
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(error["error"]["code"], "unreachable", "{error}");
}
