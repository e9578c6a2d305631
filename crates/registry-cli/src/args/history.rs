//! `history`.

use clap::Args;
use registry_core::{EventId, Limit, ModelName, Selector, TagName};

const EXAMPLES: &str = "\
Examples:
  registry-cli history --limit 20
  registry-cli history gpt-small@1.2.0
  registry-cli history --tag production --name gpt-small --utc
  registry-cli history --all --json > history.json";

/// Shows what happened, newest first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct History {
    /// Only this model: 5 (also when it was deleted), NAME@1.2.0, NAME@^1, NAME@latest, :TAG or NAME@:TAG
    #[arg(value_name = "MODEL", conflicts_with = "model_id")]
    model: Option<Selector>,
    /// Only this model, as an option
    #[arg(long, value_name = "MODEL", allow_negative_numbers = true)]
    model_id: Option<Selector>,
    /// Only models of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<ModelName>,
    /// Only this tag
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Option<TagName>,
    /// How many at most; -1 for all
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "50",
        allow_negative_numbers = true
    )]
    limit: Limit,
    /// Show every one: the same as --limit -1
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Only events before this one: the `next` of the page before
    #[arg(long, value_name = "EVENT")]
    before: Option<i64>,
}

impl History {
    /// How many to show.
    pub(crate) fn limit(&self) -> Limit {
        if self.all { Limit::Unlimited } else { self.limit }
    }

    /// The model, if one was named.
    pub(crate) fn model(&self) -> Option<&Selector> {
        self.model.as_ref().or(self.model_id.as_ref())
    }

    /// The event before which to begin, if one was named.
    pub(crate) fn before(&self) -> Option<EventId> {
        self.before.map(EventId)
    }
}
