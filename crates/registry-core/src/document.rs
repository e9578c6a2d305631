//! Answers as programs read them: one JSON document for each, the same wherever it is asked for.
//!
//! Only answers that are more than one serialized value are here; a [`Model`](crate::Model) is its own document.

mod comparison;
mod holders;
mod written;

pub use comparison::{ComparisonDocument, ComparisonFacts, Differences, MetricDocument};
pub use holders::{Holders, holder, holders};
pub use written::{
    DeletionDocument, ExportsDocument, LabelHolder, LabellingDocument, PromotionDocument, RegisteredDocument,
};
