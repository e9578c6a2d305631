//! The demo: a small registry at work, from trained models to a rollback.
//!
//! The models are real, if small: character bigram models, fitted by gradient descent on text that is made here. Each
//! starts from the weights of its parent's checkpoint. Every metric is computed from the checkpoint on text that the
//! model has not seen, and every command runs through the program's own entry point.

mod bigram;
mod checkpoint;
mod corpus;
mod shell;

use std::path::{Path, PathBuf};

use registry_connect::Location;
use registry_core::Error;
use serde_json::{Value, json};

use self::bigram::{Bigram, SIZE, Training};
use self::corpus::Corpus;
use self::shell::{Shell, quoted};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;

/// Where the demo works when nothing else is said.
pub(crate) const FOLDER: &str = "registry-demo";

/// One of the demo's models: from which it starts and what it learns.
struct Recipe {
    name: &'static str,
    version: &'static str,
    parent: Option<&'static str>,
    task_type: &'static str,
    corpus: Corpus,
    steps: u32,
    seed: u64,
}

const LEARNING_RATE: f64 = 20.0;

const RECIPES: [Recipe; 4] = [
    Recipe {
        name: "text-base",
        version: "1.0.0",
        parent: None,
        task_type: "language_modeling",
        corpus: Corpus::General,
        steps: 300,
        seed: 1,
    },
    Recipe {
        name: "text-support",
        version: "1.0.0",
        parent: Some("text-base@1.0.0"),
        task_type: "language_modeling",
        corpus: Corpus::Support,
        steps: 150,
        seed: 2,
    },
    Recipe {
        name: "ticket-reply",
        version: "1.0.0",
        parent: Some("text-support@1.0.0"),
        task_type: "reply_suggestion",
        corpus: Corpus::Replies,
        steps: 20,
        seed: 3,
    },
    Recipe {
        name: "ticket-reply",
        version: "1.1.0",
        parent: Some("text-support@1.0.0"),
        task_type: "reply_suggestion",
        corpus: Corpus::Replies,
        steps: 200,
        seed: 3,
    },
];

/// Makes the folder, trains the models into it, and shows the registry at work: in a file of the folder, or in the
/// database that the session names. The folder stays.
///
/// # Errors
/// [`Error::FileExists`] when the folder exists; when a file cannot be written or a command fails.
pub(crate) fn run(folder: &Path, session: &Session<'_, '_>) -> Result<Output, Failure> {
    let folder = Folder::make(folder)?;
    let database = match session.database.as_file() {
        Some(_) => Location::file(folder.path("models.db")),
        None => session.database.clone(),
    };
    let mut shell = Shell::new(database.clone(), session.screen);
    shell.say("# Four small character models are trained, each from the weights of its parent, on text made here.\n");
    for recipe in &RECIPES {
        recipe.train_and_register(&folder, &mut shell)?;
    }
    look_and_compare(&mut shell)?;
    promote_and_roll_back(&folder, &mut shell)?;
    what_next(&folder, &database, &mut shell);
    Ok(session.answer(
        || json!({ "folder": folder.name, "database": database.to_string(), "commands": shell.steps }),
        |_| shell.text.clone(),
    ))
}

fn look_and_compare(shell: &mut Shell) -> Result<(), Error> {
    shell.run(&["tag", "text-base@1.0.0", "baseline"])?;
    shell.run(&["list"])?;
    shell.run(&["compare", "ticket-reply@1.0.0", "ticket-reply@1.1.0"])
}

fn promote_and_roll_back(folder: &Folder, shell: &mut Shell) -> Result<(), Error> {
    let production = ["--tag", "production"];
    let promote = |model, reason| ["promote", model, "--tag", "production", "--reason", reason];
    shell.run(&promote("ticket-reply@1.0.0", "first release"))?;
    shell.run(&promote("ticket-reply@1.1.0", "lower val_loss"))?;
    shell.run(&["lineage", "ticket-reply"])?;

    let weights = folder.file("ticket-reply-1.1.0.weights.json");
    let model = checkpoint::load(&folder.path("ticket-reply-1.1.0.safetensors"))?;
    checkpoint::export_json(&model, &folder.path("ticket-reply-1.1.0.weights.json"))?;
    shell.run(&[
        "add-export",
        ":production",
        "--format",
        "json",
        "--path",
        &weights,
    ])?;

    shell.say("# Customers complain about the new replies: `production` goes back to the version before.");
    shell.run(&[
        "rollback",
        production[0],
        production[1],
        "--reason",
        "complaints about 1.1.0",
    ])?;
    shell.run(&["get", ":production"])?;
    shell.run(&["history", production[0], production[1]])
}

