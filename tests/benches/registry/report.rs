//! The results as a table, as JSON, and as a picture.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::contest::{Other, Outcome, micros};
use crate::contestant::title;
use crate::fixture::Database;
use crate::goals;
use crate::others::Figure;
use crate::plot;

/// All that was measured.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) database: Database,
    pub(crate) sizes: Vec<(usize, Vec<Outcome>)>,
    pub(crate) others: Vec<Figure>,
}

impl Report {
    /// Prints the table and writes it as Markdown, JSON and SVG.
    pub(crate) fn write(&self, folder: &Path) {
        let name = match self.database {
            Database::Sqlite => "bench",
            Database::Postgres => "bench-postgres",
        };
        let table = self.table();
        println!("{table}");
        std::fs::write(folder.join(format!("{name}.md")), &table).unwrap();
        std::fs::write(
            folder.join(format!("{name}.json")),
            format!("{:#}\n", self.json()),
        )
        .unwrap();
        if let Some((size, outcomes)) = self.sizes.last().filter(|(_, outcomes)| !outcomes.is_empty()) {
            plot::write(&folder.join(format!("{name}.svg")), *size, outcomes);
        }
        println!("also in {}: {name}.md, {name}.json, {name}.svg", folder.display());
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
        let others: Vec<&str> = outcomes
            .first()
            .map(|outcome| outcome.others.iter().map(|other| other.name).collect())
            .unwrap_or_default();
        if !outcomes.is_empty() {
            let mut heads = vec!["operation".to_owned(), "store".to_owned()];
            heads.extend(others.iter().map(|name| title(name).to_owned()));
            heads.extend(others.iter().map(|name| format!("store / {name}")));
            heads.extend([grown, "met".to_owned()]);
            let _ = writeln!(text, "| {} |", heads.join(" | "));
            let _ = writeln!(text, "|---|--:|{}--:|---|", "--:|".repeat(others.len() * 2));
        }
        for outcome in outcomes {
            let before = first
                .and_then(|(_, outcomes)| outcomes.iter().find(|other| other.operation == outcome.operation));
            let growth = before.map(|before| outcome.store.as_secs_f64() / before.store.as_secs_f64());
            let _ = writeln!(text, "{}", self.row(outcome, growth));
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
                Some((goal, met)) => (goal.as_str(), if *met { "yes" } else { "NO" }),
                None => ("-", "-"),
            };
            let _ = writeln!(text, "| {} | {what} | {value} | {goal} | {met} |", number(*size));
        }
        text
    }

    fn row(&self, outcome: &Outcome, growth: Option<f64>) -> String {
        let goal = |other: &Other| goals::against(self.database, outcome.operation, other.name);
        let most = goals::growth(outcome.operation);
        let met = outcome.others.iter().all(|other| other.ratio <= goal(other))
            && growth.is_none_or(|growth| growth <= most);
        let mut cells = vec![outcome.operation.to_owned()];
        cells.extend(outcome.times().map(|(_, time)| format!("{:.1}", micros(time))));
        let others = outcome.others.iter();
        cells.extend(others.map(|other| format!("{:.2} (<= {})", other.ratio, goal(other))));
        cells.push(growth.map_or_else(|| "-".to_owned(), |growth| format!("{growth:.2} (<= {most})")));
        cells.push(if met { "yes" } else { "NO" }.to_owned());
        format!("| {} |", cells.join(" | "))
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
