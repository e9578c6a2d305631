//! Single values of a row: times, numbers, JSON columns. Each comes with the reason where it had to change.

use registry_core::{
    ExportFormat, MemoryGb, Metadata, MetricName, Metrics, SizeMb, Status, TagName, Timestamp, TrainingRunId,
};
use serde_json::{Map, Value};

use super::cell::Cell;
use super::python_json::{entries, standard};
use super::text::{Mended, menders, not_text};

fn kept<T>(value: T) -> Mended<T> {
    Mended { value, why: None }
}

fn changed<T>(value: T, why: impl Into<String>) -> Mended<T> {
    Mended {
        value,
        why: Some(why.into()),
    }
}

/// A time. SQLite's own form is kept without a word; other forms are understood where they can be; what is no time
/// becomes `nearest`.
pub(super) fn time(cell: &Cell, nearest: Timestamp) -> Mended<Timestamp> {
    let text = match cell {
        Cell::Text(text) => text,
        Cell::Integer(seconds) => {
            let micros = seconds.checked_mul(1_000_000);
            let at = micros.and_then(|micros| Timestamp::from_micros(micros).ok());
            return changed(
                at.unwrap_or(nearest),
                "a number is read as seconds since 1970, if it can be",
            );
        }
        other => return changed(nearest, not_text(other)),
    };
    match Timestamp::parse(text) {
        Ok(at) if is_exact(text, at) => kept(at),
        Ok(at) => changed(at, "it is written in another form"),
        Err(problem) => {
            let loose = text.trim().replacen(['T', 't'], " ", 1);
            let at = Timestamp::parse(loose.trim_end_matches(['Z', 'z'])).ok();
            changed(at.unwrap_or(nearest), problem.to_string())
        }
    }
}

/// Whether this is SQLite's form, with at most the six decimals that are kept.
fn is_exact(text: &str, at: Timestamp) -> bool {
    let full = at.to_string().replace('T', " ");
    let full = full.trim_end_matches('Z');
    text == full || full.strip_suffix(".000000") == Some(text)
}

/// A number of megabytes or gigabytes; what is none becomes unknown.
pub(super) fn quantity<T: TryFrom<f64, Error: std::fmt::Display>>(cell: &Cell) -> Mended<Option<T>> {
    let number = match cell {
        Cell::Null => return kept(None),
        Cell::Real(number) => *number,
        Cell::Integer(number) => *number as f64,
        other => {
            let number = other.to_text().and_then(|text| text.trim().parse::<f64>().ok());
            let value = number.and_then(|number| T::try_from(number).ok());
            return changed(value, "it is not stored as a number");
        }
    };
    match T::try_from(number) {
        Ok(value) if matches!(cell, Cell::Integer(whole) if whole.unsigned_abs() > 1 << 53) => {
            changed(Some(value), "it has more digits than a double")
        }
        Ok(value) => kept(Some(value)),
        Err(problem) => changed(None, problem.to_string()),
    }
}

pub(super) fn size_mb(cell: &Cell) -> Mended<Option<SizeMb>> {
    quantity(cell)
}

pub(super) fn memory_gb(cell: &Cell) -> Mended<Option<MemoryGb>> {
    quantity(cell)
}

/// The id of a training run; a number that names none becomes unknown.
pub(super) fn training_run(cell: &Cell) -> Mended<Option<TrainingRunId>> {
    match cell {
        Cell::Null => kept(None),
        Cell::Integer(number) => match TrainingRunId::try_from(*number) {
            Ok(run) => kept(Some(run)),
            Err(problem) => changed(None, problem.to_string()),
        },
        other => {
            let run = other.to_integer().and_then(|number| number.try_into().ok());
            changed(run, "it is not stored as a whole number")
        }
    }
}

/// A status, and the label that keeps a status which this registry doesn't have.
pub(super) fn status(cell: &Cell) -> (Mended<Status>, Option<TagName>) {
    let why = match cell {
        Cell::Text(text) => match Status::parse(text) {
            Ok(status) => return (kept(status), None),
            Err(problem) => problem.to_string(),
        },
        other => not_text(other).to_owned(),
    };
    let text = cell.to_text().unwrap_or_default().trim().to_lowercase();
    if let Ok(status) = Status::parse(&text) {
        return (changed(status, why), None);
    }
    let label = match cell {
        Cell::Null => None,
        cell => menders::TAG.mend(cell).map(|label| label.value),
    };
    let why = match &label {
        Some(label) => format!("{why}; the label `{label}` keeps it"),
        None => why,
    };
    (changed(Status::Active, why), label)
}

/// JSON text as a value, what reading it lost, and whether anything stood there.
fn json(cell: &Cell) -> (Option<Value>, Option<String>) {
    let text = match cell {
        Cell::Null => return (None, None),
        Cell::Text(text) => text.clone(),
        other => other.to_text().unwrap_or_default(),
    };
    let mut losses: Vec<&str> = match cell {
        Cell::Text(_) => Vec::new(),
        other => vec![not_text(other)],
    };
    let standard = standard(&text);
    losses.extend(&standard.losses);
    let value: Value = match serde_json::from_str(&standard.text) {
        Ok(value) => value,
        Err(problem) => return (None, Some(format!("it is not valid JSON ({problem})"))),
    };
    if entries(&value) != standard.entries {
        losses.push("a key stands there twice");
    }
    let why = (!losses.is_empty()).then(|| losses.join("; "));
    (Some(value), why)
}

