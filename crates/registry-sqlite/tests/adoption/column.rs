//! One column of one model of an original file: what an upgrade makes of it.

use serde_json::Value;

use crate::support::{File, row};

/// The value of a column of model 1 after an upgrade, what is kept of the original, and why.
pub(crate) struct Outcome {
    pub(crate) now: Value,
    pub(crate) kept: Value,
    pub(crate) why: String,
}

pub(crate) async fn outcome(column: &str, expression: &str) -> Outcome {
    let file = File::original(&row(1, column, expression)).await;
    let report = file.migrate().await;
    let model = file.model(1).await;
    assert!(file.store().await.doctor().await.unwrap().is_healthy());
    let shown = serde_json::to_value(&model).unwrap();
    let why: Vec<&str> = report
        .mendings
        .iter()
        .map(|mending| mending.why.as_str())
        .collect();
    Outcome {
        now: shown[column].clone(),
        kept: shown["metadata"]["adopted"][column].clone(),
        why: why.join(" | "),
    }
}

/// Checks one column with several values: SQL, the value afterwards, the original that is kept (`null`: not mended).
pub(crate) async fn check(column: &str, cases: &[(&str, Value, Value)]) {
    for (expression, now, kept) in cases {
        let outcome = outcome(column, expression).await;
        assert_eq!(&outcome.now, now, "{column} = {expression}");
        assert_eq!(&outcome.kept, kept, "{column} = {expression}");
        assert_eq!(
            outcome.why.is_empty(),
            kept.is_null(),
            "{column} = {expression}: {}",
            outcome.why
        );
    }
}
