//! Models side by side: what differs, and who is best at what.

mod export;

use std::fmt::Write as _;

use registry_core::{Comparison, Direction, MetricColumn, Model};

use super::grid::{Cell, Column, Grid};
use super::text::{Emphasis, plain};
use super::{Screen, number, time};

pub use export::comparison_csv;

/// How many characters of a config hash are enough to tell two apart.
const SHORT_HASH: usize = 12;

/// Models side by side: a column for each model where they fit the screen, a row for each model where those fit
/// better, else as many columns at a time as fit. The best value of a metric is marked with `*`.
pub fn comparison(comparison: &Comparison, screen: &Screen) -> String {
    if comparison.models.is_empty() {
        return "No models found to compare.\n".into();
    }
    let facts = facts(comparison, screen);
    let everyone: Vec<usize> = (0..comparison.models.len()).collect();
    let upright = models_as_columns(comparison, &facts, &everyone, screen);
    let mut text = if upright.natural_width() <= screen.width {
        upright.render(screen)
    } else {
        let lying = models_as_rows(comparison, &facts, screen);
        if lying.natural_width() <= screen.width {
            lying.render(screen)
        } else {
            in_pieces(comparison, &facts, screen)
        }
    };
    text.push('\n');
    text.push_str(&summary(comparison, screen));
    text
}

/// A line of the table: what it is about, and a cell for each model.
struct Fact {
    title: String,
    cells: Vec<Cell>,
}

impl Fact {
    fn of(title: &str, comparison: &Comparison, value: impl Fn(&Model) -> String) -> Self {
        Self {
            title: title.to_owned(),
            cells: comparison
                .models
                .iter()
                .map(|model| Cell::from(value(model)))
                .collect(),
        }
    }
}

fn facts(comparison: &Comparison, screen: &Screen) -> Vec<Fact> {
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".into());
    let mut facts = vec![
        Fact::of("Task Type", comparison, |model| {
            plain(model.task_type.as_str(), screen)
        }),
        Fact::of("Status", comparison, |model| model.status.to_string()),
        Fact::of(&time::heading("Created", screen), comparison, |model| {
            time::minute(model.created_at, screen)
        }),
        Fact::of("Model Size", comparison, |model| text(number::model_size(model))),
        Fact::of("Memory", comparison, |model| {
            text(model.memory_req_gb.map(|memory| number::memory(memory.get())))
        }),
        Fact::of("Parent ID", comparison, |model| {
            text(model.parent.map(|id| id.to_string()))
        }),
        Fact::of("Config Hash", comparison, |model| {
            model.config_hash.as_str().chars().take(SHORT_HASH).collect()
        }),
    ];
    if comparison
        .models
        .iter()
        .all(|model| model.memory_req_gb.is_none())
    {
        facts.retain(|fact| fact.title != "Memory");
    }
    facts.extend(
        comparison
            .metrics
            .iter()
            .map(|metric| metric_fact(metric, screen)),
    );
    facts
}

fn metric_fact(metric: &MetricColumn, screen: &Screen) -> Fact {
    let texts = metric_texts(&metric.values);
    let contested = is_contested(metric);
    let cells = metric.values.iter().zip(texts).map(|(value, text)| {
        if contested && value.is_some() && *value == metric.best {
            Cell::emphasized(format!("* {text}"), Emphasis::Good)
        } else {
            Cell::from(text)
        }
    });
    Fact {
        title: plain(metric.name.as_str(), screen),
        cells: cells.collect(),
    }
}

/// Whether the models differ, so that one can be best.
fn is_contested(metric: &MetricColumn) -> bool {
    let mut values = metric.values.iter().flatten();
    let first = values.next();
    values.any(|value| Some(value) != first)
}

/// Six digits each; all of them where six would make two different values look the same.
fn metric_texts(values: &[Option<f64>]) -> Vec<String> {
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    let hides = |a: &f64| {
        known
            .iter()
            .any(|b| a.total_cmp(b).is_ne() && number::significant(*a) == number::significant(*b))
    };
    let exact = known.iter().any(hides);
    let text = |value: f64| {
        if exact {
            number::exact(value)
        } else {
            number::significant(value)
        }
    };
    values
        .iter()
        .map(|value| value.map_or_else(|| "-".into(), text))
        .collect()
}

fn heading(model: &Model, separator: &str, screen: &Screen) -> String {
    let name = plain(&format!("{}@{}", model.name, model.version), screen);
    format!("{name}{separator}(id {})", model.id)
}

fn models_as_columns(comparison: &Comparison, facts: &[Fact], chosen: &[usize], screen: &Screen) -> Grid {
    let models = chosen.iter().filter_map(|&place| comparison.models.get(place));
    let mut columns = vec![Column::fixed("")];
    columns.extend(models.map(|model| Column::text(heading(model, "\n", screen)).right()));
    let mut grid = Grid::new(columns);
    for fact in facts {
        let mut row = vec![Cell::emphasized(fact.title.clone(), Emphasis::Strong)];
        row.extend(chosen.iter().filter_map(|&place| fact.cells.get(place).cloned()));
        grid.row(row);
    }
    grid
}

fn models_as_rows(comparison: &Comparison, facts: &[Fact], screen: &Screen) -> Grid {
    let mut columns = vec![Column::text("Model")];
    columns.extend(facts.iter().map(|fact| Column::fixed(fact.title.clone()).right()));
    let mut grid = Grid::new(columns);
    for (place, model) in comparison.models.iter().enumerate() {
        let mut row = vec![Cell::emphasized(heading(model, " ", screen), Emphasis::Strong)];
        row.extend(facts.iter().filter_map(|fact| fact.cells.get(place).cloned()));
        grid.row(row);
    }
    grid
}

