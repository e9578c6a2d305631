//! `serve` and `token` as processes: the first token, requests, the end.

#[cfg(unix)]
use std::process::Command;

use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::serving::Serving;

#[test]
#[cfg(unix)]
fn the_first_start_makes_a_token_and_the_second_none() {
    let sandbox = Sandbox::with_models();
    let first = Serving::start(&sandbox, &["--log", "json"]);
    let token = first.token.clone();
    assert!(token.starts_with("mrt_"), "{token}");
    assert_eq!(first.ask("/api/v1/models/1", &token), "200");
    assert_eq!(first.ask("/api/v1/models/1", ""), "401");
    let (status, log) = first.end();
    assert_eq!(status, Some(0));
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        lines
            .iter()
            .any(|line| line["route"] == "/api/v1/models/{id}" && line["status"] == 200)
    );
    assert!(!log.contains(&token[4..]), "the log tells a secret");

    let second = Serving::start(&sandbox, &[]);
    assert_eq!(second.token, "");
    assert_eq!(second.ask("/api/v1/models/1", &token), "200");
    sandbox.ok("token revoke admin");
    assert_eq!(second.ask("/api/v1/models/1", &token), "401");
    let created = sandbox.json("token create --name bob --role reader");
    assert_eq!(
        second.ask("/api/v1/models/1", created["token"].as_str().unwrap()),
        "200"
    );
    assert_eq!(second.end().0, Some(0));
    let listed = sandbox.json("token list");
    assert!(
        listed["tokens"]
            .as_array()
            .unwrap()
            .iter()
            .all(|token| token["last_used_at"].is_string()),
        "{listed}"
    );
    std::fs::write(sandbox.path("model_registry.db.tokens.json.uses"), "{}garbage").unwrap();
    let listed = sandbox.run("token list");
    assert_eq!(listed.status, 0, "{listed:?}");
    assert!(listed.err.contains("is not known"), "{}", listed.err);
}

#[test]
#[cfg(unix)]
fn without_tokens_only_on_a_loopback_address() {
    let sandbox = Sandbox::with_models();
    let serving = Serving::start(&sandbox, &["--insecure-no-auth"]);
    assert_eq!(serving.ask("/api/v1/models/1", ""), "200");
    assert_eq!(serving.end().0, Some(0));
    assert!(!sandbox.path("model_registry.db.tokens.json").exists());
    let refused = sandbox.run("serve --insecure-no-auth --listen 0.0.0.0:0");
    assert_eq!(refused.status, 2, "{refused:?}");
    assert!(
        refused.err.contains("can be reached by others"),
        "{}",
        refused.err
    );
}

#[test]
fn an_address_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = Sandbox::new().run(&format!("serve --listen {address}"));
    assert_eq!(refused.status, 2, "{refused:?}");
    assert!(
        refused.err.contains(&format!("cannot listen on {address}")),
        "{}",
        refused.err
    );
}

#[test]
#[cfg(unix)]
fn a_certificate_is_served_and_read_anew_at_sighup() {
    use registry_tests::certificates::Authority;
    let sandbox = Sandbox::with_models();
    let folder = sandbox.path("");
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let trusted = [old.file(&folder), new.file(&folder)];
    let (certificate, key) = (folder.join("server.pem"), folder.join("server.key"));
    let put = |authority: &Authority| {
        let (pem, private) = authority.sign("server", &["localhost"]);
        std::fs::write(&certificate, pem).unwrap();
        std::fs::write(&key, private).unwrap();
        chmod(&key, 0o600);
    };
    put(&old);
    let config = folder.join("server.toml");
    std::fs::write(&config, "tls-cert = 'server.pem'\ntls-key = 'server.key'\n").unwrap();
    let serving = Serving::start(&sandbox, &["--config", "server.toml"]);
    let port = serving.address.rsplit_once(':').unwrap().1;
    let trusts = |authority: usize| {
        let url = format!("https://localhost:{port}/healthz");
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--noproxy", "*", "--cacert"])
            .arg(&trusted[authority])
            .arg(url);
        curl.output().unwrap().status.success()
    };
    assert!(trusts(0) && !trusts(1));
    put(&new);
    let hangup = Command::new("kill")
        .args(["-HUP", &serving.child.id().to_string()])
        .status();
    assert!(hangup.unwrap().success());
    while !trusts(1) {}
    assert!(!trusts(0));
    assert_eq!(serving.end().0, Some(0));

    chmod(&key, 0o644);
    let refused = sandbox.run("serve --config server.toml");
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("can be used by others"), "{}", refused.err);
    put(&old);
    let pem = new.sign("server", &["localhost"]).0;
    std::fs::write(&certificate, pem).unwrap();
    let refused = sandbox.run("serve --config server.toml");
    assert_eq!(refused.status, 2);
    assert!(
        refused.err.contains("is not the one of the certificate"),
        "{}",
        refused.err
    );
    let half = sandbox.run("serve --tls-cert server.pem");
    assert!(half.err.contains("one of them is missing"), "{}", half.err);
}

