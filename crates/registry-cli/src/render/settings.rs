//! The registry's settings.

use registry_core::{PromotionScope, Settings};

use super::Screen;
use super::grid::{Column, Grid};

/// The settings and what they mean.
pub fn settings(settings: &Settings, screen: &Screen) -> String {
    let meaning = match settings.promotion_scope {
        PromotionScope::Registry => "a promotion takes the tag from every other model",
        PromotionScope::Name => "a promotion takes the tag from the other versions of the same name",
        PromotionScope::None => "a promotion takes the tag from nobody",
    };
    let mut grid = Grid::new(vec![
        Column::fixed("Setting"),
        Column::fixed("Value"),
        Column::text("Meaning"),
    ]);
    grid.row(vec![
        Settings::PROMOTION_SCOPE.into(),
        settings.promotion_scope.to_string().into(),
        meaning.into(),
    ]);
    grid.render(screen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::ASCII;

    #[test]
    fn a_setting_says_what_it_means() {
        let text = settings(&Settings::default(), &ASCII);
        assert!(
            text.contains("promotion-scope  registry  a promotion takes the tag from every other model\n"),
            "{text}"
        );
    }
}
