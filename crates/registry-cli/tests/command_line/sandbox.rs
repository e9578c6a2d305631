//! A folder with a registry and checkpoints, and the program run in it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder of its own for one test.
pub(crate) struct Sandbox {
    folder: TempDir,
    /// Where the registry is, when it isn't the file of the default name.
    pub(crate) database: Option<String>,
}

/// What a run of the program left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Sandbox {
    /// An empty folder but for the checkpoint `a.pt`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.pt"), [7; 2048]).unwrap();
        Self {
            folder,
            database: None,
        }
    }

    /// With `gpt` in versions 1.0.0 (id 1) and 1.1.0 (id 2, its child), and `vision` 1.0.0 (id 3).
    pub(crate) fn with_models() -> Self {
        let sandbox = Self::new();
        let plain = "--checkpoint a.pt --task-type t --config-hash h";
        sandbox.ok(&format!(
            "register --name gpt --version 1.0.0 {plain} --metrics {{\"loss\":0.5}}"
        ));
        sandbox.ok(&format!(
            "register --name gpt --version 1.1.0 {plain} --parent 1 --metrics {{\"loss\":0.25}}"
        ));
        sandbox.ok(&format!("register --name vision --version 1.0.0 {plain}"));
        sandbox
    }

    /// With so many versions of `m0` to `m6`, each with a loss, in groups of the same moment.
    pub(crate) fn with_many(count: usize) -> Self {
        let sandbox = Self::new();
        let lines: Vec<String> = (0..count)
            .map(|at| {
                format!(
                    r#"{{"name": "m{}", "version": "1.{at}.0", "checkpoint_path": "a.pt", "task_type": "t", "config": {{}}, "metrics": {{"loss": {}}}}}"#,
                    at % 7,
                    at % 10
                )
            })
            .collect();
        std::fs::write(sandbox.path("many.jsonl"), lines.join("\n")).unwrap();
        sandbox.ok("register --from many.jsonl");
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, ready to run here, deaf to the surroundings.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_registry-cli"));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("XDG_CONFIG_HOME", self.path("config"));
        for name in [
            "REGISTRY_DB",
            "REGISTRY_REPLICA",
            "PGPASSFILE",
            "PGPASSWORD",
            "REGISTRY_TOKENS",
            "REGISTRY_TOKEN",
            "REGISTRY_TOKEN_FILE",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "CI",
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "COLUMNS",
            "LC_CTYPE",
            "LANG",
        ] {
            command.env_remove(name);
        }
        command
            .env("LC_ALL", "C.UTF-8")
            .env("REGISTRY_ACTOR", "tester")
            .env("TZ", "UTC");
        command.envs(self.database.iter().map(|database| ("REGISTRY_DB", database)));
        command
    }

    /// Runs with these arguments.
    pub(crate) fn args(&self, arguments: &[&str]) -> Ran {
        finish(self.command().args(arguments), "")
    }

    /// Runs with the words of this line.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.args(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs with the words of this line and something on standard input.
    pub(crate) fn fed(&self, line: &str, input: &str) -> Ran {
        finish(
            self.command().args(line.split_whitespace()).stdin(Stdio::piped()),
            input,
        )
    }

    /// The same, trusting the authority in this file; without one, whom the system trusts.
    #[cfg(unix)]
    pub(crate) fn trusting(&self, authority: Option<&std::path::Path>, line: &str, input: &str) -> Ran {
        let mut command = self.command();
        command.envs(authority.map(|file| ("SSL_CERT_FILE", file)));
        finish(command.args(line.split_whitespace()).stdin(Stdio::piped()), input)
    }

    /// Runs what must go well, and gives its standard output.
    pub(crate) fn ok(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.status, 0, "{line}: {ran:?}");
        ran.out
    }

    /// Runs what must go well, and gives its answer in JSON.
    pub(crate) fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.ok(&format!("{line} --json"))).unwrap()
    }
}

fn finish(command: &mut Command, input: &str) -> Ran {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).unwrap();
    }
    let output = child.wait_with_output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// The error in JSON, from the last line of standard error.
    pub(crate) fn error(&self) -> Value {
        let value: Value = serde_json::from_str(self.err.lines().last().unwrap()).unwrap();
        value["error"].clone()
    }
}
