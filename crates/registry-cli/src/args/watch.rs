//! `watch`.

use clap::Args;
use registry_core::{EventId, Limit};

const EXAMPLES: &str = "\
Examples:
  registry-cli watch
  registry-cli watch --after 120 --json
  registry-cli watch --after 0 --no-wait --json > events.jsonl
  registry-cli watch --after 120 --exec ./deploy.sh";

/// Shows each event as it happens, until Ctrl-C; none is missed and none comes twice.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Watch {
    /// Begin with the events after this one; 0: with the first [default: those from now on]
    #[arg(long, value_name = "EVENT", value_parser = clap::value_parser!(i64).range(0..))]
    after: Option<i64>,
    /// End after so many events; -1 for never
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "-1",
        allow_negative_numbers = true
    )]
    pub(crate) limit: Limit,
    /// End with the newest event that is there now
    #[arg(long, requires = "after")]
    pub(crate) no_wait: bool,
    /// Run this in a shell for each event, with the event as a line of JSON on its standard input; end when it fails
    #[arg(long, value_name = "COMMAND")]
    pub(crate) exec: Option<String>,
}

impl Watch {
    /// The event after which to begin, if one was named.
    pub(crate) fn after(&self) -> Option<EventId> {
        self.after.map(EventId)
    }
}
