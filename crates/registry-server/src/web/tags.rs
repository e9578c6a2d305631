//! `/tags`: the board of who holds what.

use std::collections::HashSet;

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use registry_core::search::{Filter, ModelSummary, SearchQuery};
use registry_core::{
    CatalogQuery, Limit, ModelId, PromotionScope, RegistryStore, TagName, TagSummary, Timestamp,
};
use serde::Deserialize;

use super::guard::Visitor;
use super::layout::Page;
use super::parts::{model_link, quoted, tag_link, thousands, time, with};
use super::{Answer, Looking};
use crate::access::Permission;
use crate::api::Shared;
use crate::http::extract::Parameters;
use crate::http::problem::Problem;

/// How many tags a page has.
const TAGS: u32 = 20;
/// How many holders of one tag are named.
const HOLDERS: u32 = 4;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    after: Option<String>,
}

/// Shows the page.
pub(crate) async fn show(
    State(app): Shared,
    Extension(visitor): Looking,
    Parameters(asked): Parameters<Asked>,
) -> Answer {
    let query = CatalogQuery {
        limit: Limit::AtMost(TAGS),
        after: asked.after.map(TagName::parse).transpose()?,
    };
    let found = app.store.tags(&query).await?;
    let scope = app.store.settings().await?.promotion_scope;
    let promoted = if visitor.may(Permission::Promote) {
        promoted(app.store.as_ref(), &found.items).await?
    } else {
        HashSet::new()
    };
    let mut rows = Vec::new();
    for tag in &found.items {
        let others = if tag.models.number() > 1 {
            others(app.store.as_ref(), tag).await?
        } else {
            Vec::new()
        };
        rows.push((tag, others));
    }
    let body = html! {
        h1 { "Tags" }
        @if rows.is_empty() {
            section.empty {
                h2 { "No model holds a tag" }
                p { "A promotion gives one, such as " code { "production" } ":" }
                pre.command tabindex="0" { "registry-cli promote --model-id 1 --tag production --reason \"first release\"" }
            }
        } @else {
            p.quiet { (rule(scope)) }
            div.wide tabindex="0" role="region" aria-label="Tags" {
                table.cards {
                    thead {
                        tr {
                            th scope="col" { "Tag" } th scope="col" { "Holder" } th scope="col" { "Since" } th scope="col" { "Models" }
                            @if visitor.may(Permission::Promote) { th scope="col" { "Move it" } }
                        }
                    }
                    tbody { @for (tag, others) in &rows { (row(tag, others, (scope, promoted.contains(&tag.tag)), &visitor)) } }
                }
            }
            @if let Some(next) = &found.next {
                nav.pages aria-label="Pages" { a rel="next" href=(with("/tags", &[("after", Some(next.as_str()))])) { "More →" } }
            }
        }
    };
    Ok(Page::new("Tags", &visitor).at("/tags").show(&body))
}

/// Which of the tags their holders got by promotion, in one look: only these can be rolled back.
async fn promoted(store: &dyn RegistryStore, tags: &[TagSummary]) -> Result<HashSet<TagName>, Problem> {
    let mut ids: Vec<ModelId> = tags
        .iter()
        .filter_map(|tag| Some(tag.holder.as_ref()?.id))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let models = store.get_many(&ids).await?;
    let holds = |tag: &TagSummary| {
        let id = tag.holder.as_ref()?.id;
        let model = models.iter().flatten().find(|model| model.id == id)?;
        model.tag(&tag.tag).filter(|held| held.promoted)
    };
    let promoted = tags.iter().filter(|tag| holds(tag).is_some());
    Ok(promoted.map(|tag| tag.tag.clone()).collect())
}

/// More models that hold a tag.
async fn others(store: &dyn RegistryStore, tag: &TagSummary) -> Result<Vec<ModelSummary>, Problem> {
    let query = SearchQuery::new(Some(Filter::tag().equals(&tag.tag)?), Vec::new())?;
    let found = store
        .search(&query.limit(Limit::AtMost(HOLDERS)), Timestamp::EPOCH)
        .await?;
    let is_other = |model: &ModelSummary| tag.holder.as_ref().is_none_or(|holder| holder.id != model.id);
    Ok(found.items.into_iter().filter(is_other).collect())
}

fn rule(scope: PromotionScope) -> &'static str {
    match scope {
        PromotionScope::Registry => {
            "A promotion takes the tag from every other model: one holder in the registry."
        }
        PromotionScope::Name => {
            "A promotion takes the tag from the other versions of its name: one holder for each name."
        }
        PromotionScope::None => "A promotion takes the tag from nobody.",
    }
}

fn row(
    tag: &TagSummary,
    others: &[ModelSummary],
    (scope, promoted): (PromotionScope, bool),
    visitor: &Visitor,
) -> Markup {
    let search = format!("tag = {}", quoted(tag.tag.as_str()));
    html! {
        tr {
            th scope="row" { (tag_link(&tag.tag)) }
            td {
                @match &tag.holder {
                    Some(holder) => { (model_link(holder)) }
                    None => { span.quiet { "nobody who is in use" } }
                }
                @for other in others { br; span.quiet { "also " } (model_link(&other.reference())) }
            }
            td data-label="Since" { @if let Some(since) = tag.since { (time(since)) } }
            td.number data-label="Models" {
                a href=(with("/", &[("where", Some(&search)), ("status", Some("all"))])) {
                    @if !tag.models.is_exact() { "more than " }
                    (thousands(tag.models.number()))
                }
            }
            @if visitor.may(Permission::Promote) { td { (moving(tag, (scope, promoted), visitor)) } }
        }
    }
}

/// Forms that lead to the preview of a promotion and, of a tag that was promoted, of a rollback.
fn moving(tag: &TagSummary, (scope, promoted): (PromotionScope, bool), visitor: &Visitor) -> Markup {
    // Under scope `name` the tag has a holder in each name, so a rollback says in which.
    let name = tag.holder.as_ref().filter(|_| scope == PromotionScope::Name);
    let name = name.map(|holder| holder.name.as_str());
    let rollback = with("/rollback", &[("tag", Some(tag.tag.as_str())), ("name", name)]);
    html! {
        @if visitor.may_move(&tag.tag) {
            form.search method="get" action="/promote" {
                input type="hidden" name="tag" value=(tag.tag);
                input name="model" required placeholder="name@version or id" spellcheck="false"
                    aria-label={ "Model that shall get " (tag.tag) };
                button.plain type="submit" { "Promote…" }
                @if promoted { a href=(rollback) { "Roll back…" } }
            }
        } @else { span.quiet { "not with this token" } }
    }
}
