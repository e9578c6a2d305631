//! What `/metrics` shows, and that the dashboard and the alerts in `deploy/` ask for nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use promql_parser::label::MatchOp;
use promql_parser::parser::{self, Expr, VectorSelector};
use promql_parser::util::{ExprVisitor, walk_expr};
use registry_server::WebhookOptions;
use serde_json::Value;

use crate::running::Running;

/// Labels that Prometheus adds to what it reads.
const ADDED: [&str; 2] = ["job", "instance"];

/// One that has done a bit of everything.
async fn used() -> Running {
    let running = Running::with_webhooks(WebhookOptions::default()).await;
    running.register("gpt", "1.0.0").await;
    let _: Value = running.get("/api/v1/models/1").await;
    running.asked("GET", "/api/v1/models/7").send().await.unwrap();
    running
}

/// The series of a text, by the names of their metrics: their labels.
fn series(text: &str) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let mut series = BTreeMap::<String, Vec<_>>::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (line, value) = line.rsplit_once(' ').unwrap();
        value.parse::<f64>().unwrap();
        let (name, labels) = line.split_once('{').unwrap_or((line, "}"));
        let labels = labels.strip_suffix('}').unwrap();
        // No value of a label has a comma in it.
        let labels = labels.split(',').filter(|label| !label.is_empty()).map(|label| {
            let (name, value) = label.split_once("=\"").unwrap();
            (name.to_owned(), value.strip_suffix('"').unwrap().to_owned())
        });
        series.entry(name.to_owned()).or_default().push(labels.collect());
    }
    series
}