fn what_next(folder: &Folder, database: &Location, shell: &mut Shell) {
    let place = quoted(&folder.name);
    shell.say(&match database.as_file() {
        Some(_) => format!("Everything is in {place}; delete the folder when you are done. Try next:\n"),
        None => format!("The models are in {place}, the registry is in {database}. Try next:\n"),
    });
    let database = quoted(&database.to_string());
    for command in [
        "history --limit 10",
        "list --metric val_loss --max 2 --json",
        "lineage text-base --scope descendants --format mermaid",
        "get ticket-reply@^1",
    ] {
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        let rest: Vec<String> = rest.split(' ').map(quoted).collect();
        shell.say(&format!(
            "  registry-cli --db {database} {verb} {}",
            rest.join(" ")
        ));
    }
    if let Some(program) = program_off_the_path() {
        shell.say(&format!(
            "\n`registry-cli` is {} here; `cargo install --path crates/registry-cli` puts it on your PATH.",
            quoted(&program)
        ));
    }
}

impl Recipe {
    /// The start of its files' names.
    fn stem(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    fn train_and_register(&self, folder: &Folder, shell: &mut Shell) -> Result<(), Error> {
        let stem = self.stem();
        let start = match self.parent {
            Some(parent) => {
                checkpoint::load(&folder.path(&format!("{}.safetensors", parent.replace('@', "-"))))?
            }
            None => Bigram::untrained(),
        };
        let training = Training {
            learning_rate: LEARNING_RATE,
            steps: self.steps,
        };
        let (learned, unseen) = (
            self.corpus.text(self.seed, 400),
            self.corpus.text(self.seed + 1000, 100),
        );
        let model = start.train(&learned, training);
        checkpoint::save(&model, &folder.path(&format!("{stem}.safetensors")))?;
        let config = serde_json::to_string_pretty(&self.config()).unwrap_or_default();
        checkpoint::write(&folder.path(&format!("{stem}.config.json")), config.as_bytes())?;

        let (before, after) = (start.score(&unseen), model.score(&unseen));
        shell.say(&format!(
            "# {} {}: {} steps on text of the kind `{}`, val_loss {:.4} before, {:.4} after",
            self.name,
            self.version,
            self.steps,
            self.corpus.name(),
            before.loss,
            after.loss
        ));
        let metrics = json!({
            "val_loss": rounded(after.loss),
            "perplexity": rounded(after.loss.exp()),
            "accuracy": rounded(after.accuracy),
            "train_loss": rounded(model.score(&learned).loss),
        })
        .to_string();
        let metadata = json!({ "val_loss_before_training": rounded(before.loss) }).to_string();
        let checkpoint = folder.file(&format!("{stem}.safetensors"));
        let config = format!("@{}", folder.file(&format!("{stem}.config.json")));
        let mut command = vec!["register", "--name", self.name, "--version", self.version];
        command.extend([
            "--task-type",
            self.task_type,
            "--checkpoint",
            &checkpoint,
            "--config",
            &config,
        ]);
        command.extend(["--metrics", &metrics, "--metadata", &metadata]);
        command.extend(self.parent.into_iter().flat_map(|parent| ["--parent", parent]));
        shell.run(&command)
    }

    fn config(&self) -> Value {
        json!({
            "architecture": "character_bigram",
            "vocabulary_size": SIZE,
            "corpus": self.corpus.name(),
            "learning_rate": LEARNING_RATE,
            "steps": self.steps,
            "seed": self.seed,
        })
    }
}

/// How this program was called, when it was by a path and not by its name alone.
fn program_off_the_path() -> Option<String> {
    let called = std::env::args_os().next()?;
    let path = Path::new(&called);
    let by_path = path.file_stem()? == "registry-cli" && path.components().count() > 1;
    by_path.then(|| path.display().to_string())
}

/// Four decimals, as a training script would log them.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

/// The folder, made new.
struct Folder {
    name: String,
}

impl Folder {
    /// Makes the folder and those above it. One that exists is left alone.
    fn make(folder: &Path) -> Result<Self, Error> {
        let refuse = |source| Error::File {
            action: format!("make the folder `{}`", folder.display()),
            source,
        };
        let Some(name) = folder.to_str() else {
            return Err(refuse(std::io::ErrorKind::InvalidFilename.into()));
        };
        if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
            std::fs::create_dir_all(above).map_err(refuse)?;
        }
        match std::fs::create_dir(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(Error::FileExists {
                path: name.to_owned(),
            }),
            made => made.map_err(refuse).map(|()| Self {
                name: name.to_owned(),
            }),
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        Path::new(&self.name).join(file)
    }

    /// A file of the folder as it is typed.
    fn file(&self, file: &str) -> String {
        self.path(file).display().to_string()
    }
}
