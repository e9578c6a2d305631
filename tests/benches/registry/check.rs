//! Whether something has become slower: ratios of this run against those of the committed baseline, on SQLite. Times are never
//! compared: machines differ, and this one is busy.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::contest::Outcome;
use crate::contestant::{BARE, FLOOR};
use crate::fixture::{Fixture, Place};
use crate::report::Report;
use crate::{Arguments, reads, writes};

/// How many times worse than the baseline a ratio may be.
const TOLERANCE: f64 = 2.5;
/// How often an operation that seems worse is measured again: the machine may have been disturbed.
const TRIES: usize = 3;

type Baseline = BTreeMap<String, (f64, f64)>;

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/baseline.json")
}

/// Compares, or with `--accept` keeps what was measured.
pub(crate) async fn against_baseline(arguments: &Arguments, report: &Report) -> bool {
    let outcomes = report
        .sizes
        .iter()
        .flat_map(|(size, outcomes)| outcomes.iter().map(|outcome| (*size, outcome)));
    if arguments.accept {
        let baseline: Baseline = outcomes
            .map(|(_, outcome)| {
                let ratio = |ratio: f64| (ratio * 100.0).round() / 100.0;
                let ratios = (ratio(against(outcome, BARE)), ratio(against(outcome, FLOOR)));
                (outcome.operation.to_owned(), ratios)
            })
            .collect();
        let text = serde_json::to_string_pretty(&baseline).unwrap();
        std::fs::write(file(), text + "\n").unwrap();
        println!("the new baseline is in {}", file().display());
        return true;
    }
    let Ok(kept) = std::fs::read_to_string(file()) else {
        println!("there is no baseline yet: `cargo xtask bench --accept` makes one");
        return false;
    };
    let baseline: Baseline = serde_json::from_str(&kept).unwrap();
    let mut passed = true;
    for (size, outcome) in outcomes {
        let mut worst = worse(outcome, &baseline);
        for _ in 0..TRIES {
            if worst <= TOLERANCE {
                break;
            }
            eprintln!("  {} seems slower, again:", outcome.operation);
            worst = worst.min(again(outcome.operation, size, &arguments.out, &baseline).await);
        }
        let verdict = if worst <= TOLERANCE { "ok" } else { "SLOWER" };
        passed &= worst <= TOLERANCE;
        println!(
            "{:<26} {:>5.2} of bare sqlx, {:>5.2} of the floor, {worst:>5.2} of the baseline  {verdict}",
            outcome.operation,
            against(outcome, BARE),
            against(outcome, FLOOR),
        );
    }
    if !passed {
        println!(
            "\nslower than {TOLERANCE} times the baseline. If that is meant to be: `cargo xtask bench --accept`, and commit the file"
        );
    }
    passed
}

fn against(outcome: &Outcome, other: &str) -> f64 {
    outcome.against(other).expect("SQLite has every contestant")
}

/// How many times worse than in the baseline the ratio is that fared better: both are worse when the store is slower,
/// one of them when that contestant was lucky.
fn worse(outcome: &Outcome, baseline: &Baseline) -> f64 {
    let Some((bare, floor)) = baseline.get(outcome.operation) else {
        return 1.0;
    };
    (against(outcome, BARE) / bare).min(against(outcome, FLOOR) / floor)
}

async fn again(operation: &str, size: usize, folder: &Path, baseline: &Baseline) -> f64 {
    let fixture = Fixture::of(size, &Place::Folder(folder)).await;
    let wanted = |name: &str| name == operation;
    let mut outcomes = reads::measure(&fixture, &wanted).await;
    outcomes.extend(writes::measure(&fixture, &wanted).await);
    outcomes
        .iter()
        .map(|outcome| worse(outcome, baseline))
        .fold(f64::MAX, f64::min)
}
