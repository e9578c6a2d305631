//! The grants that the guide names: who may only read, reads.

use crate::Team;

#[test]
fn who_may_only_read_reads_and_writes_nothing() {
    let team = Team::new();
    let role = format!(
        "reader_{}",
        team.database.url().split(['/', '?']).nth(3).unwrap_or_default()
    );
    team.sandbox.ok(
        "register --name gpt --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h --tags nightly",
    );
    team.execute(&format!(
        "DROP ROLE IF EXISTS {role};
         CREATE ROLE {role} LOGIN;
         GRANT USAGE ON SCHEMA public TO {role};
         GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
         GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
         REVOKE SELECT ON webhooks FROM {role}"
    ));
    let db = format!(
        "--db {}",
        team.database
            .url()
            .replace("user=registry", &format!("user={role}"))
    );
    for line in [
        "list",
        "get :nightly",
        "search name=gpt",
        "history",
        "watch --after 0 --no-wait",
        "names",
        "tags",
        "settings",
        "doctor",
        "migrate",
        "migrate --status",
        "leaderboard --metric loss",
        "lineage gpt",
        "copy --to mine.db",
    ] {
        let ran = team.sandbox.run(&format!("{line} {db}"));
        assert_eq!(ran.status, 0, "{line}: {ran:?}");
    }
    for line in [
        "register --name gpt --version 2.0.0 --checkpoint a.pt --task-type t --config-hash h",
        "promote gpt@1.0.0 --tag production",
        "tag gpt@1.0.0 candidate",
        "untag gpt@1.0.0 nightly",
        "retire gpt@1.0.0",
        "update gpt@1.0.0 --notes mine",
        "delete gpt@1.0.0 --force --yes",
        "add-export gpt@1.0.0 --format onnx --path x",
        "settings set promotion-scope name",
    ] {
        let ran = team.sandbox.run(&format!("{line} {db} --json"));
        assert_eq!(
            (ran.status, ran.error()["code"].as_str()),
            (1, Some("access_denied")),
            "{line}"
        );
    }
    assert_eq!(
        team.sandbox.json("history")["events"].as_array().unwrap().len(),
        2
    );
    team.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
