//! `/promote` and `/rollback`: a tag moves. First a rehearsal shows who gets it and who loses it, and asks why; the form
//! on that page does it, if the tag is still where it was. If it is not, the rehearsal is shown anew, with the reason as it
//! was typed.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use registry_core::{
    ModelId, ModelName, ModelRef, Promotion, PromotionScope, RegistryStoreExt as _, Revision, Selector,
    TagName,
};
use serde::Deserialize;

use super::form::{Mistake, Posted, Refused, csrf};
use super::guard::Visitor;
use super::layout::Page;
use super::parts::{model_link, tag_link, with};
use super::{Answer, Looking};
use crate::api::promotion::{Expect, promote_as, roll_back_as};
use crate::api::{Shared, model};
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
    promotion(&app, &visitor, (model.id, tag), Why::default()).await
}

/// The reason as it was typed, and why the form that had it was refused.
#[derive(Default)]
struct Why<'f> {
    reason: &'f str,
    refused: Option<&'f Refused>,
}

/// The rehearsal of a promotion, and the form that does it.
async fn promotion(app: &App, visitor: &Visitor, (model, tag): (ModelId, TagName), why: Why<'_>) -> Answer {
    let caller = visitor.caller()?;
    // A token for some names may take the tag from no other name, whatever the setting says.
    let scope = caller.is_limited_to_names().then_some(PromotionScope::Name);
    let promotion = promote_as(app, caller, (model, tag.clone()), scope, None, (None, true)).await?;
    let holder = holder(app, &tag, &promotion).await?;
    let expect = holder
        .as_ref()
        .map_or_else(|| "none".to_owned(), |holder| holder.id.to_string());
    let fields = html! {
        input type="hidden" name="model" value=(model);
        input type="hidden" name="tag" value=(tag);
        input type="hidden" name="scope" value=(promotion.scope);
        input type="hidden" name="expect" value=(expect);
        input type="hidden" name="losers" value=(ids(&promotion.lost));
    };
    let form = Form {
        action: "/promote",
        verb: "Promote",
        fields,
        why,
    };
    let body = rehearsed(visitor, &tag, &promotion, holder.as_ref(), &form);
    Ok(Page::new("Promote", visitor).show(&body))
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
    /// Who loses the tag in the rehearsal; fields that are empty do not arrive.
    #[serde(default)]
    losers: String,
    reason: Option<String>,
}

/// The ids of models, in their order.
fn ids(models: &[ModelRef]) -> String {
    let mut ids: Vec<ModelId> = models.iter().map(|model| model.id).collect();
    ids.sort_unstable();
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    ids.join(",")
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
    let caller = visitor.caller()?;
    let attempt = |why| {
        let expect = Some(Expect::Text(form.expect.clone()));
        promote_as(&app, caller, (model, tag.clone()), Some(scope), expect, why)
    };
    // One that is missing is one that breaks the rules.
    let reason = form.reason.unwrap_or_default();
    // Whom a selector does not find, a retired model, may hold the tag too: nobody loses it who was not shown.
    let outcome = match attempt((None, true)).await {
        Ok(rehearsed) if ids(&rehearsed.lost) != form.losers => Err(moved(&tag)),
        Ok(_) => attempt((Some(reason.clone()), false)).await,
        Err(problem) => Err(problem),
    };
    let Err(problem) = outcome else {
        return Ok(done(&tag));
    };
    let refused = refused(&tag, problem)?;
    let page = promotion(&app, &visitor, (model, tag), Why::of(&reason, &refused)).await?;
    Ok(refused.answer(page))
}

/// A refusal after which the rehearsal is shown anew; others are errors of their own.
fn refused(tag: &TagName, problem: Problem) -> Result<Refused, Problem> {
    let (field, problem) = match problem.code() {
        "invalid_reason" => (Some("reason"), problem),
        // Another holds it, none does, or who did is gone or was changed.
        "unexpected_holder" | "revision_changed" | "model_not_found" => (None, moved(tag)),
        _ => return Err(problem),
    };
    Ok(Refused { field, problem })
}

fn moved(tag: &TagName) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "unexpected_holder",
        format!("Nothing was done: the tag `{tag}` has moved meanwhile, or who holds it was changed."),
        "What it would do now is shown below.",
    )
}

impl<'f> Why<'f> {
    fn of(reason: &'f str, refused: &'f Refused) -> Self {
        Self {
            reason,
            refused: Some(refused),
        }
    }
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
    rollback(&app, &visitor, (&tag, name.as_ref()), Why::default()).await
}

