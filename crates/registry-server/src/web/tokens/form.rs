//! The form that makes a token, and what was filled in.

use std::str::FromStr;

use maud::{Markup, html};
use registry_core::search::Glob;
use registry_core::{Actor, TagName, Timestamp};

use super::super::form::{Mistake, Refused, csrf};
use super::super::guard::Visitor;
use crate::access::{NewToken, Role};
use crate::http::problem::Problem;

const ROLES: [(Role, &str); 4] = [
    (Role::Reader, "reads"),
    (Role::Writer, "registers and changes models"),
    (Role::Promoter, "gives and takes tags"),
    (Role::Admin, "does everything"),
];

/// What the fields hold, whether it makes sense or not.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// How many tokens there were when the form was shown.
    pub(super) known: Option<usize>,
    owner: String,
    roles: Vec<String>,
    names: String,
    tags: String,
    expires: String,
}

impl Filled {
    /// What was sent.
    pub(super) fn sent(fields: &[(String, String)]) -> Self {
        let text = |wanted: &str| {
            let mut all = fields.iter();
            let found = all.find(|(name, _)| name == wanted);
            found.map_or_else(String::new, |(_, value)| value.trim().to_owned())
        };
        let roles = fields.iter().filter(|(name, _)| name == "role");
        Self {
            known: text("known").parse().ok(),
            owner: text("name"),
            roles: roles.map(|(_, role)| role.clone()).collect(),
            names: text("names"),
            tags: text("tags"),
            expires: text("expires"),
        }
    }

    /// The token that is asked for; or which field makes no sense.
    pub(super) fn token(&self, now: Timestamp) -> Result<NewToken, Refused> {
        let names = Some(&self.names).filter(|names| !names.is_empty());
        if let Some(names) = names {
            Glob::new(names.as_str()).map_err(Refused::of("names"))?;
        }
        let token = NewToken {
            name: Actor::parse(self.owner.as_str()).map_err(Refused::of("owner"))?,
            roles: self.roles().map_err(Refused::of("role"))?,
            names: names.cloned(),
            tags: self.tags().map_err(Refused::of("tags"))?,
            expires_at: self.expires_at(now).map_err(Refused::of("expires"))?,
        };
        if token.limits_an_admin() {
            return Err(Refused::of("role")(
                Problem::bad_request("an admin may do everything, and cannot be limited to names or tags")
                    .hinted("leave out names and tags, or choose other roles"),
            ));
        }
        Ok(token)
    }

    fn roles(&self) -> Result<Vec<Role>, Problem> {
        let choose = |message: String| Problem::bad_request(message).hinted("choose what it is for");
        if self.roles.is_empty() {
            return Err(choose("a token needs at least one role".into()));
        }
        let roles = self.roles.iter().map(|role| Role::from_str(role));
        let roles: Result<Vec<Role>, _> = roles.collect();
        roles.map_err(|error| choose(error.to_string()))
    }

    fn tags(&self) -> registry_core::Result<Option<Vec<TagName>>> {
        let tags = self.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        let tags = tags.map(TagName::parse).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(tags).filter(|tags| !tags.is_empty()))
    }

    fn expires_at(&self, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
        if self.expires.is_empty() {
            return Ok(None);
        }
        let at = Timestamp::parse(&self.expires)?;
        if at <= now {
            let over = Problem::bad_request("the token would have expired already");
            return Err(over.hinted("choose a day to come, or none"));
        }
        Ok(Some(at))
    }
}

/// The form, with what its fields hold and what is wrong with it. It counts as long as there are so many tokens.
pub(super) fn form(visitor: &Visitor, known: usize, filled: &Filled, mistake: Mistake<'_>) -> Markup {
    html! {
        form.stacked method="post" action="/tokens" {
            (csrf(visitor))
            input type="hidden" name="known" value=(known);
            label for="owner" { "Owner" }
            input #owner name="name" value=(filled.owner) required maxlength="200" autocomplete="off" spellcheck="false"
                autofocus[mistake.is_at("owner")] aria-invalid=[mistake.is_at("owner").then_some("true")]
                aria-describedby=[mistake.described("owner", Some("owner-help"))];
            (mistake.beside("owner"))
            p #owner-help.quiet { "Who, in the history." }
            fieldset aria-describedby=[mistake.described("role", None)] {
                legend { "Roles" }
                @for (role, allows) in ROLES {
                    label { input type="checkbox" name="role" value=(role) checked[filled.roles.iter().any(|chosen| chosen == role.as_str())]; " " (role) ": " span.quiet { (allows) } }
                }
                (mistake.beside("role"))
            }
            (limit("names", "Only models whose name fits", "team-a/*", &filled.names, mistake))
            (limit("tags", "Only these tags", "staging, candidate", &filled.tags, mistake))
            label for="expires" { "Can be used until" }
            input #expires name="expires" type="date" value=[Some(&filled.expires).filter(|day| !day.is_empty())]
                autofocus[mistake.is_at("expires")] aria-invalid=[mistake.is_at("expires").then_some("true")]
                aria-describedby=[mistake.described("expires", None)];
            (mistake.beside("expires"))
            p { button type="submit" { "Make it" } }
        }
    }
}

fn limit(field: &str, title: &str, example: &str, text: &str, mistake: Mistake<'_>) -> Markup {
    html! {
        label for=(field) { (title) }
        input id=(field) name=(field) value=(text) maxlength="500" placeholder=(example) spellcheck="false" autocapitalize="off"
            autofocus[mistake.is_at(field)] aria-invalid=[mistake.is_at(field).then_some("true")]
            aria-describedby=[mistake.described(field, None)];
        (mistake.beside(field))
    }
}
