//! A replica answers commands that only read.

use sqlx::{Connection, Executor};
use throwaway_postgres::{Binaries, Server};

#[test]
fn commands_that_only_read_ask_the_replica() {
    let primary = Server::start(&Binaries::find().unwrap(), &[]).unwrap();
    let sandbox = crate::sandbox_on(&primary.url("postgres"));
    sandbox.ok("migrate");
    let replica = primary.replica().unwrap();
    crate::block_on(async {
        let mut replica = sqlx::PgConnection::connect(&replica.url("postgres"))
            .await
            .unwrap();
        replica.execute("SELECT pg_wal_replay_pause()").await.unwrap();
    });
    let run = |line: &str| {
        let mut command = sandbox.command();
        command.args(line.split_whitespace());
        let ran = command
            .env("REGISTRY_REPLICA", replica.url("postgres"))
            .output()
            .unwrap();
        assert!(ran.status.success(), "{line}: {ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    };
    let register =
        "register --name gpt --version 1.0.0 --checkpoint a.pt --allow-missing --task-type t --config {}";
    run(register);
    run("promote gpt@1.0.0 --tag production");
    for line in ["list", "names", "tags", "history"] {
        let line = format!("{line} --json");
        assert!(!run(&line).contains("gpt"), "{line}");
        assert!(sandbox.ok(&line).contains("gpt"), "{line}");
    }
    assert!(run("watch --after 0 --no-wait --json").contains("gpt"));
    // Without one the primary answers.
    replica.halt("immediate").unwrap();
    assert!(run("list").contains("gpt"));

    let of_a_file = crate::sandbox::Sandbox::new();
    of_a_file.ok("migrate");
    let refused = of_a_file.run(&format!("list --json --replica {}", primary.url("postgres")));
    assert_eq!(refused.error()["code"], "unsupported", "{refused:?}");
}
