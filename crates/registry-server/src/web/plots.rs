//! A comparison as pictures made on the server: bars for each metric, and all metrics beside each other. The table of the
//! page says the same in numbers; models are told apart by a letter and a pattern, never by colour alone.

use maud::{Markup, html};
use registry_core::{Comparison, Direction, MetricColumn};

use super::model::better;
use super::parts::{cut, number};

/// How many metrics have bars.
const BARS: usize = 8;
/// How many metrics stand beside each other.
const AXES: usize = 8;
/// How many colours there are; patterns tell apart those with the same.
const COLOURS: usize = 5;
/// How much of a name a picture shows.
const CHARACTERS: usize = 26;

const BAR_WIDTH: f64 = 360.0;
const BAR_STEP: f64 = 26.0;
const BAR_LEFT: f64 = 30.0;
const BAR_RIGHT: f64 = 96.0;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 280.0;
const LEFT: f64 = 84.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 40.0;

/// Both pictures, where there is something to compare.
pub(super) fn plots(comparison: &Comparison) -> Markup {
    let shown: Vec<&MetricColumn> = comparison
        .metrics
        .iter()
        .filter(|metric| several(metric))
        .collect();
    let axes: Vec<&MetricColumn> = shown
        .iter()
        .copied()
        .filter(|metric| differs(metric))
        .take(AXES)
        .collect();
    html! {
        @if !shown.is_empty() {
            section.plots aria-labelledby="plots" {
                h2 #plots { "As pictures" }
                ul.legend {
                    @for (place, model) in comparison.models.iter().enumerate() {
                        li {
                            svg width="46" height="18" aria-hidden="true" {
                                line.{ "line " (class(place)) } x1="2" x2="28" y1="9" y2="9" {}
                                text x="33" y="14" { (letter(place)) }
                            }
                            " " span.name { (cut(model.name.as_str(), CHARACTERS)) } "@" span.version { (cut(&model.version.to_string(), CHARACTERS)) }
                        }
                    }
                }
                @if axes.len() > 1 { (parallel(&axes, comparison.models.len())) }
                div.bars { @for (place, metric) in shown.iter().take(BARS).enumerate() { (bars(place, metric)) } }
                @if shown.len() > BARS { p.quiet { "The first " (BARS) " metrics; the table has all." } }
            }
        }
    }
}

fn several(metric: &MetricColumn) -> bool {
    metric.values.iter().flatten().count() > 1
}

fn differs(metric: &MetricColumn) -> bool {
    let (low, high) = range(metric);
    low < high
}

fn range(metric: &MetricColumn) -> (f64, f64) {
    let values = || metric.values.iter().flatten().copied();
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    (low, high)
}

/// What stands for the model at this place.
fn letter(place: usize) -> char {
    u8::try_from(place).map_or('?', |place| char::from(b'A' + place.min(25)))
}

fn class(place: usize) -> String {
    format!("c{} p{}", place % COLOURS, place / COLOURS)
}

/// One metric, a bar for each model that has it. Bars begin at zero, so that their lengths can be compared.
fn bars(place: usize, metric: &MetricColumn) -> Markup {
    let (low, high) = range(metric);
    let (low, high) = (low.min(0.0), high.max(0.0));
    let room = BAR_WIDTH - BAR_LEFT - BAR_RIGHT;
    let at = |value: f64| BAR_LEFT + room * share(value, low, high);
    let height = BAR_STEP * metric.values.len() as f64 + 6.0;
    let said = described(metric);
    html! {
        figure {
            figcaption { (cut(metric.name.as_str(), 40)) " " span.quiet { (better(metric.direction)) } }
            svg.chart role="img" viewBox={ "0 0 " (BAR_WIDTH) " " (height) } aria-labelledby={ "bars-" (place) " bars-" (place) "-said" } {
                title id={ "bars-" (place) } { "Bars of " (cut(metric.name.as_str(), 60)) }
                desc id={ "bars-" (place) "-said" } { (said) }
                @for (row, value) in metric.values.iter().enumerate() {
                    @let y = 4.0 + BAR_STEP * row as f64;
                    text x="8" y=(one(y + 15.0)) { (letter(row)) }
                    @match value {
                        Some(value) => {
                            @let best = metric.best == Some(*value);
                            @let (from, to) = (at(value.min(0.0)), at(value.max(0.0)));
                            rect.bar.best[best] x=(one(from)) y=(one(y)) width=(one((to - from).max(1.0))) height="20" rx="2" {}
                            text x=(one(to + 6.0)) y=(one(y + 15.0)) { @if best { "★ " } (short(*value)) }
                        }
                        None => { text.quiet x=(one(at(0.0) + 6.0)) y=(one(y + 15.0)) { "–" } }
                    }
                }
            }
        }
    }
}

