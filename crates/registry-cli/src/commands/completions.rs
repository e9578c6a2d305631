//! `completions`: a script for a shell.

use crate::args::Completions;
use crate::output::Output;

pub(super) fn run(args: &Completions) -> Output {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::definition(), "registry-cli", &mut script);
    Output::text(String::from_utf8_lossy(&script))
}
