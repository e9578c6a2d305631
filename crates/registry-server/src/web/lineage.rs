//! Where a model came from and what came from it, as a picture that can be walked: each box is a link.

use maud::{Markup, html};
use registry_core::search::{Filter, ModelSummary, SearchQuery};
use registry_core::{Limit, Model, RegistryStore, Selector, Timestamp};

use super::parts::{cut, with};
use crate::http::problem::Problem;

/// How many generations back.
const ANCESTORS: usize = 3;
/// How many children.
const CHILDREN: u32 = 8;

const WIDTH: u32 = 154;
const HEIGHT: u32 = 48;
const GAP: u32 = 34;
const SPACE: u32 = 14;

/// A model's family, as far as it is shown.
pub(super) struct Family {
    /// The oldest first.
    ancestors: Vec<ModelSummary>,
    /// Whether the oldest has a parent too.
    older: bool,
    children: Vec<ModelSummary>,
    more_children: bool,
}

/// Looks for it.
pub(super) async fn family(store: &dyn RegistryStore, model: &Model) -> Result<Family, Problem> {
    let mut ancestors = Vec::new();
    let mut parent = model.parent;
    while let Some(id) = parent.filter(|_| ancestors.len() < ANCESTORS) {
        let Some(found) = store.find(&Selector::Id(id)).await? else {
            break;
        };
        parent = found.parent;
        ancestors.push(ModelSummary::from(&found));
    }
    ancestors.reverse();
    let filter = Filter::parent().equals(model.id.get())?;
    let query = SearchQuery::of_every_status(Some(filter), Vec::new())?.limit(Limit::AtMost(CHILDREN));
    let children = store.search(&query, Timestamp::EPOCH).await?;
    Ok(Family {
        older: parent.is_some() && ancestors.len() == ANCESTORS,
        ancestors,
        more_children: children.next.is_some(),
        children: children.items,
    })
}

impl Family {
    /// Whether there is nobody but the model itself.
    pub(super) fn is_alone(&self) -> bool {
        self.ancestors.is_empty() && self.children.is_empty()
    }
}

/// The picture: ancestors from the left, the model, its children at the right.
pub(super) fn picture(family: &Family, model: &Model) -> Markup {
    let me = ModelSummary::from(model);
    let column = |place: usize| place_of(place) * (WIDTH + GAP) + 2;
    let rows = place_of(family.children.len().max(1));
    let height = rows * (HEIGHT + SPACE) - SPACE + 4;
    let middle = (height - HEIGHT) / 2;
    let columns = family.ancestors.len() + 1 + usize::from(!family.children.is_empty());
    let width = column(columns) - GAP + 2;
    let line = family.ancestors.iter().chain([&me]).enumerate();
    let mine = column(family.ancestors.len());
    html! {
        div.wide tabindex="0" role="region" aria-label="Family" {
            svg.family xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height)
                role="group" aria-label="Ancestors at the left, children at the right" {
                @for (place, _) in line.clone().skip(1) {
                    (edge(column(place - 1) + WIDTH, middle + HEIGHT / 2, column(place), middle + HEIGHT / 2))
                }
                @for (row, _) in family.children.iter().enumerate() {
                    @let top = place_of(row) * (HEIGHT + SPACE) + 2;
                    (edge(mine + WIDTH, middle + HEIGHT / 2, mine + WIDTH + GAP, top + HEIGHT / 2))
                }
                @for (place, member) in line { (node(member, column(place), middle, member.id == model.id)) }
                @for (row, child) in family.children.iter().enumerate() {
                    (node(child, mine + WIDTH + GAP, place_of(row) * (HEIGHT + SPACE) + 2, false))
                }
            }
        }
        @if family.older { p.quiet { "The oldest one shown has ancestors too: walk there to see them." } }
        @if family.more_children {
            p { a href=(with("/", &[("where", Some(&format!("parent = {}", model.id))), ("status", Some("all"))])) { "All children" } }
        }
    }
}

fn place_of(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn edge(from_x: u32, from_y: u32, to_x: u32, to_y: u32) -> Markup {
    let middle = u32::midpoint(from_x, to_x);
    html! { path.edge d={ "M" (from_x) " " (from_y) "C" (middle) " " (from_y) " " (middle) " " (to_y) " " (to_x) " " (to_y) } {} }
}

fn node(model: &ModelSummary, x: u32, y: u32, here: bool) -> Markup {
    let inside = html! {
        title { (model.name) "@" (model.version) }
        rect x=(x) y=(y) width=(WIDTH) height=(HEIGHT) rx="8" {}
        text x=(x + 12) y=(y + 20) { (cut(model.name.as_str(), 18)) }
        text.quiet x=(x + 12) y=(y + 38) { (cut(&model.version.to_string(), 20)) }
    };
    html! {
        @if here { g.node.here { (inside) } } @else { a.node href={ "/models/" (model.id) } { (inside) } }
    }
}
