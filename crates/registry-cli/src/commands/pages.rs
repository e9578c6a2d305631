//! A long list, read and printed page by page.

use registry_core::{Limit, Page};
use serde::Serialize;
use serde_json::json;

use super::PIECE;
use crate::document::ListDocument;
use crate::failure::Failure;
use crate::output::Output;
use crate::render::Screen;
use crate::render::grid::LongTable;
use crate::session::Session;

/// How the printing of a list ended.
pub(super) enum Printed<C> {
    /// There is no more to say.
    Whole(Output),
    /// The lines are printed: how many entries, and where there are more.
    Lines(usize, Option<C>),
}

/// Prints `left` entries of a list from `from` on, under this key in JSON. `read` gives a page, and is told how many
/// entries were printed before.
pub(super) async fn print<T: Serialize, C: Serialize>(
    session: &mut Session<'_, '_>,
    key: &str,
    mut left: Limit,
    mut from: Option<C>,
    mut read: impl AsyncFnMut(Limit, Option<C>, usize) -> Result<Page<T, C>, Failure>,
    draw: impl Fn(&mut LongTable, &[T], &Screen) -> String,
) -> Result<Printed<C>, Failure> {
    let mut document = ListDocument::new(&[], key);
    let (mut table, mut shown) = (LongTable::default(), 0);
    let next = loop {
        let (limit, rest) = piece(left);
        let page = read(limit, from, shown).await?;
        shown += page.items.len();
        let text = if session.json {
            document.items(&page.items)
        } else if page.items.is_empty() {
            String::new()
        } else {
            draw(&mut table, &page.items, &session.screen)
        };
        if let Err(error) = session.print(&text) {
            return Ok(Printed::Whole(Output::stopped(error)));
        }
        match (page.next, rest) {
            (Some(next), Some(rest)) => (from, left) = (Some(next), rest),
            (next, _) => break next,
        }
    };
    Ok(if session.json {
        Printed::Whole(Output::text(document.end(&[("next", json!(next))])))
    } else {
        Printed::Lines(shown, next)
    })
}

/// What is said below a list of what came before something, newest first.
pub(super) fn older<C: std::fmt::Display>(printed: Printed<C>, nothing: &str) -> Output {
    match printed {
        Printed::Whole(output) => output,
        Printed::Lines(0, _) => Output::text(nothing),
        Printed::Lines(_, Some(next)) => Output::text("").hint(format!(
            "there are older ones: --before {next} shows the next page, --all every one"
        )),
        Printed::Lines(_, None) => Output::text(""),
    }
}

/// How many to read next, and what is then left to read, if anything.
pub(super) fn piece(left: Limit) -> (Limit, Option<Limit>) {
    match left {
        Limit::Unlimited => (Limit::AtMost(PIECE), Some(Limit::Unlimited)),
        Limit::AtMost(left) if left > PIECE => (Limit::AtMost(PIECE), Some(Limit::AtMost(left - PIECE))),
        Limit::AtMost(_) => (left, None),
    }
}
