//! The load program, small: that each part asks what it means to and counts what it got. How fast anything is, a debug
//! build does not show.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn every_part_is_measured() {
    let load = Path::new(env!("CARGO_BIN_EXE_load"));
    let cli = load.with_file_name("registry-cli");
    assert!(
        cli.exists(),
        "the whole workspace is built for this test: {}",
        cli.display()
    );
    let folder = registry_tests::fast_folder();
    let ran = Command::new(load)
        .arg("--cli")
        .arg(cli)
        .arg("--out")
        .arg(folder.path())
        .args([
            "--size",
            "300",
            "--clients",
            "4",
            "--seconds",
            "0.5",
            "--minutes",
            "0.02",
        ])
        .args(["--followers", "20", "--burst", "10"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");

    let json = std::fs::read(folder.path().join("bench-server.json")).unwrap();
    let outcome: Value = serde_json::from_slice(&json).unwrap();
    let figures = outcome["figures"].as_array().unwrap();
    let of = |what: &str| {
        let figure = figures.iter().find(|figure| figure["what"] == what);
        figure.unwrap_or_else(|| panic!("no `{what}` in {outcome:#}"))
    };
    for what in [
        "get within the process, p50",
        "empty round trip, p50",
        "get over HTTP, p50",
        "gets, 4 clients",
        "gets, p99 at half of it",
        "lists of 20, 4 clients",
        "lists of 20, p99 at half of it",
        "durable registrations, 4 clients",
        "durable registrations, p99 at half of it",
        "mixed load, p99 at half of the highest",
        "memory under load, at most",
        "until the last had heard the last",
        "memory with 20 followers, at most",
    ] {
        assert!(of(what)["value"].as_f64().unwrap() > 0.0, "{what}: {outcome:#}");
    }
    let heard = of("followers who heard 30 events, each once and in order");
    assert_eq!((&heard["value"], &heard["met"]), (&20.0.into(), &true.into()));

    let table = std::fs::read_to_string(folder.path().join("bench-server.md")).unwrap();
    assert_eq!(
        table.lines().filter(|line| line.starts_with("| ")).count(),
        figures.len() + 1
    );
    assert_eq!(
        String::from_utf8_lossy(&ran.stdout)
            .matches("| gets, 4 clients |")
            .count(),
        1
    );
}
