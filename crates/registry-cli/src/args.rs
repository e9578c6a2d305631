//! The command line's grammar. One file per command or group; values are parsed straight into domain types.

mod catalog;
mod compare;
mod delete;
mod exports;
mod get;
mod history;
mod leaderboard;
mod lineage;
mod list;
mod listing;
mod login;
mod maintenance;
mod model;
mod promote;
mod register;
mod search;
mod selection;
#[cfg(feature = "server")]
mod serve;
#[cfg(not(feature = "server"))]
mod server_missing;
mod settings;
mod tag;
#[cfg(feature = "server")]
mod token;
mod update;
mod value;
mod watch;
mod webhook;
mod write;

use clap::{Args, Parser, Subcommand};
use registry_connect::Location;

pub(crate) use self::catalog::{Names, Tags, Versions};
pub(crate) use self::compare::{Compare, CompareFormat};
pub(crate) use self::delete::Delete;
pub(crate) use self::exports::{AddExport, Exports, ExportsCommand, RemoveExport};
pub(crate) use self::get::Get;
pub(crate) use self::history::History;
pub(crate) use self::leaderboard::Leaderboard;
pub(crate) use self::lineage::{Lineage, LineageFormat};
pub(crate) use self::list::List;
pub(crate) use self::listing::{ListFormat, Listing};
pub(crate) use self::login::Login;
pub(crate) use self::maintenance::{Backup, Completions, Copy, Demo, Hash, Man, Migrate};
pub(crate) use self::model::ModelArgument;
pub(crate) use self::promote::{Expect, Promote, Rollback};
pub(crate) use self::register::Register;
pub(crate) use self::search::Search;
#[cfg(feature = "server")]
pub(crate) use self::serve::{LogForm, Serve};
#[cfg(not(feature = "server"))]
pub(crate) use self::server_missing::{Serve, Token};
pub(crate) use self::settings::{Setting, Settings, SettingsCommand};
pub(crate) use self::tag::TagCommand;
#[cfg(feature = "server")]
pub(crate) use self::token::{CreateToken, ProtectTag, Token, TokenCommand};
pub(crate) use self::update::{Clearable, Update};
pub(crate) use self::value::{CommaList, Time};
pub(crate) use self::watch::Watch;
pub(crate) use self::webhook::{
    CreateWebhook, DeleteWebhook, Deliveries, FilterOptions, ReplayWebhook, RotateWebhook, UpdateWebhook,
    Webhook, WebhookCommand, WriteToWebhook,
};
pub(crate) use self::write::{StatusChange, WriteOptions};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "registry-cli",
    bin_name = "registry-cli",
    version,
    about = "Keeps track of trained models: versions, files, metrics, tags, lineage, history",
    after_help = AFTER_HELP,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 120
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
A model is named by its id (5), name and version (gpt-small@1.2.0), name and
range (gpt-small@^1), name alone (gpt-small: the highest version), or tag
(:production, gpt-small@:production).

Exit status: 0 done, 1 failure, 2 bad usage or input, 3 not found, 4 conflict.

Examples:
  registry-cli demo
  registry-cli register --name gpt-small --version 1.0.0 --checkpoint epoch_10.pt \\
      --task-type language_modeling --metrics '{\"val_loss\": 0.38}' \\
      --config @config.json
  registry-cli promote gpt-small@1.0.0 --tag production
  registry-cli get :production --json";

/// Options that every command takes, before or after it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Where the registry is: a file, postgres://USER@HOST/DATABASE, or https://HOST
    #[arg(
        long,
        global = true,
        env = "REGISTRY_DB",
        hide_env_values = true,
        default_value = "model_registry.db",
        value_name = "LOCATION",
        value_parser = value::location()
    )]
    pub(crate) db: Location,
    /// A replica of the database, to answer commands that only read, perhaps a moment behind
    #[arg(
        long,
        global = true,
        env = "REGISTRY_REPLICA",
        hide_env_values = true,
        value_name = "LOCATION",
        value_parser = value::location()
    )]
    pub(crate) replica: Option<Location>,
    /// Answer in JSON, and report errors in JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Show and read times in UTC instead of local time
    #[arg(long, global = true)]
    pub(crate) utc: bool,
    /// Draw with ASCII characters only
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Register a model version, or many from a file
    Register(Box<Register>),
    /// List models, newest first
    List(Box<List>),
    /// Find models: `list --where` under a shorter name
    Search(Box<Search>),
    /// Show the best version of each name by a metric
    Leaderboard(Leaderboard),
    /// List the versions of a name, the highest first
    Versions(Versions),
    /// List the names that have models
    Names(Names),
    /// List the tags that models hold
    Tags(Tags),
    /// Show one model
    Get(Get),
    /// Give a tag to a model and take it from the others
    Promote(Promote),
    /// Give a tag back to the model that held it before
    Rollback(Rollback),
    /// Add a tag to a model and take it from nobody
    Tag(TagCommand),
    /// Remove a tag from a model
    Untag(TagCommand),
    /// Take a model out of use; nothing is lost
    #[command(after_help = "Example:\n  registry-cli retire --model-id 3 --reason 'replaced by 1.3.0'")]
    Retire(StatusChange),
    /// Bring a retired model back
    #[command(after_help = "Example:\n  registry-cli restore gpt-small@1.2.0")]
    Restore(StatusChange),
    /// Change a model's fields; name and version never change
    Update(Box<Update>),
    /// Delete a model; its history stays and its files are not touched
    Delete(Delete),
    /// Show models side by side
    Compare(Compare),
    /// Show where a model came from and what came from it
    Lineage(Lineage),
    /// Add an export of a model; the same format and path again updates it
    AddExport(AddExport),
    /// List, add and remove the exports of a model
    Exports(Exports),
    /// Show what happened: what, when, who, why
    History(History),
    /// Show what happens, as it happens
    Watch(Watch),
    /// Print the hash of a training configuration
    Hash(Hash),
    /// Show and change the registry's settings
    Settings(Settings),
    /// Serve the registry over HTTP
    Serve(Serve),
    /// Manage who may use a server
    Token(Token),
    /// Manage who is told of events
    Webhook(Box<Webhook>),
    /// Keep a token for a server, once it has said whose it is
    Login(Login),
    /// Show who you are to a server
    #[command(after_help = "Example:\n  registry-cli whoami --db https://models.example")]
    Whoami,
    /// Bring a registry to the current schema, also one made by the original Python tool
    Migrate(Migrate),
    /// Copy the registry to a new file while others use it
    Backup(Backup),
    /// Copy a whole registry from and to a file or a database, into an empty one or by --merge into any
    Copy(Copy),
    /// Look for damage and for what has gone missing; exit 1 when something is wrong
    #[command(after_help = "Example:\n  registry-cli doctor --json")]
    Doctor,
    /// Train, register, compare and promote small models in a registry of its own
    Demo(Demo),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print the manual page, or write the pages of all commands
    Man(Man),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        for command in Arguments::command().get_subcommands() {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(help.contains("registry-cli "), "{}", command.get_name());
        }
    }
}
