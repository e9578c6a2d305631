//! How a merge is divided, so that no piece points to what comes with a later one.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use super::survey::{Line, Survey};

/// The lines that are written together: whole names, and with a name all others that are tied to it. There is always one
/// piece, if an empty one.
pub(super) fn pieces(survey: &Survey, size: Option<NonZeroUsize>) -> Vec<Vec<i64>> {
    let Some(size) = size.map(NonZeroUsize::get) else {
        return vec![survey.new_lines().collect()];
    };
    let new = |id: &i64| survey.lines.get(id).filter(|line: &&Line| line.is_new());
    let mut groups = Groups::of(survey.names.len());
    for (one, other) in &survey.ties {
        if let (Some(one), Some(other)) = (new(one), new(other)) {
            groups.join(one.name, other.name);
        }
    }
    let mut together: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    for (id, line) in survey.lines.iter().filter(|(_, line)| line.is_new()) {
        together.entry(groups.of_name(line.name)).or_default().push(*id);
    }
    let mut pieces: Vec<Vec<i64>> = Vec::new();
    for lines in together.into_values() {
        match pieces.last_mut() {
            Some(piece) if piece.len() < size => piece.extend(lines),
            _ => pieces.push(lines),
        }
    }
    if pieces.is_empty() {
        pieces.push(Vec::new());
    }
    for piece in &mut pieces {
        piece.sort_unstable();
    }
    pieces
}

/// Names that come together: each leads to another of its group, the first of it to itself.
struct Groups(Vec<usize>);

impl Groups {
    /// So many names, each alone.
    fn of(names: usize) -> Self {
        Self((0..names).collect())
    }

    fn of_name(&mut self, name: usize) -> usize {
        let mut at = name;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of_name(one), self.of_name(other));
        self.0[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::super::survey::Fate;
    use super::*;

    /// Lines 1, 2, 3..., each of a name of its own; those are there already.
    fn survey(lines: i64, there: &[i64], ties: &[(i64, i64)]) -> Survey {
        let mut survey = Survey::default();
        for id in 1..=lines {
            let line = Line {
                name: survey.names.len(),
                version: None,
                alive: true,
                fate: if there.contains(&id) {
                    Fate::There(id)
                } else {
                    Fate::New
                },
            };
            survey.names.push(format!("name-{id}"));
            survey.lines.insert(id, line);
        }
        survey.ties = ties.to_vec();
        survey
    }

    #[test]
    fn whatever_is_tied_comes_together_and_nothing_else() {
        let ties = [(5, 1), (2, 4), (4, 7), (3, 99)];
        let table = [
            (vec![], 1, "[[1, 5], [2, 4, 7], [3], [6]]"),
            (vec![], 2, "[[1, 5], [2, 4, 7], [3, 6]]"),
            (vec![], 100, "[[1, 2, 3, 4, 5, 6, 7]]"),
            // What leads over one that is there is no tie.
            (vec![4], 1, "[[1, 5], [2], [3], [6], [7]]"),
        ];
        for (there, size, expected) in table {
            let survey = survey(7, &there, &ties);
            let pieces_of = pieces(&survey, NonZeroUsize::new(size));
            assert_eq!(format!("{pieces_of:?}"), expected);
            let all: Vec<i64> = survey.new_lines().collect();
            assert_eq!(pieces(&survey, None), [all]);
        }
        assert_eq!(pieces(&survey(0, &[], &[]), NonZeroUsize::new(1)), [[0_i64; 0]]);
    }
}
