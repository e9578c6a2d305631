//! The description of the API: complete, and the same as the committed one.

use std::collections::BTreeSet;
use std::path::Path;

use registry_server::routes::{ROUTES, Route};
use registry_server::{Permission, openapi};
use serde_json::Value;

#[test]
fn the_committed_description_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let text = openapi::text();
    if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "docs/openapi.json is out of date; SNAPSHOTS=overwrite updates it"
    );
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let described: Value = serde_json::from_str(&openapi::text()).unwrap();
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    let (mut operations, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let public = operation["security"] == serde_json::json!([{}]);
            let is = |route: &&Route| route.path == path && route.method == method;
            let route = ROUTES.iter().find(is);
            let permission = route.map(|route| route.permission);
            assert_eq!(public, permission == Some(Permission::Public), "{method} {path}");
            assert!(operation["responses"]["default"].is_object(), "{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()));
            assert!(operations.insert((method.clone(), path.clone())));
        }
    }
    let routes = ROUTES
        .iter()
        .map(|route| (route.method.to_owned(), route.path.to_owned()));
    assert_eq!(operations, routes.collect::<BTreeSet<_>>());
}

#[test]
fn no_reference_leads_nowhere() {
    let described: Value = serde_json::from_str(&openapi::text()).unwrap();
    let mut waiting = vec![&described];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(map) => {
                if let Some(target) = map.get("$ref").and_then(Value::as_str) {
                    let pointer = target.strip_prefix('#').unwrap();
                    assert!(described.pointer(pointer).is_some(), "{target}");
                }
                waiting.extend(map.values());
            }
            Value::Array(list) => waiting.extend(list),
            _ => {}
        }
    }
}
