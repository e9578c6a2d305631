//! What was measured, beside what is to be reached.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// A figure, with its goal if it has one.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// How much.
    pub value: f64,
    /// In which unit.
    pub unit: &'static str,
    /// What is to be reached.
    pub goal: Option<Goal>,
}

/// What is to be reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// This or less.
    AtMost(f64),
    /// Less than this.
    Below(f64),
    /// This or more.
    AtLeast(f64),
}

/// All that was measured.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How many models the registry had.
    pub models: usize,
    /// The figures in the order in which they were measured.
    pub figures: Vec<Figure>,
}

impl Goal {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::Below(limit) => value < limit,
            Self::AtLeast(least) => value >= least,
        }
    }

    fn text(self, unit: &str) -> String {
        let (sign, value) = match self {
            Self::AtMost(value) => ("<=", value),
            Self::Below(value) => ("<", value),
            Self::AtLeast(value) => (">=", value),
        };
        format!("{sign} {}", quantity(value, unit))
    }
}

impl Figure {
    /// Whether its goal is met; `None` where it has none.
    pub fn is_met(&self) -> Option<bool> {
        self.goal.map(|goal| goal.is_met(self.value))
    }

    fn row(&self) -> String {
        let goal = self
            .goal
            .map_or_else(|| "-".to_owned(), |goal| goal.text(self.unit));
        let met = match self.is_met() {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "-",
        };
        let value = quantity(self.value, self.unit);
        format!("| {} | {value} | {goal} | {met} |", self.what)
    }
}

impl Outcome {
    /// A table in Markdown.
    pub fn table(&self) -> String {
        let models = thousands(&self.models.to_string());
        let mut text = format!(
            "One server over {models} models, asked over loopback.\n\n| what | figure | goal | met |\n|---|--:|--:|---|\n"
        );
        for figure in &self.figures {
            let _ = writeln!(text, "{}", figure.row());
        }
        text
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        let figures = self.figures.iter().map(|figure| {
            let goal = figure.goal.map(|goal| goal.text(figure.unit));
            json!({
                "what": figure.what, "value": figure.value, "unit": figure.unit, "goal": goal, "met": figure.is_met(),
            })
        });
        json!({ "models": self.models, "figures": figures.collect::<Vec<_>>() })
    }
}

/// A value with its unit; whole where it is large.
fn quantity(value: f64, unit: &str) -> String {
    let number = match value.abs() {
        large if large >= 100.0 => thousands(&format!("{value:.0}")),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    };
    let number = number
        .strip_suffix(".00")
        .or(number.strip_suffix(".0"))
        .unwrap_or(&number);
    format!("{number} {unit}").trim_end().to_owned()
}

/// With commas between thousands.
fn thousands(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && digit.is_ascii_digit() && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: f64, goal: Option<Goal>) -> String {
        let what = "gets".to_owned();
        let unit = "/s";
        Figure {
            what,
            value,
            unit,
            goal,
        }
        .row()
    }

    #[test]
    fn a_row_says_whether_the_goal_is_met() {
        let goal = Some(Goal::AtLeast(15_000.0));
        assert_eq!(row(16_234.4, goal), "| gets | 16,234 /s | >= 15,000 /s | yes |");
        assert_eq!(row(999.0, goal), "| gets | 999 /s | >= 15,000 /s | NO |");
        assert_eq!(
            row(20.0, Some(Goal::Below(20.0))),
            "| gets | 20 /s | < 20 /s | NO |"
        );
        assert_eq!(
            row(20.0, Some(Goal::AtMost(20.0))),
            "| gets | 20 /s | <= 20 /s | yes |"
        );
        assert_eq!(row(1.234, None), "| gets | 1.23 /s | - | - |");
    }
}
