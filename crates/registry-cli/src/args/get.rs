//! `get`.

use clap::Args;
use registry_core::{ConfigHash, ModelName, Selector, TagName};

use super::Time;
use super::model::no_model;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  registry-cli get --model-id 5
  registry-cli get --name gpt-small --version 1.0.0
  registry-cli get gpt-small@^1
  registry-cli get gpt-small@latest-pre
  registry-cli get --tag production --json
  registry-cli get --tag production --at 2026-01-31T12:00:00Z";

/// Shows one model.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Get {
    /// The model: 5, NAME@1.2.0, NAME@^1, NAME, :TAG or NAME@:TAG
    #[arg(
        value_name = "MODEL",
        required_unless_present_any = ["model_id", "name", "tag", "config_hash"],
        conflicts_with_all = ["model_id", "name", "tag", "config_hash"]
    )]
    model: Option<Selector>,
    /// The model as an option: its id, or any of these forms
    #[arg(
        long,
        value_name = "MODEL",
        allow_negative_numbers = true,
        conflicts_with_all = ["name", "tag", "config_hash"]
    )]
    model_id: Option<Selector>,
    /// The model's name; without --version the highest version
    #[arg(long, value_name = "NAME", conflicts_with = "config_hash")]
    name: Option<ModelName>,
    /// A version or a range of versions of this name
    #[arg(long, value_name = "VERSION", requires = "name", conflicts_with = "tag")]
    version: Option<String>,
    /// The active model that got this tag last
    #[arg(long, value_name = "TAG", conflicts_with = "config_hash")]
    tag: Option<TagName>,
    /// The newest model with this config hash
    #[arg(long, value_name = "HASH")]
    pub(crate) config_hash: Option<ConfigHash>,
    /// What held the tag at this time; without an offset it is local time, with --utc UTC
    #[arg(long, value_name = "TIME", conflicts_with_all = ["model_id", "version", "config_hash"])]
    pub(crate) at: Option<Time>,
}

impl Get {
    /// The model as it was named.
    ///
    /// # Errors
    /// For a version that is neither a version nor a range.
    pub(crate) fn selector(self) -> Result<Selector, Failure> {
        if let Some(selector) = self.model.or(self.model_id) {
            return Ok(selector);
        }
        match (self.name, self.version, self.tag) {
            (name, _, Some(tag)) => Ok(Selector::Tag { tag, name }),
            (Some(name), Some(version), None) => Ok(Selector::of_version(name, &version)?),
            (Some(name), None, None) => Ok(Selector::Latest {
                name,
                prereleases: false,
            }),
            (None, _, None) => Err(no_model()),
        }
    }
}