#[cfg(unix)]
fn chmod(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
#[cfg(unix)]
fn flags_go_before_the_environment_and_both_before_the_file() {
    let sandbox = Sandbox::new();
    let print = |variables: &[(&str, &str)], options: &[&str]| -> Value {
        let mut command = sandbox.command();
        command.args(["serve", "--print-config", "--json", "--config", "c.toml"]);
        let output = command
            .args(options)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let write = |text: &str| std::fs::write(sandbox.path("c.toml"), text).unwrap();
    write("db = 'file.db'\nlisten = '127.0.0.1:1'\nallow-host = ['a', 'b']\nlog = 'json'\n");
    let file = print(&[], &[]);
    assert_eq!(
        (&file["database"], &file["listen"]),
        (&"file.db".into(), &"127.0.0.1:1".into())
    );
    assert_eq!((&file["hosts"][4], &file["log"]), (&"b".into(), &"json".into()));
    let variables = [("REGISTRY_LISTEN", "127.0.0.1:2"), ("REGISTRY_DB", "variable.db")];
    let environment = print(&variables, &["--allow-host", "c"]);
    assert_eq!(environment["listen"], "127.0.0.1:2");
    assert_eq!(environment["database"], "variable.db");
    assert_eq!(
        (&environment["hosts"][3], &environment["hosts"][4]),
        (&"c".into(), &Value::Null)
    );
    write("token-rate = 100\naddress-rate = 200\n");
    let rates = print(&[("REGISTRY_ADDRESS_RATE", "300")], &[]);
    assert_eq!(
        (&rates["token_rate"], &rates["address_rate"]),
        (&100.into(), &300.into())
    );
    let flags = print(
        &variables,
        &["--listen", "127.0.0.1:3", "--db", "flag.db", "--log", "text"],
    );
    assert_eq!(
        (&flags["listen"], &flags["database"]),
        (&"127.0.0.1:3".into(), &"flag.db".into())
    );
    assert_eq!(flags["log"], "text");
    assert_eq!(flags["webhooks"], "public addresses");
    write("webhook-allow-private = true\nwebhook-allow = ['10.1.2.3/8', '169.254.7.7']\n");
    let reach = "public addresses, private networks, 10.0.0.0/8, 169.254.7.7/32";
    assert_eq!(print(&[], &[])["webhooks"], reach);
    let variables = [
        ("REGISTRY_WEBHOOK_ALLOW_PRIVATE", "false"),
        ("REGISTRY_WEBHOOK_ALLOW", "fd00::/8"),
    ];
    assert_eq!(print(&variables, &[])["webhooks"], "public addresses, fd00::/8");
    assert_eq!(
        print(&[("REGISTRY_NO_WEBHOOKS", "1")], &[])["webhooks"],
        Value::Null
    );
    write("no-webhooks = true\n");
    assert_eq!(print(&[], &[])["webhooks"], Value::Null);

    // A secret comes from a file that others cannot read, and is not shown.
    write("db-file = 'location'\ntokens = 't.json'\n");
    std::fs::write(sandbox.path("location"), "postgres://registry:s3cret@db/models\n").unwrap();
    chmod(&sandbox.path("location"), 0o600);
    let shown = print(&[], &[]);
    let place = shown["database"].as_str().unwrap();
    assert!(
        place.contains("models") && !shown.to_string().contains("s3cret"),
        "{shown}"
    );
    chmod(&sandbox.path("location"), 0o644);
    for (text, problem) in [
        ("db-file = 'location'", "0600"),
        ("db = 'a'\ndb-file = 'location'", "exclude each other"),
        ("insecure-no-auth = true", "no option `insecure-no-auth`"),
        ("listen = ['127.0.0.1:1', '127.0.0.1:2']", "one value"),
        ("listen = true", "neither a text nor a number"),
        ("token-rate = 0", "0"),
        ("no-webhooks = 'yes'", "neither true nor false"),
        ("webhook-allow = '10/8'", "10.20.0.0/16"),
        ("listen = 'nowhere'", "nowhere"),
        ("listen", "c.toml"),
    ] {
        write(text);
        let refused = sandbox.run("serve --print-config --config c.toml");
        assert_eq!(refused.status, 2, "{text}");
        assert!(refused.err.contains(problem), "{text}: {}", refused.err);
    }
    let missing = sandbox.run("serve --print-config --config none.toml");
    assert_eq!(missing.status, 2);
    assert!(missing.err.contains("could not be read"), "{}", missing.err);
}