/// As many models at a time as fit, one at least.
fn in_pieces(comparison: &Comparison, facts: &[Fact], screen: &Screen) -> String {
    let mut pieces = Vec::new();
    let mut chosen: Vec<usize> = Vec::new();
    for place in 0..comparison.models.len() {
        chosen.push(place);
        let fits = models_as_columns(comparison, facts, &chosen, screen).natural_width() <= screen.width;
        if !fits && chosen.len() > 1 {
            chosen.pop();
            pieces.push(models_as_columns(comparison, facts, &chosen, screen).render(screen));
            chosen = vec![place];
        }
    }
    pieces.push(models_as_columns(comparison, facts, &chosen, screen).render(screen));
    pieces.join("\n")
}

fn summary(comparison: &Comparison, screen: &Screen) -> String {
    let mut text = String::new();
    let contested: Vec<&MetricColumn> = comparison
        .metrics
        .iter()
        .filter(|metric| is_contested(metric))
        .collect();
    if !contested.is_empty() {
        let names = |direction: Direction| {
            let of_direction = contested.iter().filter(|metric| metric.direction == direction);
            let names: Vec<String> = of_direction
                .map(|metric| plain(metric.name.as_str(), screen))
                .collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        let lower = names(Direction::Lower).map(|names| format!("lowest {names}"));
        let higher = names(Direction::Higher).map(|names| format!("highest {names}"));
        let parts: Vec<String> = lower.into_iter().chain(higher).collect();
        let _ = writeln!(text, "* best: {}", parts.join("; "));
    }
    if comparison.models.len() > 1 {
        let fields = [
            ("config hash", comparison.agree(|model| model.config_hash.clone())),
            ("size", comparison.agree(|model| model.model_size_mb)),
            ("parent", comparison.agree(|model| model.parent)),
        ];
        let of = |wanted: bool| {
            let names: Vec<&str> = fields
                .iter()
                .filter(|field| field.1 == wanted)
                .map(|field| field.0)
                .collect();
            if names.is_empty() {
                "nothing".into()
            } else {
                names.join(", ")
            }
        };
        let _ = writeln!(text, "Different: {}. The same: {}.", of(false), of(true));
    }
    if !comparison.missing.is_empty() {
        let ids: Vec<String> = comparison.missing.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "Not found: {}", ids.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{ASCII, WIDE, a_model, child_of, with_metrics};

    fn three() -> Comparison {
        let models = [
            with_metrics(
                a_model(1, "gpt-small", "1.0.0"),
                r#"{"val_loss": 0.52, "name": 1}"#,
            ),
            with_metrics(
                child_of(a_model(2, "gpt-small", "1.1.0"), 1),
                r#"{"val_loss": 0.38, "name": 2}"#,
            ),
            with_metrics(
                child_of(a_model(3, "gpt-small", "1.2.0"), 1),
                r#"{"val_loss": 0.4}"#,
            ),
        ];
        let asked: Vec<_> = [1, 2, 3, 9].iter().map(|id| (*id).try_into().unwrap()).collect();
        let found = models.into_iter().map(Some).chain([None]).collect();
        Comparison::new(&asked, found, None, None)
    }

    #[test]
    fn the_best_is_marked_and_differences_are_named() {
        assert_eq!(
            comparison(&three(), &WIDE),
            r"                 gpt-small@1.0.0    gpt-small@1.1.0    gpt-small@1.2.0
                          (id 1)             (id 2)             (id 3)
──────────────────────────────────────────────────────────────────────
Task Type      language_modeling  language_modeling  language_modeling
Status                    active             active             active
Created (UTC)   2026-01-31 12:00   2026-01-31 12:00   2026-01-31 12:00
Model Size                     -                  -                  -
Parent ID                      -                  1                  1
Config Hash         44136fa355b3       44136fa355b3       44136fa355b3
val_loss                    0.52             * 0.38                0.4
name                           1                * 2                  -

* best: lowest val_loss; highest name
Different: parent. The same: config hash, size.
Not found: 9
"
        );
    }

    #[test]
    fn a_narrow_screen_gets_the_models_in_pieces() {
        let text = comparison(&three(), &Screen { width: 60, ..ASCII });
        assert!(text.lines().all(|line| line.len() <= 60), "{text}");
        assert_eq!(text.matches("Config Hash").count(), 2, "{text}");
    }

    #[test]
    fn many_models_with_few_facts_become_rows() {
        let models = (1..=9).map(|id| Some(with_metrics(a_model(id, "a", "1.0.0"), r#"{"val_loss": 0.5}"#)));
        let asked: Vec<_> = (1..=9).map(|id| id.try_into().unwrap()).collect();
        let text = comparison(&Comparison::new(&asked, models.collect(), None, None), &WIDE);
        assert!(
            text.starts_with("Model                   Task Type  Status"),
            "{text}"
        );
        assert!(!text.contains("* best"), "{text}");
    }

    #[test]
    fn digits_that_tell_two_values_apart_are_shown() {
        assert_eq!(
            metric_texts(&[Some(0.123_456_71), Some(0.123_456_72), None]),
            ["0.12345671", "0.12345672", "-"]
        );
        assert_eq!(
            metric_texts(&[Some(0.5), Some(0.123_456_72)]),
            ["0.5", "0.123457"]
        );
    }
}
