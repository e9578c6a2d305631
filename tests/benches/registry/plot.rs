//! The picture: a group of bars for each operation.

use std::path::Path;

use plotters::prelude::*;

use crate::contest::{Outcome, micros};
use crate::contestant::title;

const COLOURS: [RGBColor; 3] = [
    RGBColor(31, 119, 180),
    RGBColor(255, 127, 14),
    RGBColor(140, 140, 140),
];

pub(crate) fn write(path: &Path, size: usize, outcomes: &[Outcome]) {
    let height = 90 + 46 * u32::try_from(outcomes.len()).unwrap();
    let root = SVGBackend::new(path, (900, height)).into_drawing_area();
    root.fill(&WHITE).unwrap();
    let longest = outcomes
        .iter()
        .flat_map(Outcome::times)
        .map(|(_, time)| micros(time))
        .fold(1.0, f64::max);
    let rows = outcomes.len() as f64;
    let mut chart = ChartBuilder::on(&root)
        .caption(
            format!("Medians at {size} models, microseconds"),
            ("sans-serif", 18),
        )
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(170)
        .build_cartesian_2d((1.0..longest * 1.2).log_scale(), 0.0..rows)
        .unwrap();
    let label = |place: &f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the place of a label is a small number"
        )]
        let place = (rows - place - 0.5).round() as usize;
        outcomes
            .get(place)
            .map_or_else(String::new, |outcome| outcome.operation.to_owned())
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .y_labels(outcomes.len() * 2 + 1)
        .y_label_formatter(&|place| {
            if (place.fract() - 0.5).abs() < 0.01 {
                label(place)
            } else {
                String::new()
            }
        })
        .draw()
        .unwrap();
    let names: Vec<&str> = outcomes[0].times().map(|(name, _)| name).collect();
    let share = 0.76 / names.len() as f64;
    for (contestant, (colour, name)) in COLOURS.into_iter().zip(names).enumerate() {
        let bars = outcomes.iter().enumerate().filter_map(|(row, outcome)| {
            let (_, time) = outcome.times().nth(contestant)?;
            let top = rows - row as f64 - 0.12 - contestant as f64 * share;
            let bottom = top - share + 0.02;
            Some(Rectangle::new(
                [(1.0, top), (micros(time), bottom)],
                colour.filled(),
            ))
        });
        chart
            .draw_series(bars)
            .unwrap()
            .label(title(name))
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour.filled()));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK)
        .draw()
        .unwrap();
    root.present().unwrap();
}
