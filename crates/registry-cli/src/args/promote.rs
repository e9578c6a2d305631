//! `promote` and `rollback`.

use std::str::FromStr;

use clap::Args;
use registry_core::{Error, ModelName, PromotionScope, Selector, TagName};

use super::{ModelArgument, WriteOptions};

const PROMOTE_EXAMPLES: &str = "\
Examples:
  registry-cli promote --model-id 5 --tag production
  registry-cli promote gpt-small@1.2.0 --tag production --scope name --reason 'A/B test'
  registry-cli promote 5 --tag production --expect gpt-small@1.1.0";

const ROLLBACK_EXAMPLES: &str = "\
Examples:
  registry-cli rollback --tag production
  registry-cli rollback --tag production --name gpt-small --dry-run";

/// Gives a tag to a model and takes it from the others.
#[derive(Debug, Args)]
#[command(after_help = PROMOTE_EXAMPLES)]
pub(crate) struct Promote {
    #[command(flatten)]
    pub(crate) model: ModelArgument,
    /// The tag, such as `production`
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: TagName,
    /// From whom it is taken: `registry` (every other model), `name` (versions of the same name) or `none`
    /// [default: the registry's setting]
    #[arg(long, value_name = "SCOPE", conflicts_with = "keep_others")]
    pub(crate) scope: Option<PromotionScope>,
    /// Take it from nobody; the same as `--scope none`
    #[arg(long)]
    pub(crate) keep_others: bool,
    /// Only if this model holds the tag now, or `none` if nobody does
    #[arg(long, value_name = "MODEL")]
    pub(crate) expect: Option<Expect>,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}

impl Promote {
    /// The scope, if one was chosen.
    pub(crate) fn scope(&self) -> Option<PromotionScope> {
        if self.keep_others {
            Some(PromotionScope::None)
        } else {
            self.scope
        }
    }
}

/// Who is expected to hold a tag. A model that is called `none` is named with its version (`none@latest`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Nobody.
    Nobody,
    /// This model.
    Model(Selector),
}

impl FromStr for Expect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "none" {
            return Ok(Self::Nobody);
        }
        Ok(Self::Model(text.parse()?))
    }
}

/// Gives a tag back to the model that held it before.
#[derive(Debug, Args)]
#[command(after_help = ROLLBACK_EXAMPLES)]
pub(crate) struct Rollback {
    /// The tag
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: TagName,
    /// Only among the versions of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<ModelName>,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}
