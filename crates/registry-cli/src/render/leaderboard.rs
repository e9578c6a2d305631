//! The best version of each name.

use registry_core::{Direction, Leaderboard};

use super::grid::{Cell, Column, Grid};
use super::sparkline::sparkline;
use super::text::{Emphasis, plain};
use super::{Screen, number};

/// A line for each name: its best version, how far it is from the best of all, how its versions went.
pub fn leaderboard(board: &Leaderboard, screen: &Screen) -> String {
    let mut grid = Grid::new(vec![
        Column::fixed("Rank").right(),
        Column::text("Name"),
        Column::fixed("Version"),
        Column::fixed("Model ID").right(),
        Column::fixed(plain(board.metric.as_str(), screen)).right(),
        Column::fixed("Gap").right(),
        Column::fixed("Trend"),
    ]);
    for (rank, leader) in (1..).zip(&board.leaders) {
        let emphasis = if rank == 1 { Emphasis::Good } else { Emphasis::None };
        let values: Vec<f64> = leader.trend.iter().map(|point| point.value).collect();
        grid.row(vec![
            rank.to_string().into(),
            plain(leader.model.name.as_str(), screen).into(),
            leader.model.version.to_string().into(),
            leader.model.id.to_string().into(),
            Cell::emphasized(number::significant(leader.value), emphasis),
            gap(leader.gap, rank).into(),
            sparkline(&values, screen).into(),
        ]);
    }
    let better = match board.better {
        Direction::Lower => "lower",
        Direction::Higher => "higher",
    };
    let names = board.leaders.len();
    let more = if board.more { "; there are more" } else { "" };
    let metric = plain(board.metric.as_str(), screen);
    grid.render(screen) + &format!("\nTotal: {names} name(s){more}; {better} {metric} is better\n")
}

fn gap(gap: f64, rank: u32) -> String {
    if rank == 1 {
        return String::new();
    }
    let sign = if gap >= 0.0 { "+" } else { "" };
    format!("{sign}{}", number::significant(gap))
}

#[cfg(test)]
mod tests {
    use registry_core::{Leader, TrendPoint};

    use super::*;
    use crate::render::testing::{ASCII, a_model};

    #[test]
    fn a_line_for_each_name() {
        let leader = |id, name, values: &[f64], gap| Leader {
            model: (&a_model(id, name, "1.0.0")).into(),
            value: values[0],
            gap,
            trend: values
                .iter()
                .map(|value| TrendPoint {
                    version: "1.0.0".parse().unwrap(),
                    value: *value,
                })
                .collect(),
        };
        let board = Leaderboard {
            metric: "loss".parse().unwrap(),
            better: Direction::Lower,
            leaders: vec![
                leader(4, "gpt", &[0.25, 0.5], 0.0),
                leader(12, "bert", &[0.3], 0.3 - 0.25),
            ],
            more: true,
        };
        assert_eq!(
            leaderboard(&board, &ASCII),
            "\
Rank  Name  Version  Model ID  loss    Gap  Trend
-------------------------------------------------
   1  gpt   1.0.0           4  0.25         _#
   2  bert  1.0.0          12   0.3  +0.05  :

Total: 2 name(s); there are more; lower loss is better
"
        );
    }
}
