//! axe-core, which looks at a page for what keeps people out. It is fetched by `cargo xtask test`, and not part of this
//! repository.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::window::Window;

/// Names the file; `cargo xtask test` sets it.
const VARIABLE: &str = "REGISTRY_TEST_AXE";

/// What axe finds wrong on the page, a line for each place.
pub async fn violations(window: &Window) -> Vec<String> {
    let axe = std::fs::read_to_string(file()).unwrap_or_else(|error| {
        let file = file();
        panic!(
            "`{}`: {error}; `cargo xtask test` fetches axe-core with npm",
            file.display()
        )
    });
    window.look(&format!("{axe};0")).await;
    let found = window
        .look("axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations)")
        .await;
    let rules = found.as_array().unwrap().iter();
    rules
        .flat_map(|rule| {
            let nodes = rule["nodes"].as_array().unwrap().iter();
            nodes.map(|node| {
                format!(
                    "{}: {} {}",
                    text(&rule["id"]),
                    text(&node["html"]),
                    text(&node["failureSummary"])
                )
            })
        })
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Where it is.
fn file() -> PathBuf {
    match std::env::var_os(VARIABLE) {
        Some(file) => file.into(),
        None => {
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/axe/node_modules/axe-core/axe.min.js")
        }
    }
}
