//! The results as a table, as JSON, and as a picture.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::contest::{Outcome, micros};
use crate::goals::goal;
use crate::others::Figure;
use crate::plot;

/// All that was measured.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) sizes: Vec<(usize, Vec<Outcome>)>,
    pub(crate) others: Vec<Figure>,
}

impl Report {
    /// Prints the table and writes `bench.md`, `bench.json` and `bench.svg`.
    pub(crate) fn write(&self, folder: &Path) {
        let table = self.table();
        println!("{table}");
        std::fs::write(folder.join("bench.md"), &table).unwrap();
        std::fs::write(folder.join("bench.json"), format!("{:#}\n", self.json())).unwrap();
        if let Some((size, outcomes)) = self.sizes.last() {
            plot::write(&folder.join("bench.svg"), *size, outcomes);
        }
        println!("also in {}: bench.md, bench.json, bench.svg", folder.display());
    }

    fn table(&self) -> String {
        let mut text = String::new();
        let Some((size, outcomes)) = self.sizes.last() else {
            return text;
        };
        let first = self.sizes.first().filter(|(first, _)| first < size);
        let grown = first.map_or_else(
            || "grown".to_owned(),
            |(first, _)| format!("{} / {}", number(*size), number(*first)),
        );
        let _ = writeln!(
            text,
            "Medians at {} models, in microseconds; each ratio with its goal.\n",
            number(*size)
        );
        let _ = writeln!(
            text,
            "| operation | store | bare sqlx | floor | store / bare | store / floor | {grown} | met |"
        );
        let _ = writeln!(text, "|---|--:|--:|--:|--:|--:|--:|---|");
        for outcome in outcomes {
            let goal = goal(outcome.operation);
            let before = first
                .and_then(|(_, outcomes)| outcomes.iter().find(|other| other.operation == outcome.operation));
            let growth = before.map(|before| outcome.store.as_secs_f64() / before.store.as_secs_f64());
            let met = outcome.against_bare() <= goal.against_bare
                && outcome.against_floor() <= goal.against_floor
                && growth.is_none_or(|growth| growth <= goal.growth);
            let growth = growth.map_or_else(
                || "-".to_owned(),
                |growth| format!("{growth:.2} (<= {})", goal.growth),
            );
            let _ = writeln!(
                text,
                "| {} | {:.1} | {:.1} | {:.1} | {:.2} (<= {}) | {:.2} (<= {}) | {growth} | {} |",
                outcome.operation,
                micros(outcome.store),
                micros(outcome.bare),
                micros(outcome.floor),
                outcome.against_bare(),
                goal.against_bare,
                outcome.against_floor(),
                goal.against_floor,
                if met { "yes" } else { "NO" },
            );
        }
        if !self.others.is_empty() {
            let _ = writeln!(
                text,
                "\n| models | what | figure | goal | met |\n|--:|---|--:|---|---|"
            );
        }
        for Figure {
            size,
            what,
            value,
            goal,
        } in &self.others
        {
            let (goal, met) = match goal {
                Some((goal, met)) => (*goal, if *met { "yes" } else { "NO" }),
                None => ("-", "-"),
            };
            let _ = writeln!(text, "| {} | {what} | {value} | {goal} | {met} |", number(*size));
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let sizes: Vec<Value> = self
            .sizes
            .iter()
            .map(|(size, outcomes)| {
                let outcomes: Vec<Value> = outcomes.iter().map(Outcome::json).collect();
                json!({ "models": size, "operations": outcomes })
            })
            .collect();
        let others: Vec<Value> = self
            .others
            .iter()
            .map(|figure| json!({ "models": figure.size, "what": figure.what, "figure": figure.value }))
            .collect();
        json!({ "sizes": sizes, "others": others })
    }
}

/// With commas between thousands.
fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
