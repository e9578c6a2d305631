//! `serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use registry_core::Actor;

const EXAMPLES: &str = "\
The first start with no token makes one for an admin and prints it, once.
SIGTERM and Ctrl-C end it in good order.

Examples:
  registry-cli serve
  registry-cli serve --listen 0.0.0.0:8080 --log json
  registry-cli serve --insecure-no-auth
  registry-cli serve --print-config";

/// Serves the registry over HTTP.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) tokens: TokensOption,
    /// Let everybody do everything; on a loopback address only
    #[arg(long, conflicts_with = "tokens")]
    pub(crate) insecure_no_auth: bool,
    /// Who everybody is with --insecure-no-auth [default: the system's user]
    #[arg(long, env = "REGISTRY_ACTOR", hide_env_values = true, value_name = "NAME")]
    pub(crate) actor: Option<Actor>,
    /// On a loopback address, also answer to this name; can be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
    /// The form of the log, which goes to standard error
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub(crate) log: LogForm,
    /// Show what it would do and do nothing
    #[arg(long)]
    pub(crate) print_config: bool,
}

/// Where the tokens are.
#[derive(Debug, Clone, Args)]
pub(crate) struct TokensOption {
    /// The file of the tokens [default: the registry's with `.tokens.json` behind it]
    #[arg(long, env = "REGISTRY_TOKENS", hide_env_values = true, value_name = "FILE")]
    pub(crate) tokens: Option<PathBuf>,
}

/// The forms of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    /// Lines for people
    Text,
    /// A JSON object in each line
    Json,
}
