//! A password in an address is shown nowhere, and one in a file is found.

use std::os::unix::fs::PermissionsExt;

use throwaway_postgres::{Binaries, Server};

use crate::Team;
use crate::sandbox::Sandbox;

const SECRET: &str = "s3cr3t-pass";

#[test]
fn no_answer_and_no_error_shows_a_password() {
    let team = Team::new();
    let url = format!("{}&password={SECRET}", team.database.url());
    let wrong = format!("{url}&colour=red");
    let missing = url.replace("registry_test_", "registry_no_test_");
    let nobody = format!("postgres://nobody:{SECRET}@127.0.0.1:1/models?sslmode=disable");
    let other = format!("mysql://nobody:{SECRET}@127.0.0.1:1/models");
    let sandbox = Sandbox::new();
    let mut answers = 0;
    for address in [&missing, &wrong, &nobody, &other, &url] {
        for line in [
            "list",
            "migrate --status",
            "migrate",
            "doctor",
            "demo demo",
            "demo demo",
            "backup a.db",
            "copy --to a.db",
            "copy --from a.db --to",
        ] {
            for json in ["", " --json"] {
                let (line, address) = match line.strip_suffix("--to") {
                    Some(_) => (format!("{line} {address}{json}"), "model_registry.db"),
                    None => (format!("{line}{json}"), address.as_str()),
                };
                let mut command = sandbox.command();
                let ran = command
                    .args(line.split_whitespace())
                    .env("REGISTRY_DB", address)
                    .output()
                    .unwrap();
                let shown = format!(
                    "{}{}",
                    String::from_utf8_lossy(&ran.stdout),
                    String::from_utf8_lossy(&ran.stderr)
                );
                assert!(!shown.contains(SECRET), "{line}: {shown}");
                answers += usize::from(ran.status.success());
            }
        }
    }
    assert!(answers > 5, "hardly anything was answered: {answers}");
    for (line, replica) in [&missing, &wrong, &nobody, &other, &url]
        .into_iter()
        .flat_map(|replica| ["list", "list --json", "get 1", "help"].map(|line| (line, replica)))
    {
        let mut command = sandbox.command();
        command.args(line.split_whitespace());
        let ran = command.env("REGISTRY_DB", &url).env("REGISTRY_REPLICA", replica);
        let ran = ran.output().unwrap();
        let shown = [ran.stdout, ran.stderr].concat();
        let shown = String::from_utf8_lossy(&shown);
        assert!(!shown.contains(SECRET), "{line}: {shown}");
    }
}

#[test]
fn a_password_comes_from_the_environment_or_a_file() {
    let server = Server::start(&Binaries::find().unwrap(), &[]).unwrap();
    let url = server.url("postgres");
    let sandbox = crate::sandbox_on(&url);
    sandbox.ok("migrate");
    crate::block_on(async {
        use sqlx::{Connection, Executor};
        let mut owner = sqlx::PgConnection::connect(&url).await.unwrap();
        let set = sqlx::AssertSqlSafe(format!("ALTER ROLE registry PASSWORD '{SECRET}'"));
        owner.execute(set).await.unwrap();
        let rules = server.folder().join("data/pg_hba.conf");
        std::fs::write(rules, "local all all scram-sha-256\n").unwrap();
        owner.execute("SELECT pg_reload_conf()").await.unwrap();
        owner.close().await.unwrap();
    });
    let refused = sandbox.run("list --json");
    assert_eq!(refused.error()["code"], "access_denied", "{refused:?}");
    let status = |name: &str, value: &std::path::Path| {
        let mut command = sandbox.command();
        command.arg("list").env(name, value);
        command.output().unwrap().status.code().unwrap()
    };
    assert_eq!(status("PGPASSWORD", SECRET.as_ref()), 0);
    assert_eq!(status("PGPASSWORD", "another".as_ref()), 1);
    let file = sandbox.path("pgpass");
    std::fs::write(&file, format!("*:*:postgres:registry:{SECRET}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(status("PGPASSFILE", &file), 0);
}
