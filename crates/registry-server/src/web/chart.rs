//! A metric over versions, as a picture made on the server.

use maud::{Markup, html};
use registry_core::search::ModelSummary;
use registry_core::{Direction, MetricName};

use super::parts::{cut, number};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 96.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 34.0;
/// How many lines across.
const LINES: u32 = 4;

/// A line with a dot for each version that has the metric, which is a link; the versions come in ascending order.
pub(super) fn chart(metric: &MetricName, versions: &[&ModelSummary]) -> Markup {
    let points: Vec<(&ModelSummary, f64)> = versions
        .iter()
        .filter_map(|model| Some((*model, model.metrics.get(metric.as_str())?)))
        .collect();
    let direction = Direction::of(metric);
    let best = direction.best(points.iter().map(|(_, value)| *value));
    let scale = Scale::of(&points);
    let place = |at: usize, value: f64| (scale.across(at, points.len()), scale.up(value));
    let line: Vec<String> = points
        .iter()
        .enumerate()
        .map(|(at, (_, value))| {
            let (x, y) = place(at, *value);
            format!("{x:.1},{y:.1}")
        })
        .collect();
    let ends = [points.first(), points.last().filter(|_| points.len() > 1)];
    html! {
        svg.chart.over viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="group" aria-label={ (metric) " over versions" } {
            @for (y, value) in scale.lines() {
                line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(one(y)) y2=(one(y)) {}
                text.quiet x=(LEFT - 10.0) y=(one(y + 4.0)) text-anchor="end" { (value) }
            }
            polyline.line points=(line.join(" ")) {}
            @for (at, (model, value)) in points.iter().enumerate() {
                @let (x, y) = place(at, *value);
                @let is_best = best == Some(*value);
                @let label = format!("{}: {}{}", model.version, number(*value), if is_best { ", the best" } else { "" });
                a href={ "/models/" (model.id) } aria-label=(label) {
                    title { (label) }
                    circle.dot.best[is_best] cx=(one(x)) cy=(one(y)) r=(if is_best { 7 } else { 5 }) {}
                }
            }
            @for (end, anchor) in ends.iter().zip(["start", "end"]) {
                @if let Some((model, _)) = end {
                    @let x = if anchor == "start" { LEFT } else { WIDTH - RIGHT };
                    text.quiet x=(x) y=(HEIGHT - 10.0) text-anchor=(anchor) { (cut(&model.version.to_string(), 30)) }
                }
            }
        }
    }
}

fn one(value: f64) -> String {
    format!("{value:.1}")
}

/// From values to places.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(points: &[(&ModelSummary, f64)]) -> Self {
        let values = || points.iter().map(|(_, value)| *value);
        let low = values().fold(f64::INFINITY, f64::min);
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        if low < high {
            return Self { low, high };
        }
        // One value alone stands in the middle.
        let around = if low == 0.0 { 1.0 } else { low.abs() / 10.0 };
        Self {
            low: low - around,
            high: low + around,
        }
    }

    fn across(&self, at: usize, of: usize) -> f64 {
        let room = WIDTH - LEFT - RIGHT;
        if of < 2 {
            return LEFT + room / 2.0;
        }
        // The scale is of values alone; places across are even.
        let _ = self;
        LEFT + 10.0 + (room - 20.0) * at as f64 / (of - 1) as f64
    }

    fn up(&self, value: f64) -> f64 {
        // Halves first: the difference of two large numbers may be none.
        let share = (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share.clamp(0.0, 1.0)
    }

    fn lines(&self) -> Vec<(f64, String)> {
        let lines = 0..=LINES;
        lines
            .map(|line| {
                let share = f64::from(line) / f64::from(LINES);
                let value = self.low * (1.0 - share) + self.high * share;
                (self.up(value), short(value))
            })
            .collect()
    }
}

/// A number of four digits.
fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !(1e-3..1e6).contains(&value.abs()) {
        return format!("{value:.2e}");
    }
    let before = value.abs().log10().floor();
    let places = if before >= 3.0 {
        0
    } else if before >= 0.0 {
        2
    } else {
        4
    };
    format!("{value:.places$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scale(low: f64, high: f64) -> Scale {
        Scale { low, high }
    }

    #[test]
    fn values_stand_between_the_margins() {
        let scale = scale(0.0, 2.0);
        assert!((scale.up(0.0) - (HEIGHT - BOTTOM)).abs() < 1e-9);
        assert!((scale.up(2.0) - TOP).abs() < 1e-9);
        assert_eq!(scale.lines().len(), 5);
        assert_eq!(
            (short(0.4), short(1234.0), short(1e-9)),
            ("0.4000".into(), "1234".into(), "1.00e-9".into())
        );
    }

    proptest! {
        #[test]
        fn no_value_leaves_the_picture(a in proptest::num::f64::NORMAL, b in proptest::num::f64::NORMAL) {
            prop_assume!(a < b);
            for (y, _) in scale(a, b).lines() {
                prop_assert!((TOP - 1.0..=HEIGHT).contains(&y), "{y}");
            }
        }
    }
}
