//! A real terminal: its colours, its width, and the question before something goes for good.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Command;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::sandbox::Sandbox;

/// What a run on a terminal left: its status, and all that the terminal showed, with the echo of what was typed.
#[derive(Debug)]
struct Shown {
    status: Option<i32>,
    text: String,
}

/// Runs the command on a terminal of so many columns, on which this is typed.
fn on_a_terminal(mut command: Command, columns: u16, typed: &str) -> Shown {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let size = Winsize {
        ws_row: 50,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&ours, size).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    // No program that another test starts meanwhile may inherit an end.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = || rustix::fs::open(name.as_c_str(), flags, Mode::empty()).unwrap();
    command.stdin(theirs()).stdout(theirs()).stderr(theirs());
    let mut child = command.spawn().unwrap();
    // It holds their end, which must be closed for the reading to end.
    drop(command);
    let mut ours = File::from(ours);
    ours.write_all(typed.as_bytes()).unwrap();
    let mut shown = Vec::new();
    let mut piece = [0; 4096];
    // When the program has ended, the answer is an error.
    while let Ok(count @ 1..) = ours.read(&mut piece) {
        shown.extend(&piece[..count]);
    }
    Shown {
        status: child.wait().unwrap().code(),
        text: String::from_utf8(shown).unwrap(),
    }
}

fn command(sandbox: &Sandbox, line: &str) -> Command {
    let mut command = sandbox.command();
    command.args(line.split_whitespace()).env("TERM", "xterm");
    command
}

/// What a person sees of the line who types this.
fn typed(sandbox: &Sandbox, line: &str, typed: &str) -> Shown {
    on_a_terminal(command(sandbox, line), 100, typed)
}

#[test]
fn colour_reaches_a_terminal_unless_it_is_unwanted() {
    let sandbox = Sandbox::with_models();
    for line in ["list", "get 1", "compare 1 2", "--help", "get 99"] {
        let colourful = |name: &str, value: &str| {
            let mut command = command(&sandbox, line);
            command.env(name, value);
            on_a_terminal(command, 100, "").text.contains('\u{1b}')
        };
        assert!(colourful("TERM", "xterm"), "{line}");
        // As no-color.org says: an empty value is none.
        assert!(colourful("NO_COLOR", ""), "{line}");
        assert!(!colourful("NO_COLOR", "1"), "{line}");
        assert!(!colourful("TERM", "dumb"), "{line}");
    }
}

#[test]
fn a_delete_asks_and_only_yes_agrees() {
    let sandbox = Sandbox::with_models();
    // The last is the end of the input, as Ctrl-D types it.
    for answer in ["n\n", "\n", "yeah\n", "\u{4}"] {
        let shown = typed(&sandbox, "delete vision", answer);
        assert_eq!(shown.status, Some(0), "{answer:?}: {shown:?}");
        for part in ["delete vision@1.0.0 (id 3) for good?", "[y/N]", "cancelled"] {
            assert!(shown.text.contains(part), "{answer:?}: {shown:?}");
        }
        sandbox.ok("get vision");
    }
    let shown = typed(&sandbox, "delete vision", "y\n");
    assert_eq!(shown.status, Some(0), "{shown:?}");
    assert!(shown.text.contains("deleted vision@1.0.0 (id 3)"), "{shown:?}");
    assert_eq!(sandbox.run("get vision").status, 3);
}

#[test]
fn an_answer_in_json_leaves_the_question_out_of_standard_output() {
    let sandbox = Sandbox::with_models();
    let mut command = command(&sandbox, "delete vision --json");
    let answer = sandbox.path("answer.json");
    // Only standard output goes to the file.
    let shell = format!("exec \"$0\" \"$@\" > '{}'", answer.display());
    let mut shelled = Command::new("sh");
    shelled
        .args(["-c", &shell])
        .arg(command.get_program())
        .args(command.get_args());
    shelled.current_dir(sandbox.path("."));
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shelled.env(name, value),
            None => shelled.env_remove(name),
        };
    }
    command = shelled;
    let shown = on_a_terminal(command, 100, "y\n");
    assert_eq!(shown.status, Some(0), "{shown:?}");
    assert!(shown.text.contains("[y/N]"), "{shown:?}");
    let answer: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(answer).unwrap()).unwrap();
    assert_eq!(answer["model_id"], 3);
}

#[test]
fn nobody_is_asked_who_has_agreed_or_only_rehearses() {
    let sandbox = Sandbox::with_models();
    for line in [
        "delete vision --dry-run",
        "delete vision --yes",
        "delete 1 --force",
    ] {
        let shown = typed(&sandbox, line, "");
        assert_eq!(shown.status, Some(0), "{line}: {shown:?}");
        assert!(!shown.text.contains("[y/N]"), "{line}: {shown:?}");
    }
}

#[test]
fn what_is_refused_anyway_is_refused_before_the_question() {
    let sandbox = Sandbox::with_models();
    let shown = typed(&sandbox, "delete 1", "");
    assert_eq!(shown.status, Some(4), "it has a child: {shown:?}");
    assert!(!shown.text.contains("[y/N]"), "{shown:?}");
    assert!(shown.text.contains("gpt@1.1.0"), "{shown:?}");
}

#[test]
fn removing_exports_asks_and_names_what_will_go() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("exports add 1 --format onnx --path exports/a.onnx");
    let line = "exports remove 1 --format onnx";
    let refused = sandbox.fed(line, "y\n");
    assert_eq!(refused.status, 2, "{refused:?}");
    assert!(refused.err.contains("--yes"), "{refused:?}");

    let shown = typed(&sandbox, line, "n\n");
    assert_eq!(shown.status, Some(0), "{shown:?}");
    for part in ["exports/a.onnx", "[y/N]", "cancelled"] {
        assert!(shown.text.contains(part), "{shown:?}");
    }
    assert!(sandbox.ok("exports list 1").contains("exports/a.onnx"));
    let shown = typed(&sandbox, line, "yes\n");
    assert_eq!(shown.status, Some(0), "{shown:?}");
    assert!(!sandbox.ok("exports list 1").contains("exports/a.onnx"));
}

#[test]
fn tables_fit_the_terminal() {
    let sandbox = Sandbox::with_models();
    let name = "a-name-that-alone-would-fill-more-than-half-of-a-narrow-terminal";
    sandbox.ok(&format!(
        "register --name {name} --version 1.0.0 --checkpoint a.pt --task-type language-modelling \
         --config-hash h --metrics {{\"loss\":0.125,\"perplexity\":12.5,\"a_metric_of_a_long_name\":1}}"
    ));
    for columns in [60, 80, 120] {
        for line in ["list", "compare 1 2 4", "history"] {
            let mut command = command(&sandbox, line);
            command.env("NO_COLOR", "1");
            let shown = on_a_terminal(command, columns, "");
            assert_eq!(shown.status, Some(0), "{shown:?}");
            for row in shown.text.lines() {
                assert!(
                    row.chars().count() <= usize::from(columns),
                    "{columns} columns: {row}"
                );
            }
        }
    }
    // Where nobody looks, nothing is cut.
    assert!(sandbox.ok("list").contains(name));
}
