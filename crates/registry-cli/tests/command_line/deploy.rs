//! The files of `deploy/`: what they promise is looked at, since not every machine can run them.

use std::path::PathBuf;
use std::process::Command;

use crate::sandbox::Sandbox;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../deploy")
        .join(name)
}

/// The most that `systemd-analyze security` may find, in tenths: 0 is as good as no rights, 100 as good as all.
#[cfg(target_os = "linux")]
const EXPOSURE: &str = "15";

#[test]
#[cfg(target_os = "linux")]
fn the_unit_may_do_little() {
    let checked = Command::new("systemd-analyze")
        .args([
            "security",
            "--no-pager",
            "--offline=true",
            "--threshold",
            EXPOSURE,
        ])
        .arg(file("registry.service"))
        .output();
    let checked = checked.expect("systemd-analyze checks the unit, and is missing: apt-get install systemd");
    let text = String::from_utf8_lossy(&checked.stdout);
    assert!(
        checked.status.success() && text.contains("exposure level"),
        "{text}"
    );
}

#[test]
fn what_is_deployed_is_a_command_of_this_program() {
    let unit = std::fs::read_to_string(file("registry.service")).unwrap();
    let line = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/registry-cli "));
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path("server.toml"), "listen = '127.0.0.1:0'\n").unwrap();
    let line = line.unwrap().replace("/etc/model-registry/", "");
    sandbox.ok(&format!("{line} --print-config"));

    let image = std::fs::read_to_string(file("Dockerfile")).unwrap();
    let mut from = image.lines().filter_map(|line| line.strip_prefix("FROM "));
    assert!(
        from.all(|image| image.contains(':') && !image.contains(":latest")),
        "{image}"
    );
    let last = image
        .lines()
        .filter_map(|line| line.strip_prefix("USER "))
        .next_back();
    assert!(
        last.is_some_and(|user| user.parse::<u32>().unwrap() > 0),
        "it runs as root"
    );
    let workspace = std::fs::read_to_string(file("../Cargo.toml")).unwrap();
    let needed = workspace
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "));
    let needed = needed.unwrap().trim_matches('"');
    assert!(
        image.contains(&format!("FROM rust:{needed}-")),
        "it builds with another Rust than {needed}"
    );
    let variable = image
        .lines()
        .find_map(|line| line.strip_prefix("ENV REGISTRY_LISTEN="));
    let mut shown = sandbox.command();
    let shown = shown
        .args(["serve", "--print-config"])
        .env("REGISTRY_LISTEN", variable.unwrap());
    assert!(shown.output().unwrap().status.success());
}
