//! Commands about the registry's file, and about the program itself.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;
use registry_connect::Location;
use registry_core::Actor;

use super::value::location;
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

Examples:
  registry-cli copy --from model_registry.db --to postgres://registry@db/models
  registry-cli copy --from 'postgres://registry@db/models?schema=vision' --to vision.db";

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
    /// Where to: a registry without models and history, which is made where there is none
    #[arg(long, value_name = "LOCATION", value_parser = location())]
    pub(crate) to: Location,
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
