//! From domain types to text, as pure functions: what a person reads in a terminal, and what programs read as CSV or
//! as a graph.
//!
//! Nothing here reads a clock, opens a file or prints. Text that users wrote reaches a terminal only through
//! [`text::plain`], so that control characters in it are shown and never obeyed.

mod catalog;
mod column;
mod comparison;
pub mod copy;
mod csv;
mod exports;
mod facets;
pub mod grid;
mod history;
mod leaderboard;
mod lineage;
mod model;
pub mod number;
mod search_error;
mod settings;
mod sparkline;
mod table;
#[cfg(test)]
mod testing;
pub mod text;
pub mod time;
#[cfg(feature = "server")]
mod tokens;
mod webhooks;

#[cfg(feature = "server")]
pub use self::tokens::tokens;
pub use self::webhooks::{deliveries, delivery, webhook, webhooks};
pub use catalog::{names, tags};
pub use column::{Listed, ModelColumn};
pub use comparison::{comparison, comparison_csv};
pub use exports::exports;
pub use facets::facets;
pub use history::{changes, history};
pub use leaderboard::leaderboard;
pub use lineage::{lineage_dot, lineage_mermaid, lineage_tree};
pub use model::{model, model_verbose};
pub use search_error::search_error;
pub use settings::settings;
pub use sparkline::sparkline;
pub use table::{ModelTable, chosen_csv, chosen_csv_header, models_csv, models_csv_header, total};

/// What a text is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Columns; `usize::MAX`: no terminal, nothing is wrapped.
    pub width: usize,
    /// Colour and bold may be used.
    pub color: bool,
    /// The reader can show more than ASCII.
    pub unicode: bool,
    /// Times in UTC instead of the local time zone.
    pub utc: bool,
}
