//! Columns of text that fit a width.
//!
//! Every column is as wide as its longest cell while the screen allows; then the widest columns that may shrink wrap
//! their cells. Nothing is ever cut off, so that what is shown can be copied.

use super::Screen;
use super::text::{Emphasis, Glyph, columns, emphasize, wrap};

/// The blanks between two columns.
const GAP: usize = 2;
/// No column is made narrower than this.
const NARROWEST: usize = 8;
/// The longest rule where there is no terminal.
const LONGEST_RULE: usize = 100;

/// Where a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At its left edge.
    Left,
    /// At its right edge.
    Right,
}

/// A column: its title and what may be done to it.
#[derive(Debug, Clone)]
pub struct Column {
    title: String,
    align: Align,
    shrinks: bool,
}

impl Column {
    /// A column of text that may wrap.
    pub fn text(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            align: Align::Left,
            shrinks: true,
        }
    }

    /// A column that keeps its width: ids, versions, times.
    pub fn fixed(title: impl Into<String>) -> Self {
        Self {
            shrinks: false,
            ..Self::text(title)
        }
    }

    /// With its cells at the right edge.
    #[must_use]
    pub fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }
}

/// One cell. Its text must be safe for a terminal already.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    text: String,
    emphasis: Emphasis,
}

impl Cell {
    /// A cell that stands out.
    pub fn emphasized(text: impl Into<String>, emphasis: Emphasis) -> Self {
        Self {
            text: text.into(),
            emphasis,
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::emphasized(text, Emphasis::None)
    }
}

/// A table without borders: titles, a rule, rows.
#[derive(Debug, Clone)]
pub struct Grid {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Grid {
    /// An empty table.
    pub fn new(columns: Vec<Column>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row: a cell for each column.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// How wide it is when nothing wraps.
    pub fn natural_width(&self) -> usize {
        total(&self.natural())
    }

    /// The table as text, each line ended.
    pub fn render(&self, screen: &Screen) -> String {
        let widths = self.widths(screen.width);
        self.head(&widths, screen) + &self.body(&widths, screen)
    }

    /// The widths as a further part of a table that began with these widths: what may not wrap gets wider where it
    /// must.
    fn further_widths(&self, begun: &[usize], screen: &Screen) -> Vec<usize> {
        let wraps = screen.width != usize::MAX;
        let columns = self.columns.iter().zip(self.natural()).zip(begun);
        columns
            .map(|((column, natural), begun)| {
                if column.shrinks && wraps {
                    *begun
                } else {
                    natural.max(*begun)
                }
            })
            .collect()
    }

    /// The titles and the rule below them.
    fn head(&self, widths: &[usize], screen: &Screen) -> String {
        let titles: Vec<Cell> = self
            .columns
            .iter()
            .map(|column| Cell::emphasized(column.title.clone(), Emphasis::Strong))
            .collect();
        let mut text = self.line(&titles, widths, screen);
        let longest = if screen.width == usize::MAX {
            LONGEST_RULE
        } else {
            screen.width
        };
        text.push_str(&Glyph::Rule.on(screen).repeat(total(widths).min(longest)));
        text.push('\n');
        text
    }

    /// The rows.
    fn body(&self, widths: &[usize], screen: &Screen) -> String {
        let rows = self.rows.iter();
        rows.map(|row| self.line(row, widths, screen)).collect()
    }

    fn natural(&self) -> Vec<usize> {
        let cells = |place: usize| self.rows.iter().filter_map(move |row| row.get(place));
        let longest = |place: usize| cells(place).map(|cell| widest_line(&cell.text)).max();
        let columns = self.columns.iter().enumerate();
        columns
            .map(|(place, column)| widest_line(&column.title).max(longest(place).unwrap_or(0)))
            .collect()
    }

    /// Takes columns from the widest that may shrink until the table fits or none can give more.
    fn widths(&self, available: usize) -> Vec<usize> {
        let mut widths = self.natural();
        while total(&widths) > available {
            let shrinking = (0..widths.len()).filter(|&place| self.columns[place].shrinks);
            let Some(widest) = shrinking.max_by_key(|&place| widths[place]) else {
                break;
            };
            if widths[widest] <= NARROWEST {
                break;
            }
            widths[widest] -= 1;
        }
        widths
    }

    fn line(&self, cells: &[Cell], widths: &[usize], screen: &Screen) -> String {
        let wrapped: Vec<Vec<String>> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| wrap(&cell.text, *width))
            .collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        let mut text = String::new();
        for place in 0..height {
            let mut pending = 0;
            for (((cell, lines), width), column) in cells.iter().zip(&wrapped).zip(widths).zip(&self.columns)
            {
                let part = lines.get(place).map_or("", String::as_str);
                let blanks = width.saturating_sub(columns(part));
                let (before, after) = match column.align {
                    Align::Left => (0, blanks),
                    Align::Right => (blanks, 0),
                };
                if part.is_empty() {
                    pending += width + GAP;
                } else {
                    text.push_str(&" ".repeat(pending + before));
                    text.push_str(&emphasize(part, cell.emphasis, screen));
                    pending = after + GAP;
                }
            }
            text.push('\n');
        }
        text
    }
}

/// A table that comes part by part: the first decides how wide its columns are.
#[derive(Debug, Clone, Default)]
pub struct LongTable {
    widths: Option<Vec<usize>>,
}

impl LongTable {
    /// The next part as text, below the titles if it is the first. All parts have the same columns.
    pub fn part(&mut self, grid: &Grid, screen: &Screen) -> String {
        let (head, widths) = if let Some(begun) = &self.widths {
            (String::new(), grid.further_widths(begun, screen))
        } else {
            let widths = grid.widths(screen.width);
            (grid.head(&widths, screen), widths)
        };
        let text = head + &grid.body(&widths, screen);
        self.widths = Some(widths);
        text
    }
}

fn widest_line(text: &str) -> usize {
    text.split('\n').map(columns).max().unwrap_or(0)
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{ASCII, WIDE};

    fn grid() -> Grid {
        let mut grid = Grid::new(vec![
            Column::fixed("Id").right(),
            Column::text("Name"),
            Column::text("Task"),
        ]);
        grid.row(vec![
            "1".into(),
            "org/a long name of a model".into(),
            "text".into(),
        ]);
        grid.row(vec!["12".into(), "模型".into(), "".into()]);
        grid
    }

    #[test]
    fn columns_are_as_wide_as_they_need() {
        assert_eq!(
            grid().render(&WIDE),
            "Id  Name                        Task\n\
             ────────────────────────────────────\n\
             \u{20}1  org/a long name of a model  text\n\
             12  模型\n"
        );
    }

    #[test]
    fn a_narrow_screen_wraps_and_cuts_nothing() {
        let text = grid().render(&Screen { width: 24, ..ASCII });
        assert_eq!(
            text,
            "Id  Name            Task\n\
             ------------------------\n\
             \u{20}1  org/a long      text\n\
             \u{20}   name of a\n\
             \u{20}   model\n\
             12  模型\n"
        );
    }

    #[test]
    fn a_further_part_keeps_the_columns_where_it_can() {
        let first = grid().widths(ASCII.width);
        let mut further = grid();
        further.row(vec!["1234".into(), "x".repeat(40).into(), "".into()]);
        assert_eq!(further.further_widths(&first, &ASCII), [4, first[1], first[2]]);
        let pipe = Screen {
            width: usize::MAX,
            ..ASCII
        };
        assert_eq!(further.further_widths(&first, &pipe), [4, 40, first[2]]);
    }

    #[test]
    fn colour_changes_no_width() {
        let color = Screen { color: true, ..WIDE };
        let text = grid().render(&color);
        assert!(
            text.starts_with("\u{1b}[1mId\u{1b}[0m  \u{1b}[1mName\u{1b}[0m      "),
            "{text}"
        );
    }
}
