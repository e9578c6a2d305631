//! The cargo subcommands that some chores need: is it there, how is it installed.

use std::path::Path;

use crate::process::{Failure, answer, cargo, on_ci, run};

/// A program that `cargo install` provides.
pub(crate) struct Tool {
    /// `cargo <verb>`.
    pub(crate) verb: &'static str,
    /// What follows `cargo install`.
    pub(crate) install: &'static str,
    /// The version that must be there, if not any will do.
    pub(crate) version: Option<&'static str>,
}

pub(crate) const SQLX: Tool = Tool {
    verb: "sqlx",
    install: "sqlx-cli --version 0.9.0 --locked --no-default-features --features sqlite,postgres,rustls,sqlx-toml",
    version: Some("0.9.0"),
};
pub(crate) const NEXTEST: Tool = Tool {
    verb: "nextest",
    install: "cargo-nextest --locked",
    version: None,
};
pub(crate) const DENY: Tool = Tool {
    verb: "deny",
    install: "cargo-deny --locked",
    version: None,
};

/// Everything that `cargo xtask ci` needs beyond the Rust toolchain.
pub(crate) fn require_all(root: &Path) -> Result<(), Failure> {
    [SQLX, NEXTEST, DENY]
        .iter()
        .try_for_each(|tool| tool.require(root))
}

impl Tool {
    /// True if `cargo <verb>` works, in the version needed.
    pub(crate) fn is_installed(&self, root: &Path) -> bool {
        let Some(said) = answer(cargo(root).args([self.verb, "--version"])) else {
            return false;
        };
        self.version
            .is_none_or(|wanted| said.split_whitespace().any(|word| word == wanted))
    }

    /// The line to type.
    pub(crate) fn how_to_install(&self) -> String {
        format!("cargo install {}", self.install)
    }

    /// Installs it on a build machine; elsewhere asks the person to.
    pub(crate) fn require(&self, root: &Path) -> Result<(), Failure> {
        if self.is_installed(root) {
            return Ok(());
        }
        if on_ci() {
            let mut install = cargo(root);
            install.arg("install").args(self.install.split(' '));
            // Built once and used for seconds: fast to build beats fast to run.
            install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
            install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64");
            return run(&mut install);
        }
        let version = self
            .version
            .map(|version| format!(" {version}"))
            .unwrap_or_default();
        let (verb, install) = (self.verb, self.how_to_install());
        Err(Failure::Found(format!(
            "`cargo {verb}`{version} is not installed\nhint: {install}"
        )))
    }
}