/// All metrics beside each other, the better value always above: a line for each model.
fn parallel(axes: &[&MetricColumn], models: usize) -> Markup {
    let x = |axis: usize| LEFT + (WIDTH - 2.0 * LEFT) * axis as f64 / (axes.len() - 1) as f64;
    let said = format!(
        "A line for each model over {}; better values are above. The table has the numbers.",
        axes.iter()
            .map(|metric| cut(metric.name.as_str(), CHARACTERS))
            .collect::<Vec<_>>()
            .join(", ")
    );
    html! {
        figure.parallel {
            figcaption { "All metrics, the better value above" }
            div.wide tabindex="0" role="region" aria-label="All metrics beside each other" {
                svg.chart role="img" viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } aria-labelledby="parallel parallel-said" {
                    title id="parallel" { "All metrics beside each other" }
                    desc id="parallel-said" { (said) }
                    @for (axis, metric) in axes.iter().enumerate() {
                        @let (low, high) = range(metric);
                        @let (above, below) = if metric.direction == Direction::Lower { (low, high) } else { (high, low) };
                        line.grid x1=(one(x(axis))) x2=(one(x(axis))) y1=(TOP) y2=(HEIGHT - BOTTOM) {}
                        text x=(one(x(axis))) y="14" text-anchor="middle" { (cut(metric.name.as_str(), 14)) }
                        text.quiet x=(one(x(axis))) y="32" text-anchor="middle" { "★ " (short(above)) }
                        text.quiet x=(one(x(axis))) y=(HEIGHT - BOTTOM + 22.0) text-anchor="middle" { (short(below)) }
                    }
                    @for model in 0..models {
                        @let places = places(axes, model, &x);
                        @for run in runs(&places) {
                            polyline.{ "line " (class(model)) } points=(run.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")) {}
                        }
                        @for (x, y) in places.iter().flatten() {
                            circle.{ "dot " (class(model)) } cx=(one(*x)) cy=(one(*y)) r="4" {}
                        }
                        // Letters of models at the same place would lie on each other, so each model has its own distance.
                        @if let Some((x, y)) = places.last().copied().flatten() {
                            text x=(one(x + 12.0 + 13.0 * (model % COLOURS) as f64)) y=(one(y + 4.0)) { (letter(model)) }
                        }
                    }
                }
            }
        }
    }
}

/// Where the line of a model crosses each axis.
fn places(axes: &[&MetricColumn], model: usize, x: &dyn Fn(usize) -> f64) -> Vec<Option<(f64, f64)>> {
    let crossing = |(axis, metric): (usize, &&MetricColumn)| {
        let value = (*metric.values.get(model)?)?;
        let (low, high) = range(metric);
        let share = share(value, low, high);
        let goodness = if metric.direction == Direction::Lower {
            1.0 - share
        } else {
            share
        };
        Some((x(axis), HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * goodness))
    };
    axes.iter().enumerate().map(crossing).collect()
}

/// The parts of a line without a gap.
fn runs(places: &[Option<(f64, f64)>]) -> Vec<Vec<(f64, f64)>> {
    let runs = places.split(Option::is_none);
    runs.map(|run| run.iter().flatten().copied().collect::<Vec<_>>())
        .filter(|run| run.len() > 1)
        .collect()
}

/// The values in words.
fn described(metric: &MetricColumn) -> String {
    let values = metric.values.iter().enumerate().filter_map(|(place, value)| {
        let value = (*value)?;
        let best = if metric.best == Some(value) {
            ", the best"
        } else {
            ""
        };
        Some(format!("{}: {}{best}", letter(place), number(value)))
    });
    values.collect::<Vec<_>>().join("; ")
}

/// Where a value stands between two others, from 0 to 1. Halves first: the difference of large numbers may be none.
fn share(value: f64, low: f64, high: f64) -> f64 {
    let room = high / 2.0 - low / 2.0;
    if room > 0.0 {
        ((value / 2.0 - low / 2.0) / room).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// A number that fits beside a bar.
fn short(value: f64) -> String {
    let text = number(value);
    if text.len() <= 9 {
        text
    } else {
        format!("{value:.3e}")
    }
}

fn one(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn metric(name: &str, values: &[Option<f64>]) -> MetricColumn {
        let direction = Direction::of(&name.parse().unwrap());
        MetricColumn {
            name: name.parse().unwrap(),
            direction,
            values: values.to_vec(),
            best: direction.best(values.iter().flatten().copied()),
        }
    }

    #[test]
    fn the_better_value_is_above() {
        let (loss, accuracy) = (
            metric("val_loss", &[Some(0.2), Some(0.4)]),
            metric("accuracy", &[Some(0.2), Some(0.4)]),
        );
        let axes = [&loss, &accuracy];
        let y = |model| {
            places(&axes, model, &|_| 0.0)
                .into_iter()
                .flatten()
                .map(|(_, y)| y)
                .collect::<Vec<_>>()
        };
        let (above, below) = (TOP, HEIGHT - BOTTOM);
        for (found, wanted) in y(0).into_iter().chain(y(1)).zip([above, below, below, above]) {
            assert!((found - wanted).abs() < 1e-9, "{found} {wanted}");
        }
    }

    #[test]
    fn a_gap_breaks_the_line() {
        let point = Some((0.0, 0.0));
        assert_eq!(
            runs(&[point, point, None, point, None, point, point, point])
                .iter()
                .map(Vec::len)
                .collect::<Vec<_>>(),
            [2, 3]
        );
    }

    #[test]
    fn only_the_best_is_marked() {
        let text = bars(0, &metric("accuracy", &[Some(0.2), None, Some(0.4)])).into_string();
        assert_eq!(text.matches("bar best").count(), 1, "{text}");
        assert!(
            text.contains("A: 0.2; C: 0.4, the best") && text.contains("★ 0.4"),
            "{text}"
        );
    }

    proptest! {
        #[test]
        fn every_bar_is_within_its_picture(values in prop::collection::vec(prop::option::of(prop::num::f64::NORMAL | prop::num::f64::ZERO), 1..6)) {
            let text = bars(0, &metric("accuracy", &values)).into_string();
            prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{}", text);
            let numbers = |name: &str| {
                let begin = format!(" {name}=\"");
                text.split("<rect").skip(1).map(|rect| rect.split_once(&begin).unwrap().1.split('"').next().unwrap().parse::<f64>().unwrap()).collect::<Vec<_>>()
            };
            for (x, width) in numbers("x").into_iter().zip(numbers("width")) {
                prop_assert!(x >= BAR_LEFT - 0.1 && x + width <= BAR_WIDTH - BAR_RIGHT + 1.1, "{}", text);
            }
        }
    }
}
