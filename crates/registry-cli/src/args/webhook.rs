//! `webhook`.

use clap::{ArgGroup, Args, Subcommand};
use registry_core::webhook::{DeliveryStatus, WebhookUrl};
use registry_core::{DeliveryId, EventKind, Limit, WebhookName};

use super::WriteOptions;
use super::value::{CommaList, Time};

const EXAMPLES: &str = "\
A server over the registry sends them: `registry-cli serve`.

Examples:
  registry-cli webhook create --name ci --url https://ci.example/hook > ci.secret
  registry-cli webhook test ci
  registry-cli webhook deliveries ci --status dead
  registry-cli webhook replay ci";

/// Manages who is told of events.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Webhook {
    #[command(subcommand)]
    pub(crate) command: WebhookCommand,
}

/// What to do with webhooks.
#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// Make a webhook and print its secret, once
    #[command(
        after_help = "Examples:\n  registry-cli webhook create --name ci --url https://ci.example/hook > ci.secret\n  \
                      registry-cli webhook create --name chat --url https://chat.example/in \\\n      \
                      --events promoted,rolled_back --names 'team-a/*' --tags production"
    )]
    Create(CreateWebhook),
    /// List the webhooks, without their secrets
    #[command(after_help = "Example:\n  registry-cli webhook list --json")]
    List,
    /// Show a webhook, without its secret
    #[command(after_help = "Example:\n  registry-cli webhook show ci")]
    Show(WebhookArgument),
    /// Change a webhook; what is not named stays
    #[command(
        after_help = "Examples:\n  registry-cli webhook update ci --events promoted,rolled_back --tags ''\n  \
                      registry-cli webhook update ci --off --reason 'moves to another host'"
    )]
    Update(UpdateWebhook),
    /// Give a webhook another secret and print it, once; the old one counts too for a while
    #[command(after_help = "Example:\n  registry-cli webhook rotate ci > ci.secret")]
    Rotate(RotateWebhook),
    /// Delete a webhook with its deliveries
    #[command(after_help = "Example:\n  registry-cli webhook delete ci --yes")]
    Delete(DeleteWebhook),
    /// Send a webhook a message that tells of nothing
    #[command(after_help = "Example:\n  registry-cli webhook test ci")]
    Test(WriteToWebhook),
    /// Show what was sent and what waits, newest first
    #[command(
        after_help = "Examples:\n  registry-cli webhook deliveries ci --status dead\n  \
                      registry-cli webhook deliveries --delivery 17"
    )]
    Deliveries(Deliveries),
    /// Send again what was given up, or everything since a time, or one delivery
    #[command(
        after_help = "Examples:\n  registry-cli webhook replay ci\n  registry-cli webhook replay ci --since 2026-01-31\n  \
                      registry-cli webhook replay --delivery 17"
    )]
    Replay(ReplayWebhook),
}

/// A webhook.
#[derive(Debug, Clone, Args)]
pub(crate) struct WebhookArgument {
    /// The name of a webhook, or its id
    #[arg(value_name = "WEBHOOK")]
    pub(crate) webhook: String,
}

/// A webhook that is written to.
#[derive(Debug, Args)]
pub(crate) struct WriteToWebhook {
    #[command(flatten)]
    pub(crate) webhook: WebhookArgument,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}

/// Which events.
#[derive(Debug, Args)]
pub(crate) struct FilterOptions {
    /// Only these kinds of events, with commas; '' for all
    #[arg(long, value_name = "KINDS")]
    pub(crate) events: Option<CommaList<EventKind>>,
    /// Only models whose name fits one of these patterns, with commas; '' for all
    #[arg(long, value_name = "PATTERNS")]
    pub(crate) names: Option<CommaList<String>>,
    /// Only events with a tag that fits one of these patterns, with commas; '' for all
    #[arg(long, value_name = "PATTERNS")]
    pub(crate) tags: Option<CommaList<String>>,
}

/// Makes a webhook.
#[derive(Debug, Args)]
pub(crate) struct CreateWebhook {
    /// Its name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: WebhookName,
    /// Where messages go
    #[arg(long, value_name = "URL")]
    pub(crate) url: WebhookUrl,
    #[command(flatten)]
    pub(crate) filter: FilterOptions,
    /// Make it and send nothing yet
    #[arg(long)]
    pub(crate) off: bool,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}

/// Changes a webhook.
#[derive(Debug, Args)]
pub(crate) struct UpdateWebhook {
    #[command(flatten)]
    pub(crate) webhook: WebhookArgument,
    /// Another name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<WebhookName>,
    /// Another address; what waits goes there
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<WebhookUrl>,
    #[command(flatten)]
    pub(crate) filter: FilterOptions,
    /// Send again; of what happened meanwhile it is not told
    #[arg(long, conflicts_with = "off")]
    pub(crate) on: bool,
    /// Send nothing; what waits goes on later
    #[arg(long)]
    pub(crate) off: bool,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}

/// Gives a webhook another secret.
#[derive(Debug, Args)]
pub(crate) struct RotateWebhook {
    #[command(flatten)]
    pub(crate) webhook: WebhookArgument,
    /// Until when messages are signed with the present secret too [default: for a day]
    #[arg(long, value_name = "TIME")]
    pub(crate) old_until: Option<Time>,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}

/// Deletes a webhook.
#[derive(Debug, Args)]
pub(crate) struct DeleteWebhook {
    #[command(flatten)]
    pub(crate) webhook: WebhookArgument,
    /// Don't ask
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}

/// Shows deliveries.
#[derive(Debug, Args)]
pub(crate) struct Deliveries {
    /// Only of this webhook: its name, or its id
    #[arg(value_name = "WEBHOOK")]
    pub(crate) webhook: Option<String>,
    /// Show this one with every attempt
    #[arg(long, value_name = "ID", conflicts_with_all = ["webhook", "status", "limit", "all", "before"])]
    pub(crate) delivery: Option<DeliveryId>,
    /// Only of this status: pending (waits), delivered, dead (given up)
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Option<DeliveryStatus>,
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
    /// Only deliveries before this one: the `next` of the page before
    #[arg(long, value_name = "ID")]
    pub(crate) before: Option<DeliveryId>,
}

impl Deliveries {
    /// How many to show.
    pub(crate) fn limit(&self) -> Limit {
        if self.all { Limit::Unlimited } else { self.limit }
    }
}

/// Sends again.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["webhook", "delivery"]))]
pub(crate) struct ReplayWebhook {
    /// A webhook, by its name or its id: what was given up
    #[arg(value_name = "WEBHOOK")]
    pub(crate) webhook: Option<String>,
    /// All of the webhook that are finished and were made at this time or later, delivered ones too
    #[arg(long, value_name = "TIME", requires = "webhook")]
    pub(crate) since: Option<Time>,
    /// This delivery, whatever became of it
    #[arg(long, value_name = "ID")]
    pub(crate) delivery: Option<DeliveryId>,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}
