//! What every command prints: each story in `cmd/` is a small story, told in a folder of its own that holds a registry
//! with fixed times (see `snapshots/registry.rs`). `TRYCMD=overwrite` writes what the program prints now into the
//! stories, and present times are then to be replaced by `[..]`; the change is reviewed like any other. trycmd shows
//! every `\` as `/`.

#![expect(
    clippy::unwrap_used,
    reason = "a failure of the fixture is a failure of the test"
)]

#[path = "snapshots/registry.rs"]
mod registry;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

macro_rules! stories {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                run(stringify!($name));
            }
        )+

        const STORIES: &[&str] = &[$(stringify!($name)),+];
    };
}

stories! {
    after_the_demo,
    ascii_terminal,
    backup,
    compare,
    completions,
    copy,
    delete,
    demo,
    doctor,
    errors_in_json,
    exports,
    get,
    hash,
    help,
    history,
    json_schema,
    leaderboard,
    lineage,
    list,
    man,
    migrate,
    names_and_tags,
    narrow_terminal,
    no_registry,
    original_command_lines,
    promote,
    register,
    register_many,
    retire_and_restore,
    rollback,
    search,
    search_errors,
    settings,
    tags,
    tokens,
    update,
    usage_errors,
    versions,
    watch,
    webhooks,
}

#[test]
fn no_story_is_left_out() {
    let files = fs::read_dir(stories()).unwrap();
    let names = files.map(|file| {
        file.unwrap()
            .path()
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    });
    let told: BTreeSet<String> = STORIES.iter().map(ToString::to_string).collect();
    assert_eq!(names.collect::<BTreeSet<String>>(), told);
}

fn stories() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd")
}

/// Tells a story in a folder made for it.
fn run(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    registry::make(&folder.path().join(format!("{name}.in")));
    // Its presence makes trycmd work on a copy of the folder.
    fs::create_dir(folder.path().join(format!("{name}.out"))).unwrap();
    let files = files_of(name);
    for file in &files {
        fs::copy(stories().join(file), folder.path().join(file)).unwrap();
    }
    let _back = CopyBack {
        folder: folder.path(),
        files: &files,
    };
    let cases = trycmd::TestCases::new();
    cases
        .env("NO_COLOR", "1")
        .env("COLUMNS", if name == "narrow_terminal" { "50" } else { "100" })
        .env("LC_ALL", if name == "ascii_terminal" { "C" } else { "C.UTF-8" })
        .env("TZ", "UTC")
        .env("REGISTRY_DB", "model_registry.db")
        .env("REGISTRY_ACTOR", "carol");
    for file in files.iter().filter(|file| !file.ends_with(".stdout")) {
        cases.case(folder.path().join(file));
    }
    cases.run();
}

/// The files of a story: `NAME.trycmd`, or `NAME.toml` with `NAME.stdout` where the output itself shows commands.
fn files_of(name: &str) -> Vec<String> {
    let files = ["trycmd", "toml", "stdout"].map(|extension| format!("{name}.{extension}"));
    files
        .into_iter()
        .filter(|file| stories().join(file).exists())
        .collect()
}

/// Brings overwritten stories back, also when the test fails.
struct CopyBack<'a> {
    folder: &'a Path,
    files: &'a [String],
}

impl Drop for CopyBack<'_> {
    fn drop(&mut self) {
        if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
            for file in self.files {
                fs::copy(self.folder.join(file), stories().join(file)).unwrap();
            }
        }
    }
}
