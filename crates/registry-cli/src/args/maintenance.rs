//! Commands about the registry's file, and about the program itself.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;
use registry_connect::Location;
use registry_core::copy::merge::MergeOptions;
use registry_core::rules::TagSide;
use registry_core::{Actor, InvalidValue, Reason, Timestamp, WriteContext};

use super::value::location;
use crate::actor::system_user;
use crate::json_argument::JsonArgument;

const HASH_EXAMPLES: &str = "\
The hash equals Python's sha256(json.dumps(config, sort_keys=True)).

Examples:
  registry-cli hash --config '{\"d_model\": 768}'
  registry-cli hash --config @config.json
  cat config.json | registry-cli hash --config -";

const MIGRATE_EXAMPLES: &str = "\
Examples:
  registry-cli migrate --status
  registry-cli migrate --dry-run
  registry-cli migrate --db model_registry.db --backup-to before.db";

const COPY_EXAMPLES: &str = "\
Ids, ordinals, tags, exports, history, settings and times stay as they are. Both
sides are read and compared before anything is kept.

With --merge into a registry that has models: what only the one side has comes
along, under its own id or a higher one; what both have alike is passed over.
Tags stay with those who hold them, settings as they are. It can be run again,
and goes on where it was stopped.

Examples:
  registry-cli copy --from model_registry.db --to postgres://registry@db/models
  registry-cli copy --from 'postgres://registry@db/models?schema=vision' --to vision.db
  registry-cli copy --from old.db --to model_registry.db --merge --dry-run
  registry-cli copy --from old.db --to postgres://registry@db/models --merge --chunk-size 10000";

const DEMO_EXAMPLES: &str = "\
Examples:
  registry-cli demo
  registry-cli demo my-demo";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  echo 'source <(registry-cli completions bash)' >> ~/.bashrc
  registry-cli completions fish | source";

const MAN_EXAMPLES: &str = "\
Examples:
  registry-cli man | man -l -
  registry-cli man --out ~/.local/share/man/man1";

/// Prints the hash of a training configuration.
#[derive(Debug, Args)]
#[command(after_help = HASH_EXAMPLES)]
pub(crate) struct Hash {
    /// The configuration: JSON, @FILE, or - for standard input
    #[arg(long, value_name = "JSON", allow_negative_numbers = true)]
    pub(crate) config: JsonArgument,
}

/// Brings a registry to the current schema.
#[derive(Debug, Args)]
#[command(after_help = MIGRATE_EXAMPLES)]
pub(crate) struct Migrate {
    /// Only say what the file is and whether it needs an upgrade
    #[arg(long, conflicts_with_all = ["dry_run", "backup_to"])]
    pub(crate) status: bool,
    /// Show what would change and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where to keep the file as it was [default: beside it]
    #[arg(long, value_name = "FILE")]
    pub(crate) backup_to: Option<PathBuf>,
    /// Who does it, for the history [default: the system's user]
    #[arg(long, env = "REGISTRY_ACTOR", hide_env_values = true, value_name = "NAME")]
    pub(crate) actor: Option<Actor>,
}

/// Copies the registry to a new file.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  registry-cli backup backups/monday.db")]
pub(crate) struct Backup {
    /// The new file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Copies a whole registry.
#[derive(Debug, Args)]
#[command(after_help = COPY_EXAMPLES)]
pub(crate) struct Copy {
    /// The registry to copy [default: that of --db]
    #[arg(long, value_name = "LOCATION", value_parser = location())]
    pub(crate) from: Option<Location>,
    /// Where to: a registry that is made where there is none, and empty unless --merge is given
    #[arg(long, value_name = "LOCATION", value_parser = location())]
    pub(crate) to: Location,
    #[command(flatten)]
    pub(crate) merging: Merging,
}

/// How two registries become one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Merging")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own; clap says which need which"
)]
pub(crate) struct Merging {
    /// Add to what is there already
    #[arg(long)]
    pub(crate) merge: bool,
    /// Show what would come and change nothing
    #[arg(long, requires = "merge")]
    pub(crate) dry_run: bool,
    /// Leave versions as they are that both have with other contents; otherwise they stop the merge
    #[arg(long, requires = "merge")]
    pub(crate) keep_existing: bool,
    /// Have the models that come take their tags from those who hold them
    #[arg(long, requires = "merge")]
    pub(crate) take_tags: bool,
    /// Commit whenever about so many models have come, whole names each time [default: all at once]
    #[arg(long, requires = "merge", value_name = "N")]
    pub(crate) chunk_size: Option<NonZeroUsize>,
    /// Who does it, for the history [default: the system's user]
    #[arg(long, env = "REGISTRY_ACTOR", hide_env_values = true, value_name = "NAME")]
    actor: Option<Actor>,
    /// Why; kept in the history where a tag is lost
    #[arg(long, requires = "merge", value_name = "TEXT")]
    reason: Option<Reason>,
}

impl Merging {
    /// How to merge, at this moment.
    ///
    /// # Errors
    /// See [`system_user`].
    pub(crate) fn options(&self) -> Result<MergeOptions, InvalidValue> {
        let actor = self.actor.clone().map_or_else(system_user, Ok)?;
        let mut context = WriteContext::new(actor, Timestamp::now()).dry_run(self.dry_run);
        context.reason.clone_from(&self.reason);
        Ok(MergeOptions {
            context,
            keep_existing: self.keep_existing,
            tags: if self.take_tags {
                TagSide::Source
            } else {
                TagSide::Target
            },
            chunk: self.chunk_size,
        })
    }
}

/// Shows the registry at work.
#[derive(Debug, Args)]
#[command(after_help = DEMO_EXAMPLES)]
pub(crate) struct Demo {
    /// The folder to make; it stays afterwards [default: registry-demo]
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}

/// Prints a completion script.
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// Prints or writes manual pages.
#[derive(Debug, Args)]
#[command(after_help = MAN_EXAMPLES)]
pub(crate) struct Man {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}