#[tokio::test]
async fn calls_connections_and_the_process_are_shown() {
    let running = used().await;
    let text = running.metrics().await;
    for line in [
        "registry_store_calls_total{verb=\"register\",outcome=\"ok\"} 1",
        "registry_store_calls_total{verb=\"find\",outcome=\"ok\"} 2",
        "registry_store_calls_total{verb=\"delete\",outcome=\"ok\"} 0",
        "registry_store_call_seconds_count{verb=\"register\"} 1",
        "registry_problems_total{code=\"model_not_found\"} 1",
        "registry_pool_connections{pool=\"readers\",state=\"used\"} 0",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
    let deleted = running.asked("DELETE", "/api/v1/models/7").send().await.unwrap();
    assert_eq!(deleted.status(), 404);
    let after = running.metrics().await;
    let failed = "registry_store_calls_total{verb=\"delete\",outcome=\"model_not_found\"} 1";
    assert!(after.contains(failed), "{after}");
    let series = series(&after);
    assert_eq!(series["registry_pool_most"].len(), 1);
    if cfg!(target_os = "linux") {
        assert!(
            series.contains_key("process_resident_memory_bytes") && series.contains_key("process_open_fds")
        );
    }
    // One series of what has no labels, and none twice.
    for (name, labels) in &series {
        let different: BTreeSet<_> = labels.iter().collect();
        assert_eq!(different.len(), labels.len(), "{name}");
    }
}

#[tokio::test]
async fn what_the_caller_chooses_makes_no_series() {
    let running = used().await;
    let count = |text: &str| text.lines().count();
    running.asked("GET", "/nowhere/1").send().await.unwrap();
    running.asked("BREW", "/api/v1/models").send().await.unwrap();
    running.asked("GET", "/api/v1/models/8").send().await.unwrap();
    let _ = running.metrics().await;
    let before = count(&running.metrics().await);
    for number in 0..20 {
        running
            .asked("GET", &format!("/nowhere/{number}"))
            .send()
            .await
            .unwrap();
        running
            .asked(&format!("BREW{number}"), "/api/v1/models")
            .send()
            .await
            .unwrap();
        running
            .asked("GET", &format!("/api/v1/models/{}", 100 + number))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(count(&running.metrics().await), before);
}

/// Every selector of an expression.
#[derive(Default)]
struct Selectors(Vec<VectorSelector>);

impl ExprVisitor for Selectors {
    type Error = ();

    fn pre_visit(&mut self, expression: &Expr) -> Result<bool, ()> {
        match expression {
            Expr::VectorSelector(selector) => self.0.push(selector.clone()),
            Expr::MatrixSelector(selector) => self.0.push(selector.vs.clone()),
            _ => {}
        }
        Ok(true)
    }
}

fn deployed(name: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../deploy")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// Says what a text of PromQL asks for that is not there.
fn check(place: &str, expression: &str, series: &BTreeMap<String, Vec<BTreeMap<String, String>>>) {
    let plain = expression.replace("$__rate_interval", "5m");
    let parsed = parser::parse(&plain).unwrap_or_else(|error| panic!("{place}: {error}: {expression}"));
    let mut selectors = Selectors::default();
    walk_expr(&mut selectors, &parsed).unwrap();
    assert!(!selectors.0.is_empty(), "{place}: {expression}");
    for selector in selectors.0 {
        let name = selector.name.as_deref().unwrap();
        if name == "up" {
            continue;
        }
        let known = series
            .get(name)
            .unwrap_or_else(|| panic!("{place}: there is no `{name}`"));
        for matcher in &selector.matchers.matchers {
            if ADDED.contains(&matcher.name.as_str()) {
                continue;
            }
            let values: Vec<_> = known
                .iter()
                .filter_map(|labels| labels.get(&matcher.name))
                .collect();
            assert!(
                !values.is_empty(),
                "{place}: `{name}` has no label `{}`",
                matcher.name
            );
            // What goes wrong has not gone wrong here; `the_codes_of_alerts_exist` looks at those.
            if matcher.op == MatchOp::Equal && matcher.value != "dead" {
                assert!(
                    values.contains(&&matcher.value),
                    "{place}: `{name}` is never {}",
                    matcher.value
                );
            }
        }
    }
}

/// The alerts, by their names, and their expressions.
fn alerts() -> Vec<(String, String)> {
    let rules: Value = serde_saphyr::from_str(&deployed("alerts.yml").1).unwrap();
    let mut alerts = Vec::new();
    for group in rules["groups"].as_array().unwrap() {
        for rule in group["rules"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{rule}")).to_owned();
            for part in ["summary", "description"] {
                assert!(!text(&rule["annotations"][part]).is_empty(), "{rule}");
            }
            assert!(["warning", "critical"].contains(&text(&rule["labels"]["severity"]).as_str()));
            alerts.push((text(&rule["alert"]), text(&rule["expr"])));
        }
    }
    alerts
}

#[tokio::test]
async fn the_dashboard_and_the_alerts_ask_for_what_is_there() {
    let series = series(&used().await.metrics().await);
    let alerts = alerts();
    assert!(alerts.len() > 5);
    for (name, expression) in &alerts {
        check(name, expression, &series);
    }
    let dashboard: Value = serde_json::from_str(&deployed("grafana.json").1).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    for panel in panels {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_i64().unwrap()), "{title}");
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            // Every panel follows the choices above.
            assert!(
                expression.contains("job=~\"$job\", instance=~\"$instance\""),
                "{title}: {expression}"
            );
            check(title, expression, &series);
        }
    }
    // What a server tells of itself is shown somewhere.
    let asked = format!("{dashboard} {alerts:?}");
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    for (name, _) in &alerts {
        assert!(guide.contains(&format!("`{name}`")), "nothing tells of `{name}`");
    }
    for name in series.keys() {
        let metric = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        let metric = metric.unwrap_or(name);
        assert!(asked.contains(metric), "nothing shows `{metric}`");
        assert!(
            guide.contains(&format!("`{metric}`")),
            "nothing tells of `{metric}`"
        );
    }
}

#[test]
fn the_codes_of_alerts_exist() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference.md");
    let reference = std::fs::read_to_string(reference).unwrap();
    let mut seen = 0;
    for (alert, expression) in alerts() {
        let Some((_, codes)) = expression.split_once("outcome=~\"") else {
            continue;
        };
        for code in codes.split('"').next().unwrap().split('|') {
            assert!(
                reference.contains(&format!("\n| `{code}` | ")),
                "{alert}: `{code}`"
            );
            seen += 1;
        }
    }
    assert!(seen > 5);
}
