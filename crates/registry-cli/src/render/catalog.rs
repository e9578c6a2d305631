//! Names and tags, with what is behind each.

use registry_core::{ModelRef, NameSummary, TagSummary};

use super::grid::{Column, Grid, LongTable};
use super::text::plain;
use super::{Screen, number, time};

/// The next part of a table of names.
pub fn names(table: &mut LongTable, names: &[NameSummary], screen: &Screen) -> String {
    let mut grid = Grid::new(vec![
        Column::text("Name"),
        Column::fixed("Versions").right(),
        Column::fixed("Highest"),
        Column::fixed("Model ID").right(),
        Column::fixed(time::heading("Registered", screen)),
    ]);
    for name in names {
        grid.row(vec![
            plain(name.name.as_str(), screen).into(),
            number::counted(name.versions).into(),
            name.highest.version.to_string().into(),
            name.highest.id.to_string().into(),
            time::minute(name.registered_at, screen).into(),
        ]);
    }
    table.part(&grid, screen)
}

/// The next part of a table of tags.
pub fn tags(table: &mut LongTable, tags: &[TagSummary], screen: &Screen) -> String {
    let mut grid = Grid::new(vec![
        Column::text("Tag"),
        Column::fixed("Models").right(),
        Column::text("Holder"),
        Column::fixed(time::heading("Since", screen)),
    ]);
    for tag in tags {
        let holder = tag.holder.as_ref().map(ModelRef::to_string);
        let since = tag.since.map(|since| time::minute(since, screen));
        grid.row(vec![
            plain(tag.tag.as_str(), screen).into(),
            number::counted(tag.models).into(),
            plain(&holder.unwrap_or_default(), screen).into(),
            since.unwrap_or_default().into(),
        ]);
    }
    table.part(&grid, screen)
}

#[cfg(test)]
mod tests {
    use registry_core::search::Count;

    use super::*;
    use crate::render::testing::{ASCII, a_model, at};

    #[test]
    fn a_line_for_each() {
        let highest = a_model(7, "gpt", "1.2.0").reference();
        let name = NameSummary {
            name: "gpt".parse().unwrap(),
            versions: Count::MoreThan(10_000),
            highest: highest.clone(),
            registered_at: at("2026-01-31T12:00:00Z"),
        };
        assert_eq!(
            names(&mut LongTable::default(), &[name], &ASCII),
            "\
Name  Versions  Highest  Model ID  Registered (UTC)
---------------------------------------------------
gpt    >10,000  1.2.0           7  2026-01-31 12:00
"
        );
        let held = TagSummary {
            tag: "production".parse().unwrap(),
            models: Count::Exactly(1),
            holder: Some(highest),
            since: Some(at("2026-02-01T09:30:00Z")),
        };
        let left = TagSummary {
            tag: "old".parse().unwrap(),
            models: Count::Exactly(2),
            holder: None,
            since: None,
        };
        assert_eq!(
            tags(&mut LongTable::default(), &[held, left], &ASCII),
            "\
Tag         Models  Holder            Since (UTC)
------------------------------------------------------
production       1  gpt@1.2.0 (id 7)  2026-02-01 09:30
old              2
"
        );
    }
}
