//! `/promote` and `/rollback`: a tag moves. First a rehearsal shows who gets it and who loses it, and asks why; the form
//! on that page does it, if the tag is still where it was.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use registry_core::{
    ModelName, ModelRef, Promotion, PromotionScope, RegistryStoreExt as _, Selector, TagName,
};
use serde::Deserialize;

use super::form::{Posted, csrf};
use super::guard::Visitor;
use super::layout::Page;
use super::parts::{model_link, tag_link, with};
use super::{Answer, Looking};
use crate::api::Shared;
use crate::api::promotion::{Expect, promote_as, roll_back_as};
use crate::app::App;
use crate::http::extract::Parameters;
use crate::http::problem::Problem;

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    /// The model, as people name it.
    model: String,
    tag: String,
}

/// Shows what a promotion would do.
pub(crate) async fn preview(
    State(app): Shared,
    Extension(visitor): Looking,
    Parameters(asked): Parameters<Asked>,
) -> Answer {
    let tag = TagName::parse(asked.tag.trim())?;
    let model = app.store.get(&Selector::parse(asked.model.trim())?).await?;
    let caller = visitor.caller()?;
    let promotion = promote_as(&app, caller, (model.id, tag.clone()), None, None, (None, true)).await?;
    let holder = holder(&app, &tag, &promotion).await?;
    let expect = holder
        .as_ref()
        .map_or_else(|| "none".to_owned(), |holder| holder.id.to_string());
    let fields = html! {
        input type="hidden" name="model" value=(model.id);
        input type="hidden" name="tag" value=(tag);
        input type="hidden" name="scope" value=(promotion.scope);
        input type="hidden" name="expect" value=(expect);
    };
    let body = rehearsed(
        &visitor,
        &tag,
        &promotion,
        holder.as_ref(),
        ("/promote", "Promote"),
        &fields,
    );
    Ok(Page::new("Promote", &visitor).show(&body))
}

/// Who holds the tag, among those that the promotion may take it from.
async fn holder(app: &App, tag: &TagName, promotion: &Promotion) -> Result<Option<ModelRef>, Problem> {
    let selector = Selector::Tag {
        tag: tag.clone(),
        name: (promotion.scope == PromotionScope::Name).then(|| promotion.model.name.clone()),
    };
    Ok(app.store.find(&selector).await?.map(|model| model.reference()))
}

#[derive(Deserialize)]
pub(crate) struct Promote {
    model: String,
    tag: String,
    scope: String,
    expect: String,
    reason: Option<String>,
}

/// Promotes.
pub(crate) async fn promote(
    State(app): Shared,
    Extension(visitor): Looking,
    Posted(form): Posted<Promote>,
) -> Answer {
    let tag = TagName::parse(form.tag)?;
    let model = form.model.parse()?;
    let scope: PromotionScope = form.scope.parse()?;
    let expect = Some(Expect::Text(form.expect));
    let what = (model, tag.clone());
    promote_as(
        &app,
        visitor.caller()?,
        what,
        Some(scope),
        expect,
        (form.reason, false),
    )
    .await?;
    Ok(done(&tag))
}

#[derive(Debug, Deserialize)]
pub(crate) struct AskedRollback {
    tag: String,
    name: Option<String>,
}

/// Shows what a rollback would do.
pub(crate) async fn preview_rollback(
    State(app): Shared,
    Extension(visitor): Looking,
    Parameters(asked): Parameters<AskedRollback>,
) -> Answer {
    let tag = TagName::parse(asked.tag.trim())?;
    let name = asked.name.filter(|name| !name.is_empty());
    let name = name.map(ModelName::parse).transpose()?;
    let promotion = roll_back_as(&app, visitor.caller()?, &tag, name.as_ref(), (None, true)).await?;
    let fields = html! {
        input type="hidden" name="tag" value=(tag);
        @if let Some(name) = &name { input type="hidden" name="name" value=(name); }
        input type="hidden" name="model" value=(promotion.model.id);
    };
    let body = rehearsed(
        &visitor,
        &tag,
        &promotion,
        None,
        ("/rollback", "Roll back"),
        &fields,
    );
    Ok(Page::new("Roll back", &visitor).show(&body))
}

#[derive(Deserialize)]
pub(crate) struct Rollback {
    tag: String,
    name: Option<String>,
    /// Who got the tag in the rehearsal.
    model: String,
    reason: Option<String>,
}

/// Rolls back.
pub(crate) async fn roll_back(
    State(app): Shared,
    Extension(visitor): Looking,
    Posted(form): Posted<Rollback>,
) -> Answer {
    let tag = TagName::parse(form.tag)?;
    let name = form.name.map(ModelName::parse).transpose()?;
    let caller = visitor.caller()?;
    let now = roll_back_as(&app, caller, &tag, name.as_ref(), (None, true)).await?;
    if now.model.id != form.model.parse()? {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "unexpected_holder",
            format!("the tag `{tag}` has moved meanwhile, so nothing was done"),
            "look at it again and decide again",
        ));
    }
    roll_back_as(&app, caller, &tag, name.as_ref(), (form.reason, false)).await?;
    Ok(done(&tag))
}

/// The history of the tag shows what was done.
fn done(tag: &TagName) -> axum::response::Response {
    Redirect::to(&with("/activity", &[("tag", Some(tag.as_str()))])).into_response()
}

fn rehearsed(
    visitor: &Visitor,
    tag: &TagName,
    promotion: &Promotion,
    holder: Option<&ModelRef>,
    (action, verb): (&str, &str),
    fields: &Markup,
) -> Markup {
    let unharmed = holder.filter(|holder| {
        holder.id != promotion.model.id && !promotion.lost.iter().any(|loser| loser.id == holder.id)
    });
    html! {
        h1 { (verb) "?" }
        @if !promotion.changed {
            div.notice { p { (model_link(&promotion.model.reference())) " holds " (tag_link(tag)) " already. Nothing would change." } }
            p { a href="/tags" { "Back to the tags" } }
        } @else {
            dl.rehearsal {
                dt { "Gets " (tag_link(tag)) }
                dd { (model_link(&promotion.model.reference())) }
                dt { "Loses it" }
                dd {
                    @if promotion.lost.is_empty() { span.quiet { "nobody" } }
                    @else {
                        ul.plain {
                            @for loser in promotion.lost.iter().take(LOSERS) { li { (model_link(loser)) } }
                            @if promotion.lost.len() > LOSERS { li { "and " (promotion.lost.len() - LOSERS) " more" } }
                        }
                    }
                }
                @if let Some(holder) = unharmed { dt { "Keeps it" } dd { (model_link(holder)) } }
                dt { "Scope" } dd { (promotion.scope) }
            }
            form.stacked method="post" action=(action) {
                (csrf(visitor))
                (fields)
                label for="reason" { "Why" }
                input #reason name="reason" required maxlength="500" aria-describedby="reason-help";
                p #reason-help.quiet { "It is kept in the history for those who come after." }
                p { button type="submit" { (verb) } " " a href="/tags" { "Cancel" } }
            }
        }
    }
}

/// How many losers are named.
const LOSERS: usize = 50;
