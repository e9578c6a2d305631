//! How the models found divide.

use registry_core::search::{Count, FacetField, Facets};

use super::grid::{Column, Grid};
use super::text::plain;
use super::{Screen, number};

/// A line for each value, and below it of how many models it speaks.
pub fn facets(facets: &Facets, screen: &Screen) -> String {
    if facets.models == Count::Exactly(0) {
        return "No models found.\n".into();
    }
    let mut grid = Grid::new(vec![
        Column::fixed("Field"),
        Column::text("Value"),
        Column::fixed("Models").right(),
    ]);
    for field in FacetField::ALL {
        let title = match field {
            FacetField::TaskType => "Task Type",
            FacetField::Status => "Status",
            FacetField::Tag => "Tag",
            FacetField::Name => "Name",
        };
        for (at, facet) in facets.of(field).iter().enumerate() {
            grid.row(vec![
                if at == 0 { title } else { "" }.into(),
                plain(&facet.value, screen).into(),
                number::grouped(facet.count).into(),
            ]);
        }
    }
    let models = number::grouped(facets.models.number());
    grid.render(screen)
        + &match facets.models {
            Count::Exactly(_) => format!("\nTotal: {models} model(s)\n"),
            Count::MoreThan(_) => {
                format!("\nOf the first {models} models in the order of the search; there are more\n")
            }
        }
}

#[cfg(test)]
mod tests {
    use registry_core::search::FacetValue;

    use super::*;
    use crate::render::testing::ASCII;

    #[test]
    fn each_field_is_named_once() {
        let value = |value: &str, count| FacetValue {
            value: value.into(),
            count,
        };
        let found = Facets {
            models: Count::MoreThan(10_000),
            task_type: vec![value("text", 9_000), value("vision", 1_000)],
            status: vec![value("active", 10_000)],
            tag: Vec::new(),
            name: vec![value("größer", 1)],
        };
        assert_eq!(
            facets(&found, &ASCII),
            "\
Field      Value             Models
-----------------------------------
Task Type  text               9,000
           vision             1,000
Status     active            10,000
Name       gr\\u{f6}\\u{df}er       1

Of the first 10,000 models in the order of the search; there are more
"
        );
    }
}
