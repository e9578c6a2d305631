//! `names` and `tags`: what the registry holds, in outline.

use registry_core::{CatalogQuery, Limit, RegistryStore};
use serde_json::json;

use super::{Answer, NO_MODELS, PIECE};
use crate::args::{Names, Tags};
use crate::document::ListDocument;
use crate::output::Output;
use crate::render;
use crate::render::grid::LongTable;
use crate::session::Session;

/// The two differ in the verb, the words and the columns.
macro_rules! catalog {
    ($(#[$doc:meta])* $verb:ident, $args:ty, $nothing:literal, $hint:expr) => {
        $(#[$doc])*
        pub(super) async fn $verb(
            args: $args,
            store: &dyn RegistryStore,
            session: &mut Session<'_, '_>,
        ) -> Answer {
            let mut left = args.page.limit();
            let mut after = args.page.after;
            let from_start = after.is_none();
            let mut document = ListDocument::new(&[], stringify!($verb));
            let mut table = LongTable::default();
            let mut shown = 0;
            let next = loop {
                let (limit, rest) = piece(left);
                let page = store.$verb(&CatalogQuery { limit, after }).await?;
                shown += page.items.len();
                let text = if session.json {
                    document.items(&page.items)
                } else if page.items.is_empty() {
                    String::new()
                } else {
                    render::$verb(&mut table, &page.items, &session.screen)
                };
                if let Err(error) = session.print(&text) {
                    return Ok(Output::stopped(error));
                }
                match (page.next, rest) {
                    (Some(next), Some(rest)) => (after, left) = (Some(next), rest),
                    (next, _) => break next,
                }
            };
            if session.json {
                return Ok(Output::text(document.end(&[("next", json!(next))])));
            }
            if shown == 0 {
                let output = Output::text($nothing);
                return Ok(if from_start { output.hint($hint) } else { output });
            }
            Ok(match next {
                Some(next) => Output::text("").hint(format!(
                    "there are more: --after {} shows the next page, --all every one",
                    super::written::word(next.as_str())
                )),
                None => Output::text(""),
            })
        }
    };
}

catalog!(
    /// The names that have models.
    names, Names, "No names found.", NO_MODELS
);

catalog!(
    /// The tags that models hold.
    tags, Tags, "No tags found.", "no model has a tag; `registry-cli tag MODEL TAG` adds one, `registry-cli promote` gives one to a single model"
);

/// How many to read next, and what is then left to read, if anything.
pub(super) fn piece(left: Limit) -> (Limit, Option<Limit>) {
    match left {
        Limit::Unlimited => (Limit::AtMost(PIECE), Some(Limit::Unlimited)),
        Limit::AtMost(left) if left > PIECE => (Limit::AtMost(PIECE), Some(Limit::AtMost(left - PIECE))),
        Limit::AtMost(_) => (left, None),
    }
}
