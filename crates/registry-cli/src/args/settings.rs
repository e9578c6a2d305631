//! `settings`.

use clap::{Args, Subcommand, ValueEnum};

use super::WriteOptions;

const EXAMPLES: &str = "\
Examples:
  registry-cli settings
  registry-cli settings get promotion-scope
  registry-cli settings set promotion-scope name";

/// Shows and changes the registry's settings.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Settings {
    #[command(subcommand)]
    pub(crate) command: Option<SettingsCommand>,
}

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub(crate) enum SettingsCommand {
    /// List the settings (also without a word after `settings`)
    #[command(after_help = "Example:\n  registry-cli settings list --json")]
    List,
    /// Print the value of a setting
    #[command(after_help = "Example:\n  registry-cli settings get promotion-scope")]
    Get {
        /// The setting
        #[arg(value_name = "SETTING")]
        setting: Setting,
    },
    /// Change a setting for everyone who uses the registry
    #[command(after_help = "Example:\n  registry-cli settings set promotion-scope name")]
    Set {
        /// The setting
        #[arg(value_name = "SETTING")]
        setting: Setting,
        /// Its new value; of `promotion-scope`: registry, name or none
        #[arg(value_name = "VALUE")]
        value: String,
        #[command(flatten)]
        write: WriteOptions,
    },
}

/// The settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Setting {
    /// From whom a promotion takes the tag when it doesn't say
    PromotionScope,
}
