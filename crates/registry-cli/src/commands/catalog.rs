//! `names` and `tags`: what the registry holds, in outline.

use registry_core::{CatalogQuery, RegistryStore};

use super::pages::{Printed, print};
use super::{Answer, NO_MODELS};
use crate::args::{Names, Tags};
use crate::output::Output;
use crate::render;
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
            let (left, after) = (args.page.limit(), args.page.after);
            let from_start = after.is_none();
            let read = async |limit, after, _| Ok(store.$verb(&CatalogQuery { limit, after }).await?);
            let printed = print(session, stringify!($verb), left, after, read, render::$verb);
            Ok(match printed.await? {
                Printed::Whole(output) => output,
                Printed::Lines(0, _) if from_start => Output::text($nothing).hint($hint),
                Printed::Lines(0, _) => Output::text($nothing),
                Printed::Lines(_, Some(next)) => Output::text("").hint(format!(
                    "there are more: --after {} shows the next page, --all every one",
                    super::written::word(next.as_str())
                )),
                Printed::Lines(_, None) => Output::text(""),
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
