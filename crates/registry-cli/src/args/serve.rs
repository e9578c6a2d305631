//! `serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};
use registry_core::Actor;
use registry_server::{Network, network};

const EXAMPLES: &str = "\
The first start with no token makes one for an admin and prints it, once.
SIGTERM and Ctrl-C end it in good order.

Examples:
  registry-cli serve
  registry-cli serve --listen 0.0.0.0:8080 --log json
  registry-cli serve --config server.toml
  registry-cli serve --tls-cert server.pem --tls-key server.key
  registry-cli serve --webhook-allow 10.20.0.0/16
  registry-cli serve --insecure-no-auth
  registry-cli serve --print-config";

/// Serves the registry over HTTP.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// A TOML file with what is not said here, under the same names
    #[arg(long, env = "REGISTRY_CONFIG", hide_env_values = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(
        long,
        env = "REGISTRY_LISTEN",
        hide_env_values = true,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) tokens: TokensOption,
    /// Let everybody do everything; on a loopback address only
    #[arg(long, conflicts_with = "tokens")]
    pub(crate) insecure_no_auth: bool,
    /// Who everybody is with --insecure-no-auth [default: the system's user]
    #[arg(long, env = "REGISTRY_ACTOR", hide_env_values = true, value_name = "NAME")]
    pub(crate) actor: Option<Actor>,
    /// Speak TLS with this certificate and those that follow it in the file, PEM; read anew at SIGHUP
    #[arg(long, env = "REGISTRY_TLS_CERT", hide_env_values = true, value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its key, PEM, in a file of mode 0600 or 0640
    #[arg(long, env = "REGISTRY_TLS_KEY", hide_env_values = true, value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// On a loopback address, also answer to this name; can be repeated
    #[arg(
        long,
        env = "REGISTRY_ALLOW_HOST",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "NAME"
    )]
    pub(crate) allow_host: Vec<String>,
    /// How many requests a second one token may make [default: as many as it likes]
    #[arg(long, env = "REGISTRY_TOKEN_RATE", hide_env_values = true, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) token_rate: Option<u32>,
    /// How many requests a second may come from one address [default: as many as it likes]
    #[arg(long, env = "REGISTRY_ADDRESS_RATE", hide_env_values = true, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) address_rate: Option<u32>,
    #[command(flatten)]
    pub(crate) webhooks: Sending,
    /// Send traces of requests to this collector of OpenTelemetry, by OTLP over HTTP, such as http://127.0.0.1:4318
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) otlp_endpoint: Option<String>,
    /// The form of the log, which goes to standard error
    #[arg(
        long,
        env = "REGISTRY_LOG",
        hide_env_values = true,
        value_name = "FORM",
        default_value = "text"
    )]
    pub(crate) log: LogForm,
    /// Show what it would do and do nothing
    #[arg(long)]
    pub(crate) print_config: bool,
}

/// How webhooks are sent.
#[derive(Debug, Clone, Args)]
pub(crate) struct Sending {
    /// Send no webhooks: another server does
    #[arg(long, env = "REGISTRY_NO_WEBHOOKS", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub(crate) no_webhooks: bool,
    /// Let webhooks reach loopback addresses and private networks too
    #[arg(long, env = "REGISTRY_WEBHOOK_ALLOW_PRIVATE", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub(crate) webhook_allow_private: bool,
    /// Let webhooks reach this network too, such as 10.20.0.0/16; can be repeated
    #[arg(
        long,
        env = "REGISTRY_WEBHOOK_ALLOW",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "NETWORK",
        value_parser = network
    )]
    pub(crate) webhook_allow: Vec<Network>,
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