/// The rehearsal of a rollback, and the form that does it.
async fn rollback(
    app: &App,
    visitor: &Visitor,
    (tag, name): (&TagName, Option<&ModelName>),
    why: Why<'_>,
) -> Answer {
    let caller = visitor.caller()?;
    let holders = roll_back_as(app, caller, tag, name, (None, true)).await?.lost;
    let mut seen = Vec::new();
    for holder in holders {
        // It tells since when the holder has the tag, and so who had it before.
        seen.push(model(app, holder.id).await?.revision()?);
    }
    let promotion = roll_back_as(app, &caller.expecting(seen.clone()), tag, name, (None, true)).await?;
    let fields = html! {
        input type="hidden" name="tag" value=(tag);
        @if let Some(name) = name { input type="hidden" name="name" value=(name); }
        @for revision in &seen { input type="hidden" name="seen" value=(revision); }
    };
    let form = Form {
        action: "/rollback",
        verb: "Roll back",
        fields,
        why,
    };
    let body = rehearsed(visitor, tag, &promotion, None, &form);
    Ok(Page::new("Roll back", visitor).show(&body))
}

#[derive(Deserialize)]
pub(crate) struct Rollback {
    tag: String,
    name: Option<String>,
    /// The revision of the holder in the rehearsal.
    seen: String,
    reason: Option<String>,
}

/// Rolls back, if the holder is as he was in the rehearsal.
pub(crate) async fn roll_back(
    State(app): Shared,
    Extension(visitor): Looking,
    Posted(form): Posted<Rollback>,
) -> Answer {
    let tag = TagName::parse(form.tag)?;
    let name = form.name.map(ModelName::parse).transpose()?;
    let seen = Revision::parse(&form.seen).into_iter().collect();
    let caller = visitor.caller()?.expecting(seen);
    let attempt = |why| roll_back_as(&app, &caller, &tag, name.as_ref(), why);
    let reason = form.reason.unwrap_or_default();
    let outcome = match attempt((None, true)).await {
        Ok(_) => attempt((Some(reason.clone()), false)).await,
        Err(problem) => Err(problem),
    };
    let Err(problem) = outcome else {
        return Ok(done(&tag));
    };
    let refused = refused(&tag, problem)?;
    let page = match rollback(&app, &visitor, (&tag, name.as_ref()), Why::of(&reason, &refused)).await {
        Ok(page) => page,
        Err(impossible) if impossible.status().is_client_error() => over(&visitor, &tag, &impossible),
        Err(failure) => return Err(failure),
    };
    Ok(refused.answer(page))
}

/// What is said where a tag has moved and there is nothing left to roll back.
fn over(visitor: &Visitor, tag: &TagName, impossible: &Problem) -> axum::response::Response {
    let body = html! {
        h1 { "Not rolled back" }
        div.notice.bad role="alert" {
            p { "Nothing was done: the tag " (tag_link(tag)) " has moved meanwhile." }
            p { "Now " (impossible.message()) "." }
        }
        p { a href=(history(tag)) { "Who moved it" } " · " a href="/tags" { "To the tags" } }
    };
    Page::new("Not rolled back", visitor).show(&body)
}

/// The history of the tag shows what was done.
fn done(tag: &TagName) -> axum::response::Response {
    Redirect::to(&history(tag)).into_response()
}

fn history(tag: &TagName) -> String {
    with("/activity", &[("tag", Some(tag.as_str()))])
}

/// The form below a rehearsal.
struct Form<'f> {
    action: &'static str,
    verb: &'static str,
    /// What it sends besides the reason.
    fields: Markup,
    why: Why<'f>,
}

fn rehearsed(
    visitor: &Visitor,
    tag: &TagName,
    promotion: &Promotion,
    holder: Option<&ModelRef>,
    form: &Form<'_>,
) -> Markup {
    let Form {
        action,
        verb,
        fields,
        why,
    } = form;
    let mistake = Mistake(why.refused);
    let unharmed = holder.filter(|holder| {
        holder.id != promotion.model.id && !promotion.lost.iter().any(|loser| loser.id == holder.id)
    });
    html! {
        h1 { (verb) "?" }
        @if mistake.is_above() && promotion.changed {
            (mistake.above())
            p { a href=(history(tag)) { "Who moved it" } }
        }
        @if !promotion.changed {
            div.notice { p { (model_link(&promotion.model.reference())) " holds " (tag_link(tag)) " already. Nothing would change." } }
            p { a href=(history(tag)) { "Who gave it" } " · " a href="/tags" { "Back to the tags" } }
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
                input #reason name="reason" required maxlength="500" value=(why.reason)
                    aria-invalid=[mistake.is_at("reason").then_some("true")]
                    aria-describedby=[mistake.described("reason", Some("reason-help"))];
                (mistake.beside("reason"))
                p #reason-help.quiet { "It is kept in the history for those who come after." }
                p { button type="submit" { (verb) } " " a href="/tags" { "Cancel" } }
            }
        }
    }
}

/// How many losers are named.
const LOSERS: usize = 50;
