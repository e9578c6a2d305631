//! `serve`: the registry over HTTP.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use registry_connect::{Location, Registry};
use registry_core::{Error, Timestamp};
use registry_server::{
    Hosts, Limits, NewToken, Reach, Role, Server, Tls, TlsError, TokenFile, TokensError, Traces, TracesError,
    WebhookOptions, stop_signal,
};
use serde_json::json;
use tokio::net::TcpListener;

use super::Answer;
use super::written::joined;
use crate::actor::system_user;
use crate::args::{LogForm, Serve};
use crate::database;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;

/// The owner of the token that a first start makes.
const FIRST_OWNER: &str = "admin";

pub(super) fn run(args: Serve, session: &mut Session<'_, '_>) -> Answer {
    if args.insecure_no_auth && !args.listen.ip().is_loopback() {
        return Err(Failure::usage(
            format!(
                "--insecure-no-auth lets everybody do everything, and {} can be reached by others",
                args.listen
            ),
            "leave it out and give them tokens, or listen on a loopback address such as 127.0.0.1:8080",
        ));
    }
    if session.database.is_server() {
        return Err(Error::Unsupported {
            location: session.database.to_string(),
            operation: "a second server",
            instead: "serve its file or its database: every write would be the one who serves, not the one who asks",
        }
        .into());
    }
    if args.print_config {
        return config(&args, session);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|source| failed("start the asynchronous runtime", source))?;
    runtime.block_on(serve(args, session))
}

async fn serve(args: Serve, session: &mut Session<'_, '_>) -> Answer {
    let stop = stop_signal().map_err(|source| failed("listen for signals", source))?;
    // What is asked for wrongly is said before a registry is made.
    let tls = tls_files(&args)?.map(|(certificate, key)| Tls::read(certificate, key));
    let tls = tls.transpose()?.map(Arc::new);
    let traces = endpoint(&args).map(Traces::to).transpose()?;
    let tokens = if args.insecure_no_auth {
        None
    } else {
        Some(TokenFile::new(tokens_file(
            args.tokens.tokens.as_deref(),
            &session.database,
        )?))
    };
    let (registry, _) = database::open_or_create(&session.database, false).await?;
    let answer = on(args, tokens, (tls, traces), &registry, stop, session).await;
    registry.close().await;
    answer
}

async fn on(
    args: Serve,
    tokens: Option<TokenFile>,
    (tls, traces): (Option<Arc<Tls>>, Option<Traces>),
    registry: &Registry,
    stop: impl Future<Output = ()>,
    session: &mut Session<'_, '_>,
) -> Answer {
    let listener = TcpListener::bind(args.listen).await;
    let listener = listener.map_err(|error| {
        let message = format!("cannot listen on {}: {error}", args.listen);
        Failure::usage(message, "choose another address with --listen")
    })?;
    let address = listener.local_addr();
    let address = address.map_err(|source| failed("ask for the address", source))?;
    let (hosts, webhooks) = (hosts(&args), webhooks(&args));
    let store = registry.shared_store();
    let limits = Limits {
        token_rate: args.token_rate,
        address_rate: args.address_rate,
        ..Limits::default()
    };
    let (server, first) = match tokens {
        None => {
            let actor = args.actor.map_or_else(system_user, Ok)?;
            (Server::without_tokens(store, actor, hosts, limits), None)
        }
        Some(tokens) => {
            let first = first_token(&tokens)?;
            (Server::with_tokens(store, tokens, hosts, limits), first)
        }
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let server = match tls {
        Some(tls) => server.tls(tls),
        None => server,
    };
    let server = match webhooks {
        Some(options) => server.webhooks(options),
        None => server,
    };
    let server = match traces {
        Some(traces) => server.traces(traces),
        None => server,
    };
    let url = format!("{scheme}://{address}");
    log(args.log);
    tracing::info!(url, "listening");
    let text = if session.json {
        format!("{:#}\n", json!({ "url": url, "admin_token": first }))
    } else {
        let first = first
            .map(|token| format!("the first token, of an admin, which is not shown again:\n  {token}\n"));
        format!("{}listening on {url}\n", first.unwrap_or_default())
    };
    if let Err(error) = session.print(&text).and_then(|()| session.console.out.flush()) {
        return Ok(Output::stopped(error));
    }
    server
        .serve(listener, stop)
        .await
        .map_err(|source| failed("serve", source))?;
    Ok(Output::text(""))
}

/// What it would do.
fn config(args: &Serve, session: &Session<'_, '_>) -> Answer {
    let tokens = if args.insecure_no_auth {
        None
    } else {
        let file = tokens_file(args.tokens.tokens.as_deref(), &session.database)?;
        Some(file.display().to_string())
    };
    let database = session.database.to_string();
    let tls =
        tls_files(args)?.map(|(certificate, key)| [certificate, key].map(|file| file.display().to_string()));
    let (certificate, key) = tls.map(|[certificate, key]| (certificate, key)).unzip();
    let form = match args.log {
        LogForm::Text => "text",
        LogForm::Json => "json",
    };
    let hosts = match hosts(args) {
        Hosts::Any => None,
        Hosts::Loopback(more) => {
            let known = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
            Some(known.into_iter().chain(more).collect::<Vec<_>>())
        }
    };
    let reach = reach(args);
    let output = session.answer(
        || {
            json!({
                "listen": args.listen.to_string(), "database": database, "tokens": tokens, "hosts": hosts,
                "tls_cert": certificate, "tls_key": key,
                "token_rate": args.token_rate, "address_rate": args.address_rate, "webhooks": reach,
                "otlp_endpoint": endpoint(args), "log": form,
            })
        },
        |_| {
            let tokens = tokens.as_deref().unwrap_or("none: everybody may do everything");
            let hosts = hosts
                .as_ref()
                .map_or_else(|| "any".to_owned(), |hosts| hosts.join(", "));
            let tls = certificate.as_deref().unwrap_or("none");
            let traces = endpoint(args).map_or_else(|| "none are sent".to_owned(), |url| format!("to {url}"));
            let reach = reach
                .as_deref()
                .map_or_else(|| "none are sent".to_owned(), |reach| format!("to {reach}"));
            format!(
                "Listen:   {}\nDatabase: {database}\nTokens:   {tokens}\nHosts:    {hosts}\nTLS:      {tls}\n\
                 Webhooks: {reach}\nTraces:   {traces}\nLog:      {form}\n",
                args.listen
            )
        },
    );
    Ok(output)
}

/// The files of certificate and key, where TLS is asked for.
fn tls_files(args: &Serve) -> Result<Option<(&Path, &Path)>, Failure> {
    match (args.tls_cert.as_deref(), args.tls_key.as_deref()) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
        _ => Err(Failure::usage(
            "TLS needs a certificate and its key, and one of them is missing",
            "give both --tls-cert and --tls-key, or none",
        )),
    }
}

