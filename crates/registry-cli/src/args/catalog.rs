//! `names`, `tags`, `versions`: what the registry holds, in outline.

use std::str::FromStr;

use clap::Args;
use registry_core::{Error, Limit, MetricName, ModelName, TagName, Version};

use super::value::CommaList;

const NAMES: &str = "\
Examples:
  registry-cli names
  registry-cli names --limit 10 --after gpt-small
  registry-cli names --all --json";

const TAGS: &str = "\
Examples:
  registry-cli tags
  registry-cli tags --json";

const VERSIONS: &str = "\
Examples:
  registry-cli versions gpt-small
  registry-cli versions gpt-small --metric val_loss,perplexity
  registry-cli versions gpt-small --limit 5 --after 1.2.0";

/// Lists the names that have models.
#[derive(Debug, Args)]
#[command(after_help = NAMES)]
pub(crate) struct Names {
    #[command(flatten)]
    pub(crate) page: CatalogPage<ModelName>,
}

/// Lists the tags that models hold.
#[derive(Debug, Args)]
#[command(after_help = TAGS)]
pub(crate) struct Tags {
    #[command(flatten)]
    pub(crate) page: CatalogPage<TagName>,
}

/// Lists the versions of a name, the highest first.
#[derive(Debug, Args)]
#[command(after_help = VERSIONS)]
pub(crate) struct Versions {
    /// The name
    #[arg(value_name = "NAME")]
    pub(crate) name: ModelName,
    /// Show these metrics
    #[arg(long, value_name = "METRIC")]
    metric: Vec<CommaList<MetricName>>,
    #[command(flatten)]
    pub(crate) page: CatalogPage<Version>,
}

impl Versions {
    /// The metrics to show.
    pub(crate) fn metrics(&self) -> Vec<MetricName> {
        CommaList::flatten(self.metric.clone())
    }
}

/// How many, from where.
#[derive(Debug, Args)]
pub(crate) struct CatalogPage<T: FromStr<Err = Error> + Clone + Send + Sync + 'static> {
    /// How many at most; -1 for all
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "50",
        allow_negative_numbers = true
    )]
    limit: Limit,
    /// Read on behind this one: the `next` of the page before
    #[arg(long, value_name = "LAST")]
    pub(crate) after: Option<T>,
    /// Show every one: the same as --limit -1
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl<T: FromStr<Err = Error> + Clone + Send + Sync + 'static> CatalogPage<T> {
    /// How many to show.
    pub(crate) fn limit(&self) -> Limit {
        if self.all { Limit::Unlimited } else { self.limit }
    }
}