/// A JSON object of the user's own.
pub(super) fn metadata(cell: &Cell) -> Mended<Metadata> {
    let (value, why) = json(cell);
    let Some(value) = value else {
        return Mended {
            value: Metadata::default(),
            why,
        };
    };
    match Metadata::from_json(value) {
        Ok(value) => Mended { value, why },
        Err(problem) => changed(Metadata::default(), problem.to_string()),
    }
}

/// The formats declared at registration.
pub(super) fn formats(cell: &Cell) -> Mended<Vec<ExportFormat>> {
    let (value, mut why) = json(cell);
    let items: Vec<Cell> = match (value, cell) {
        (Some(Value::Array(items)), _) => items.into_iter().map(cell_of_json).collect(),
        (Some(Value::Null), _) => {
            why.get_or_insert_with(|| "it is not a JSON list".into());
            Vec::new()
        }
        (Some(other), _) => {
            why.get_or_insert_with(|| "it is not a JSON list".into());
            vec![cell_of_json(other)]
        }
        (None, Cell::Null) => Vec::new(),
        (None, cell) => {
            let text = cell.to_text().unwrap_or_default();
            let parts = text.split(',').filter(|part| !part.trim().is_empty());
            parts.map(|part| Cell::Text(part.trim().to_owned())).collect()
        }
    };
    let mut formats = Vec::new();
    for item in items {
        match item {
            Cell::Null => {
                why.get_or_insert_with(|| "an entry is no text".into());
            }
            item => {
                let Some(format) = menders::FORMAT.mend(&item) else {
                    continue;
                };
                if let Some(problem) = format.why {
                    why.get_or_insert(problem);
                }
                if formats.contains(&format.value) {
                    why.get_or_insert_with(|| "a format stands there twice".into());
                } else {
                    formats.push(format.value);
                }
            }
        }
    }
    Mended { value: formats, why }
}

/// A JSON value as if it were stored by itself; what has no simple form is nothing.
fn cell_of_json(value: Value) -> Cell {
    match value {
        Value::String(text) => Cell::Text(text),
        Value::Number(number) => number
            .as_i64()
            .map_or_else(|| number.as_f64().map_or(Cell::Null, Cell::Real), Cell::Integer),
        _ => Cell::Null,
    }
}

/// The metrics that are numbers, in their order.
pub(super) fn metrics(cell: &Cell) -> Mended<Metrics> {
    let (value, mut why) = json(cell);
    let map = match value {
        Some(Value::Object(map)) => map,
        Some(_) => return changed(Metrics::default(), "it is not a JSON object"),
        None => {
            return Mended {
                value: Metrics::default(),
                why,
            };
        }
    };
    let mut problems = Vec::new();
    let mut pairs: Vec<(MetricName, f64)> = Vec::new();
    for (name, value) in &map {
        match metric_value(name, value, &mut problems) {
            Some(_) if pairs.len() == MOST_METRICS => {
                problems.push(format!(
                    "there are {} of them, the limit is {MOST_METRICS}",
                    map.len()
                ));
                break;
            }
            Some(number) => {
                pairs.extend(metric_name(name, &map, &pairs, &mut problems).map(|name| (name, number)));
            }
            None => {}
        }
    }
    if !problems.is_empty() {
        problems.splice(0..0, why.take());
        why = Some(problems.join("; "));
    }
    match Metrics::from_pairs(pairs) {
        Ok(value) => Mended { value, why },
        Err(problem) => changed(Metrics::default(), problem.to_string()),
    }
}

const MOST_METRICS: usize = 1000;

fn metric_value(name: &str, value: &Value, problems: &mut Vec<String>) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let number = number.filter(|number| number.is_finite());
    let whole = value
        .as_i64()
        .map(i64::unsigned_abs)
        .or_else(|| value.as_u64())
        .unwrap_or(0);
    if number.is_none() || !value.is_number() {
        problems.push(format!("`{name}` is not a number"));
    } else if whole > 1 << 53 {
        problems.push(format!("`{name}` has more digits than a double"));
    }
    number
}

/// A valid name for the metric, which no other metric of the model has.
fn metric_name(
    name: &str,
    all: &Map<String, Value>,
    taken: &[(MetricName, f64)],
    problems: &mut Vec<String>,
) -> Option<MetricName> {
    let mended = menders::METRIC_NAME.mend(&Cell::Text(name.to_owned()));
    let Some(mended) = mended else {
        problems.push(format!("{name:?} is not a metric name"));
        return None;
    };
    let Some(problem) = mended.why else {
        return Some(mended.value);
    };
    problems.push(problem);
    let is_free = |candidate: &MetricName| {
        !all.contains_key(candidate.as_str()) && !taken.iter().any(|(name, _)| name == candidate)
    };
    if is_free(&mended.value) {
        return Some(mended.value);
    }
    let stem = super::text::cut(mended.value.as_str(), 120).trim().to_owned();
    (2..10_000).find_map(|number| {
        MetricName::parse(format!("{stem}-{number}"))
            .ok()
            .filter(|candidate| is_free(candidate))
    })
}
