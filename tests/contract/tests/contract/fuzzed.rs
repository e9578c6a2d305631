//! Schemathesis asks every operation of the description for what it allows and for what it doesn't.

use contract::{Live, here, program, run};
use registry_server::Role;
use serde_json::Value;

/// How many cases of each operation are made up, besides those at the limits of the description. With many seconds for
/// tests, more.
const CASES: (&str, &str) = ("20", "100");

/// Operations that are not asked: a stream of events has no end.
const LEFT_OUT: u64 = 1;

#[tokio::test(flavor = "multi_thread")]
async fn the_server_keeps_to_its_description() {
    let live = Live::start().await;
    let report = live.folder().join("report.json");
    let seconds = std::env::var("REGISTRY_TEST_SECONDS").ok();
    let is_long = seconds.is_some_and(|seconds| seconds.parse().is_ok_and(|seconds: u64| seconds >= 120));
    let mut schemathesis = program("schemathesis");
    schemathesis
        .current_dir(live.folder())
        .env("PYTHONPATH", here(""))
        .env("CONTRACT_TOKEN", live.token("stranger", &[Role::Admin]))
        .arg("--config-file")
        .arg(here("schemathesis.toml"))
        .arg("run")
        .arg(here("../../docs/openapi.json"))
        .args(["--url", &live.url()])
        .args(["--max-examples", if is_long { CASES.1 } else { CASES.0 }])
        .arg("--report-json-path")
        .arg(&report);
    tokio::task::spawn_blocking(move || run(&mut schemathesis))
        .await
        .unwrap();

    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(report["stop_reason"], "completed", "{report:#}");
    let operations = |which: &str| report["operations"][which].as_u64().unwrap();
    assert_eq!(operations("tested"), operations("total") - LEFT_OUT, "{report:#}");
    assert_eq!(operations("errored"), 0, "{report:#}");
    assert!(
        report["test_cases"]["generated"].as_u64().unwrap() > 3_000,
        "{report:#}"
    );
    let rates = report["valid_rates"].as_object().unwrap();
    let never = rates.iter().filter(|(_, phases)| {
        let mut phases = phases.as_object().unwrap().values();
        !phases.any(|phase| phase["accepted"].as_u64().unwrap() > 0)
    });
    let never: Vec<_> = never.map(|(operation, _)| operation).collect();
    // Of the others more than refusals were judged.
    assert!(
        never.len() * 10 < rates.len(),
        "no request to these was ever accepted: {never:?}"
    );
}
