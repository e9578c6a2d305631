//! Pages for people: HTML made on the server, which works without JavaScript and is better with a little of our own.
//!
//! A page reads through the store and the types of core, as the API does, and decides nothing. Whoever looks is known by
//! a session ([`session`]) that a token has opened. What browsers are told about a page stands in [`layout`].

pub(crate) mod activity;
pub(crate) mod assets;
mod chart;
mod commands;
pub(crate) mod compare;
mod failure;
mod form;
mod guard;
mod layout;
mod lineage;
pub(crate) mod live;
pub(crate) mod login;
pub(crate) mod model;
pub(crate) mod models;
pub(crate) mod name;
mod parts;
mod plots;
pub(crate) mod promotion;
mod row;
mod session;
pub(crate) mod tags;
pub(crate) mod tokens;
pub(crate) mod webhooks;

use axum::Extension;
use axum::response::Response;

pub(crate) use self::commands::Scheme;
use crate::http::problem::Problem;

pub(crate) use failure::{failure, is_page};
pub(crate) use guard::admit;
pub(crate) use session::Sessions;

/// Who looks at the page, as handlers get it.
type Looking = Extension<guard::Visitor>;
/// What a page answers.
type Answer = Result<Response, Problem>;
