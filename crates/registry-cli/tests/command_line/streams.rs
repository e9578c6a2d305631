//! Standard output and input: closed, full, shared, without a terminal.

use std::process::Stdio;

use crate::sandbox::Sandbox;

#[test]
fn a_closed_pipe_is_no_error() {
    let sandbox = Sandbox::with_models();
    for line in ["list --json", "tag 1 baseline"] {
        let mut command = sandbox.command();
        let command = command
            .args(line.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command.stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{line}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_failed_print_neither_undoes_nor_repeats_a_write() {
    let sandbox = Sandbox::with_models();
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let write = sandbox
        .command()
        .args(["tag", "1", "baseline"])
        .stdout(full())
        .output()
        .unwrap();
    assert_eq!(write.status.code(), Some(1));
    let told = String::from_utf8(write.stderr).unwrap();
    assert!(told.starts_with("error: the change was made, but"), "{told}");
    assert_eq!(
        sandbox.json("history --tag baseline")["events"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let read = sandbox.command().args(["list"]).stdout(full()).output().unwrap();
    assert_eq!(read.status.code(), Some(1));
    assert!(
        String::from_utf8(read.stderr)
            .unwrap()
            .starts_with("error: the answer could not be printed")
    );
}

#[test]
fn without_a_terminal_a_delete_needs_yes_or_force() {
    let sandbox = Sandbox::with_models();
    let refused = sandbox.fed("delete vision", "y\n");
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("delete vision@1.0.0 (id 3)"), "{refused:?}");
    assert!(refused.err.contains("--yes"));
    sandbox.ok("get vision");
    sandbox.ok("delete vision --yes");
    assert_eq!(sandbox.run("get vision").status, 3);
    assert_eq!(sandbox.run("delete 1 --yes").status, 4, "it has a child");
    sandbox.ok("delete 1 --force");
}

#[test]
fn json_comes_as_text_from_a_file_or_from_standard_input() {
    let sandbox = Sandbox::new();
    let hash = "1598c432a023fad357613ece9b72ee262030584ce0e6c7362d8a3a65905e19f1";
    std::fs::write(sandbox.path("config.json"), "{\"d\":1}\n").unwrap();
    assert_eq!(sandbox.args(&["hash", "--config", "{\"d\": 1}"]).out.trim(), hash);
    assert_eq!(sandbox.ok("hash --config @config.json").trim(), hash);
    assert_eq!(sandbox.fed("hash --config -", "{ \"d\": 1 }").out.trim(), hash);
    assert_eq!(sandbox.json("hash --config @config.json")["config_hash"], hash);

    let plain = "register --name a --version 1.0.0 --checkpoint a.pt --task-type t";
    let both = sandbox.fed(&format!("{plain} --config - --metrics -"), "{}");
    assert_eq!(both.status, 2);
    assert!(both.err.contains("two arguments want standard input"));
}

#[test]
fn plain_ascii_where_the_locale_is_no_utf8() {
    let sandbox = Sandbox::with_models();
    let line = ["update", "1", "--notes", "größer"];
    assert_eq!(sandbox.args(&line).status, 0);
    for command in ["list", "get 1", "lineage 2", "compare 1 2", "history", "settings"] {
        let mut process = sandbox.command();
        let output = process
            .args(command.split_whitespace())
            .env("LC_ALL", "C")
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}");
        assert!(output.stdout.is_ascii(), "{command}");
        assert!(sandbox.ok(&format!("{command} --ascii")).is_ascii(), "{command}");
    }
}

#[test]
fn no_colour_reaches_a_pipe() {
    let sandbox = Sandbox::with_models();
    for command in ["list", "get 1", "compare 1 2", "--help", "get 99"] {
        let ran = sandbox.run(command);
        assert!(!(ran.out + &ran.err).contains('\u{1b}'), "{command}");
    }
}
