//! `token`.

use clap::{Args, Subcommand};
use registry_core::{Actor, TagName};
use registry_server::Role;

use super::serve::TokensOption;
use super::value::{CommaList, Time};

const EXAMPLES: &str = "\
Examples:
  registry-cli token create --name alice --role admin
  registry-cli token create --name ci --role writer,promoter --names 'team-a/*' --tags staging
  registry-cli token list
  registry-cli token revoke alice
  registry-cli token protect production";

/// Manages who may use a server.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it, once
    #[command(after_help = "Example:\n  registry-cli token create --name alice --role writer > alice.token")]
    Create(CreateToken),
    /// List the tokens that were made, without their secrets
    #[command(after_help = "Example:\n  registry-cli token list --json")]
    List(ListTokens),
    /// Take tokens back; running servers refuse them at once
    #[command(after_help = "Example:\n  registry-cli token revoke 3f9a1c07b2de")]
    Revoke(RevokeToken),
    /// Leave a tag to promoters and admins
    #[command(after_help = "Example:\n  registry-cli token protect production")]
    Protect(ProtectTag),
}

/// Makes a token.
#[derive(Debug, Args)]
pub(crate) struct CreateToken {
    /// Whose it is: who, in the history
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Actor,
    /// What it is for: reader, writer, promoter, admin; several with commas
    #[arg(long, value_name = "ROLES", required = true, value_delimiter = ',')]
    pub(crate) role: Vec<Role>,
    /// Only models whose name fits this pattern, for everything but reading
    #[arg(long, value_name = "PATTERN")]
    pub(crate) names: Option<String>,
    /// Only these tags may be given and taken; with commas
    #[arg(long, value_name = "TAGS")]
    pub(crate) tags: Option<CommaList<TagName>>,
    /// Until when it can be used, such as 2027-01-31
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<Time>,
    #[command(flatten)]
    pub(crate) file: TokensOption,
}

/// Lists the tokens.
#[derive(Debug, Args)]
pub(crate) struct ListTokens {
    #[command(flatten)]
    pub(crate) file: TokensOption,
}

/// Takes tokens back.
#[derive(Debug, Args)]
pub(crate) struct RevokeToken {
    /// The id of a token, or the name of its owner for all of his
    #[arg(value_name = "TOKEN")]
    pub(crate) token: String,
    #[command(flatten)]
    pub(crate) file: TokensOption,
}

/// Protects a tag.
#[derive(Debug, Args)]
pub(crate) struct ProtectTag {
    /// The tag
    #[arg(value_name = "TAG")]
    pub(crate) tag: TagName,
    /// No longer
    #[arg(long)]
    pub(crate) off: bool,
    #[command(flatten)]
    pub(crate) file: TokensOption,
}
