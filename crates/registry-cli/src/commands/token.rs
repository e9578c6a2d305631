//! `token`: who may use a server.

use std::path::Path;

use registry_core::search::Glob;
use registry_core::{TagName, Timestamp};
use registry_server::{NewToken, TokenFile};
use serde_json::json;

use super::Answer;
use super::serve::tokens_file;
use super::written::joined;
use crate::args::{CommaList, CreateToken, ProtectTag, Token, TokenCommand};
use crate::failure::Failure;
use crate::output::Output;
use crate::render;
use crate::render::text::plain_lines;
use crate::session::Session;

pub(super) fn run(args: Token, session: &Session<'_, '_>) -> Answer {
    let file = |named: Option<&Path>| tokens_file(named, &session.database).map(TokenFile::new);
    match args.command {
        TokenCommand::Create(args) => create(&file(args.file.tokens.as_deref())?, args, session),
        TokenCommand::List(args) => list(&file(args.file.tokens.as_deref())?, session),
        TokenCommand::Revoke(args) => revoke(&file(args.file.tokens.as_deref())?, &args.token, session),
        TokenCommand::Protect(args) => protect(&file(args.file.tokens.as_deref())?, &args, session),
    }
}

/// The secret alone goes to standard output, so that it can be sent into a file.
fn create(file: &TokenFile, args: CreateToken, session: &Session<'_, '_>) -> Answer {
    if let Some(pattern) = &args.names {
        Glob::new(pattern.as_str())?;
    }
    let expires_at = args.expires.map(|time| time.on(&session.screen)).transpose()?;
    let token = NewToken {
        name: args.name,
        roles: args.role,
        names: args.names,
        tags: args.tags.map(|CommaList(tags)| tags),
        expires_at,
    };
    if token.limits_an_admin() {
        return Err(Failure::usage(
            "an admin may do everything, and cannot be limited to names or tags",
            "leave out --names and --tags, or choose other roles",
        ));
    }
    let now = Timestamp::now();
    let (secret, record) = file.create(token, now)?;
    let document = || {
        let mut value = json!(record.document(None, now));
        value["token"] = secret.reveal().into();
        value
    };
    let output = session.answer(document, |_| secret.reveal().to_owned());
    Ok(output.committed(true).hint(format!(
        "this is token {} of {} ({}); it is not shown again",
        record.id,
        record.name,
        joined(&record.roles)
    )))
}

fn list(file: &TokenFile, session: &Session<'_, '_>) -> Answer {
    let (tokens, protected, now) = (file.list()?, file.protected_tags()?, Timestamp::now());
    let last_used = file.last_used();
    let hint = last_used.as_ref().err().map(|error| {
        format!(
            "when tokens were last used is not known: {error}; the next server that writes it begins anew"
        )
    });
    let last_used = last_used.unwrap_or_default();
    let documents = || {
        let documents = tokens.iter();
        documents
            .map(|token| token.document(last_used.get(&token.id).copied(), now))
            .collect::<Vec<_>>()
    };
    let output = session.answer(
        || json!({ "tokens": documents(), "protected_tags": protected }),
        |screen| render::tokens(&documents(), &protected, screen),
    );
    Ok(match hint {
        Some(hint) => output.hint(hint),
        None => output,
    })
}

fn revoke(file: &TokenFile, token: &str, session: &Session<'_, '_>) -> Answer {
    let now = Timestamp::now();
    let revoked = file.revoke(token, now)?;
    if revoked.is_empty() {
        return Err(Failure::usage(
            format!("there is no token `{token}` that could still be revoked"),
            "`registry-cli token list` shows the tokens",
        ));
    }
    let last_used = file.last_used().unwrap_or_default();
    let documents = || {
        let documents = revoked.iter();
        documents
            .map(|token| token.document(last_used.get(&token.id).copied(), now))
            .collect::<Vec<_>>()
    };
    let text = revoked
        .iter()
        .map(|token| format!("revoked {} of {}\n", token.id, token.name));
    let output = session.answer(
        || json!({ "revoked": documents() }),
        |screen| plain_lines(&text.collect::<String>(), screen),
    );
    Ok(output.committed(true))
}

fn protect(file: &TokenFile, args: &ProtectTag, session: &Session<'_, '_>) -> Answer {
    file.protect(&args.tag, !args.off)?;
    let protected: Vec<TagName> = file.protected_tags()?;
    let output: Output = session.answer(
        || json!({ "protected_tags": protected }),
        |screen| match protected.as_slice() {
            [] => "no tag is protected".into(),
            tags => plain_lines(&format!("protected: {}", joined(tags)), screen),
        },
    );
    Ok(output.committed(true))
}
