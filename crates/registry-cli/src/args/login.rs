//! `login`.

use clap::Args;

const EXAMPLES: &str = "\
The token is read from standard input, or asked for on a terminal. It is kept in
$XDG_CONFIG_HOME/registry/tokens.json, one for each server, for nobody else to read.
REGISTRY_TOKEN and REGISTRY_TOKEN_FILE count more than what is kept.

Examples:
  registry-cli login --db https://models.example
  registry-cli login --db https://models.example < alice.token
  registry-cli login --db https://models.example --forget";

/// Keeps a token for a server.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Login {
    /// Forget the token that is kept
    #[arg(long)]
    pub(crate) forget: bool,
}