/// Where traces are sent. An empty variable of the environment says nothing.
fn endpoint(args: &Serve) -> Option<&str> {
    args.otlp_endpoint.as_deref().filter(|url| !url.is_empty())
}

/// How webhooks are sent, where they are.
fn webhooks(args: &Serve) -> Option<WebhookOptions> {
    let reach = Reach {
        private: args.webhooks.webhook_allow_private,
        networks: args.webhooks.webhook_allow.clone(),
    };
    (!args.webhooks.no_webhooks).then(|| WebhookOptions {
        reach,
        ..WebhookOptions::default()
    })
}

/// Where webhooks go, in words; `None`: none are sent.
fn reach(args: &Serve) -> Option<String> {
    let reach = webhooks(args)?.reach;
    let networks = reach.networks.iter().map(ToString::to_string);
    let private = reach.private.then(|| "private networks".to_owned());
    let all = std::iter::once("public addresses".to_owned())
        .chain(private)
        .chain(networks);
    Some(joined(all))
}

fn hosts(args: &Serve) -> Hosts {
    if args.listen.ip().is_loopback() {
        Hosts::Loopback(args.allow_host.clone())
    } else {
        Hosts::Any
    }
}

/// Where the tokens are: the file that was named, or the one beside the registry's file.
///
/// # Errors
/// When no file was named and the registry is not in one.
pub(super) fn tokens_file(named: Option<&Path>, database: &Location) -> Result<PathBuf, Failure> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let file = database.as_file().ok_or_else(|| {
        Failure::usage(
            format!("`{database}` is a database, which has no place for a file of tokens beside it"),
            "name the file with --tokens or REGISTRY_TOKENS",
        )
    })?;
    let mut name = OsString::from(file);
    name.push(".tokens.json");
    Ok(PathBuf::from(name))
}

/// A token for an admin where none was ever made.
fn first_token(tokens: &TokenFile) -> Result<Option<String>, Failure> {
    if !tokens.list()?.is_empty() {
        return Ok(None);
    }
    let token = NewToken {
        name: FIRST_OWNER.parse()?,
        roles: vec![Role::Admin],
        names: None,
        tags: None,
        expires_at: None,
    };
    let (secret, _) = tokens.create(token, Timestamp::now())?;
    Ok(Some(secret.reveal().to_owned()))
}

/// Sends the log to standard error. A program that runs a second server keeps the log of the first.
fn log(form: LogForm) {
    let log = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    let _ = match form {
        LogForm::Text => log.try_init(),
        LogForm::Json => log.json().flatten_event(true).try_init(),
    };
}

fn failed(action: &str, source: std::io::Error) -> Failure {
    let action = action.to_owned();
    Error::File { action, source }.into()
}

impl From<TlsError> for Failure {
    fn from(error: TlsError) -> Self {
        match error {
            TlsError::File { path, source } => failed(&format!("read `{}`", path.display()), source),
            error => Self::usage(error.to_string(), "check --tls-cert and --tls-key"),
        }
    }
}

impl From<TracesError> for Failure {
    fn from(error: TracesError) -> Self {
        Self::usage(
            error.to_string(),
            "check --otlp-endpoint and OTEL_EXPORTER_OTLP_ENDPOINT",
        )
    }
}

impl From<TokensError> for Failure {
    fn from(error: TokensError) -> Self {
        match error {
            TokensError::File { action, source } => Error::File { action, source }.into(),
            TokensError::TooOpen { .. } => Self::usage(error.to_string(), "chmod 600 makes it private again"),
            TokensError::Unreadable { .. } => Self::usage(
                error.to_string(),
                "check --tokens and REGISTRY_TOKENS; the file was not changed",
            ),
        }
    }
}
