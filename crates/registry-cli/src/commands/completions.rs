//! `completions`: a script for a shell.

use serde_json::json;

use crate::args::Completions;
use crate::output::Output;
use crate::session::Session;

pub(super) fn run(args: &Completions, session: &Session<'_, '_>) -> Output {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::definition(), "registry-cli", &mut script);
    let script = String::from_utf8_lossy(&script);
    session.answer(
        || json!({ "shell": args.shell.to_string(), "script": script }),
        |_| script.clone().into_owned(),
    )
}
