//! `serve` and `token` in a program that was built without the server: known, so that what is missing can be said.

use std::ffi::OsString;

use clap::Args;

/// Any words.
#[derive(Debug, Args)]
#[command(
    hide = true,
    disable_help_flag = true,
    after_help = "Example:\n  cargo install --path crates/registry-cli --features server"
)]
pub(crate) struct Serve {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    _words: Vec<OsString>,
}

/// Any words.
pub(crate) type Token = Serve;
