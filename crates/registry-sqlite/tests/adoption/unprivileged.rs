//! A test again in a process of its own that may do less. The superuser may write everywhere, so it gives that right
//! away first; nobody needs the right to mount anything.

use std::path::Path;
use std::process::Command;

const FOLDER: &str = "REGISTRY_TEST_UNPRIVILEGED";

/// Runs a test again, which finds the folder by [`folder`], without the right to write where permissions forbid it.
pub(crate) fn run(test: &str, folder: &Path) {
    let program = std::env::current_exe().unwrap();
    let arguments = ["--exact", test, "--nocapture"];
    let mut command = Command::new("setpriv");
    command
        .arg("--bounding-set=-dac_override,-dac_read_search")
        .arg(&program)
        .args(arguments);
    if !overrides_permissions() {
        command = Command::new(&program);
        command.args(arguments);
    }
    run_to_its_end(command.env(FOLDER, folder));
}

/// Runs a test again, which finds the folder by [`folder`], in a process that can make no file larger than this.
pub(crate) fn run_with_file_limit(test: &str, folder: &Path, kilobytes: u64) {
    let mut command = Command::new("bash");
    command
        .arg("-c")
        .arg(format!(r#"trap "" XFSZ; ulimit -f {kilobytes}; exec "$0" "$@""#))
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"]);
    run_to_its_end(command.env(FOLDER, folder));
}

/// In the process with less rights: the folder it was given.
pub(crate) fn folder() -> Option<std::path::PathBuf> {
    std::env::var_os(FOLDER).map(Into::into)
}

/// Makes a folder and what is in it unwritable, or writable again.
pub(crate) fn forbid_writing(folder: &Path, forbidden: bool) {
    use std::os::unix::fs::PermissionsExt;
    let set =
        |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        set(&entry.unwrap().path(), if forbidden { 0o444 } else { 0o644 });
    }
    set(folder, if forbidden { 0o555 } else { 0o755 });
}

fn overrides_permissions() -> bool {
    let folder = tempfile::tempdir().unwrap();
    forbid_writing(folder.path(), true);
    std::fs::write(folder.path().join("try"), "").is_ok()
}

fn run_to_its_end(command: &mut Command) {
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{}", told.concat());
    assert!(told[0].contains("1 passed"), "{}", told.concat());
}
