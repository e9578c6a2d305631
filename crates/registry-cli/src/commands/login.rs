//! `login` and `whoami`: who somebody is to a server.

use registry_connect::Identity;
use registry_core::{Error, TagName};
use serde_json::{Value, json};

use super::Answer;
use crate::args::Login;
use crate::failure::Failure;
use crate::json_argument::read_stdin;
use crate::render::text::plain_lines;
use crate::session::Session;

pub(super) async fn login(args: &Login, session: &mut Session<'_, '_>) -> Answer {
    let database = session.database.to_string();
    if args.forget {
        let forgotten = session.database.logout()?;
        let json = || json!({ "server": database, "forgotten": forgotten });
        let text = if forgotten {
            format!("forgot the token for {database}")
        } else {
            format!("there is no token for {database}")
        };
        let output = session.answer(json, |screen| plain_lines(&text, screen));
        return Ok(output.committed(forgotten));
    }
    if !session.database.is_server() {
        // Says so, and reads no secret for nothing.
        session.database.whoami().await?;
    }
    let token = token(session)?;
    let login = session.database.login(&token).await?;
    let file = login.file.display().to_string();
    let json = || {
        let mut value = document(&login.identity, &database);
        value["file"] = file.as_str().into();
        value
    };
    let text = format!("{}kept in {file}", text(&login.identity, &database));
    let output = session.answer(json, |screen| plain_lines(&text, screen));
    Ok(output.committed(true))
}

pub(super) async fn whoami(session: &Session<'_, '_>) -> Answer {
    let identity = session.database.whoami().await?;
    let database = session.database.to_string();
    Ok(session.answer(
        || document(&identity, &database),
        |screen| plain_lines(&text(&identity, &database), screen),
    ))
}

fn document(identity: &Identity, server: &str) -> Value {
    let mut value = json!(identity);
    value["server"] = server.into();
    value
}

fn text(identity: &Identity, server: &str) -> String {
    let who = format!("{} ({}) at {server}\n", identity.name, identity.roles.join(", "));
    let names = identity.names.as_ref();
    let names = names.map(|names| format!("  names:   {names}\n"));
    let tags = identity.tags.as_ref().map(|tags| {
        let tags: Vec<&str> = tags.iter().map(TagName::as_str).collect();
        format!("  tags:    {}\n", tags.join(", "))
    });
    let until = identity.expires_at;
    let until = until.map(|until| format!("  expires: {until}\n"));
    [Some(who), names, tags, until].into_iter().flatten().collect()
}

/// A token never stands on the command line, where every process of the machine could read it.
fn token(session: &mut Session<'_, '_>) -> Result<String, Failure> {
    if session.console.interactive {
        let _ = write!(session.console.err, "token for {}: ", session.database);
        let _ = session.console.err.flush();
        return hidden_line();
    }
    let bytes = read_stdin(session)?;
    String::from_utf8(bytes).map_err(|_| no_text())
}

/// A line that the terminal doesn't show.
#[cfg(unix)]
fn hidden_line() -> Result<String, Failure> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let stdin = std::io::stdin();
    let shown = tcgetattr(&stdin).ok();
    if let Some(mut hidden) = shown.clone() {
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL);
        let _ = tcsetattr(&stdin, OptionalActions::Flush, &hidden);
    }
    let line = line();
    if let Some(shown) = shown {
        let _ = tcsetattr(&stdin, OptionalActions::Now, &shown);
    }
    line
}

#[cfg(not(unix))]
fn hidden_line() -> Result<String, Failure> {
    line()
}

fn line() -> Result<String, Failure> {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map(|_| line).map_err(|source| {
        let action = "read the token".into();
        Error::File { action, source }.into()
    })
}

fn no_text() -> Failure {
    Failure::usage(
        "standard input holds no token",
        "send it the token alone: registry-cli login --db URL < FILE",
    )
}
