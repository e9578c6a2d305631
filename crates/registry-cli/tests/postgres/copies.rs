//! `copy`: from a file to a database and back.

use crate::Team;
use crate::sandbox::Sandbox;

#[test]
fn a_registry_moves_to_a_database_and_back() {
    let file = Sandbox::with_models();
    file.ok("promote gpt@1.0.0 --tag production");
    file.ok("promote gpt@1.1.0 --tag production");
    file.ok("delete vision@1.0.0 --yes");
    let team = Team::new();
    let url = team.database.url();

    let there = file.json(&format!("copy --to {url}"));
    assert_eq!((&there["models"], &there["tags"]), (&2.into(), &1.into()));
    let back = file.json(&format!("copy --from {url} --to back.db"));
    assert_eq!(there["digest"], back["digest"]);
    for line in [
        "list --status all --all",
        "history --all",
        "get :production",
        "settings",
    ] {
        let expected = file.json(line);
        assert_eq!(file.json(&format!("{line} --db {url}")), expected, "{line}");
        assert_eq!(file.json(&format!("{line} --db back.db")), expected, "{line}");
    }
    // Everybody goes on alike: no id and no ordinal is given again.
    for db in ["model_registry.db", url, "back.db"] {
        file.ok(&format!("rollback --tag production --db {db}"));
        let model = file.json(&format!(
            "register --name vision --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h --db {db}"
        ));
        assert_eq!(
            (&model["model_id"], &model["ordinal"]),
            (&4.into(), &2.into()),
            "{db}"
        );
    }
    let again = file.run(&format!("copy --to {url} --json"));
    assert_eq!(
        (again.status, again.error()["code"].as_str()),
        (4, Some("registry_not_empty"))
    );
    let missing = file.run(&format!("copy --from gone.db --to {url} --json"));
    assert_eq!(missing.error()["code"], "registry_missing");
}
