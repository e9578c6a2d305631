//! A server in a folder of its own.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::binaries::Binaries;

/// The superuser of every server.
const USER: &str = "registry";

/// What a server need not do that is gone in a minute.
const IN_A_HURRY: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("autovacuum", "off"),
    ("max_connections", "300"),
    ("shared_buffers", "64MB"),
    ("listen_addresses", ""),
];

/// A running server; dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Server {
    binaries: Binaries,
    folder: PathBuf,
    settings: Vec<(String, String)>,
}

impl Server {
    /// Starts a server in a new temporary folder, with these settings besides those that make it fast. It ends at the
    /// latest when this process does.
    ///
    /// # Errors
    /// When it does not start, with what it said.
    pub fn start(binaries: &Binaries, settings: &[(&str, &str)]) -> io::Result<Self> {
        let folder = new_folder(&temporary(), "throwaway-postgres")?;
        Self::start_in(binaries, folder, settings, std::process::id())
    }

    /// The same in a folder that is not in memory, to measure what a disk costs.
    ///
    /// # Errors
    /// When it does not start, with what it said.
    pub fn start_on_disk(binaries: &Binaries, settings: &[(&str, &str)]) -> io::Result<Self> {
        let disk = Path::new("/var/tmp");
        let parent = if disk.is_dir() {
            disk.to_path_buf()
        } else {
            std::env::temp_dir()
        };
        Self::start_in(
            binaries,
            new_folder(&parent, "throwaway-postgres")?,
            settings,
            std::process::id(),
        )
    }

    /// The same in a folder that is there, for as long as the process `owner` lives.
    pub(crate) fn start_in(
        binaries: &Binaries,
        folder: PathBuf,
        settings: &[(&str, &str)],
        owner: u32,
    ) -> io::Result<Self> {
        let all = IN_A_HURRY.iter().chain(settings);
        let server = Self {
            binaries: binaries.clone(),
            folder,
            settings: all
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
        };
        if let Some((user, group)) = other_user()? {
            chown(&server.folder, Some(user), Some(group))?;
        }
        server.watch(owner)?;
        server.initialize()?;
        server.run()?;
        Ok(server)
    }

    /// Starts a replica of it, which repeats what this does and can be read.
    ///
    /// # Errors
    /// When it does not start, with what it said.
    pub fn replica(&self) -> io::Result<Self> {
        let replica = Self {
            binaries: self.binaries.clone(),
            folder: new_folder(&temporary(), "throwaway-replica")?,
            settings: self.settings.clone(),
        };
        if let Some((user, group)) = other_user()? {
            chown(&replica.folder, Some(user), Some(group))?;
        }
        replica.watch(std::process::id())?;
        let mut copy = replica.program("pg_basebackup")?;
        copy.arg("-D").arg(replica.data()).arg("-h").arg(&self.folder);
        copy.args(["-U", USER, "-R", "-X", "stream", "-c", "fast", "--no-sync"]);
        replica.finish(&mut copy)?;
        replica.run()?;
        Ok(replica)
    }

    /// The address of one of its databases; `postgres` is there from the start.
    pub fn url(&self, database: &str) -> String {
        url(&self.folder, database)
    }

    /// Its folder; the data is in `data`, what it says in `log`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts it again after [`halt`](Self::halt).
    ///
    /// # Errors
    /// When it does not start, with what it said.
    pub fn run(&self) -> io::Result<()> {
        let mut options = vec![format!("-k '{}'", self.folder.display())];
        options.extend(
            self.settings
                .iter()
                .map(|(name, value)| format!("-c {name}='{value}'")),
        );
        let mut start = self.program("pg_ctl")?;
        start.arg("start").arg("-w").arg("-D").arg(self.data());
        start
            .arg("-l")
            .arg(self.folder.join("log"))
            .arg("-o")
            .arg(options.join(" "));
        self.finish(&mut start)
    }

    /// Stops it: `fast` hangs up on everybody, `immediate` is as if it crashed.
    ///
    /// # Errors
    /// When it does not stop.
    pub fn halt(&self, mode: &str) -> io::Result<()> {
        let mut stop = self.program("pg_ctl")?;
        stop.args(["stop", "-w", "-m", mode, "-D"]).arg(self.data());
        self.finish(&mut stop)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn initialize(&self) -> io::Result<()> {
        let mut initialize = self.program("initdb")?;
        initialize.arg("-D").arg(self.data());
        initialize.args(["--username", USER, "--auth", "trust", "--encoding", "UTF8"]);
        initialize.args(["--no-sync", "--no-instructions"]);
        if self.binaries.version() >= 15 {
            // A locale that does not order by bytes: nothing may depend on it.
            initialize.args([
                "--locale",
                "C",
                "--locale-provider",
                "icu",
                "--icu-locale",
                "de-DE",
            ]);
        } else {
            initialize.args(["--locale", "C"]);
        }
        self.finish(&mut initialize)
    }

    /// A process that ends the server when the owner is gone, however it went.
    fn watch(&self, owner: u32) -> io::Result<()> {
        const SCRIPT: &str = r#"
            while [ -d "$1" ] && { [ -e "/proc/$2" ] || kill -0 "$2" 2>/dev/null; }; do sleep 1; done
            [ -d "$1" ] || exit 0
            "$3" stop -w -m immediate -D "$1/data" >/dev/null 2>&1
            rm -rf "$1"
        "#;
        let mut watch = Command::new("/bin/sh");
        watch
            .args(["-c", SCRIPT, "sh"])
            .arg(&self.folder)
            .arg(owner.to_string());
        watch.arg(self.binaries.program("pg_ctl"));
        outlive(watch)
    }

    fn program(&self, name: &str) -> io::Result<Command> {
        let mut command = Command::new(self.binaries.program(name));
        as_other_user(&mut command)?;
        command.current_dir("/").stdin(Stdio::null());
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("PG") {
                command.env_remove(variable);
            }
        }
        Ok(command)
    }

    /// Runs it to its end. What it says goes to a file: a server that it starts would hold a pipe open.
    fn finish(&self, command: &mut Command) -> io::Result<()> {
        let said = self.folder.join("said");
        let file = std::fs::File::create(&said)?;
        let status = command.stdout(file.try_clone()?).stderr(file).status()?;
        if status.success() {
            return Ok(());
        }
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let said = std::fs::read_to_string(said).unwrap_or_default();
        let program = command.get_program().to_string_lossy().into_owned();
        Err(io::Error::other(format!(
            "`{program}` failed ({status}): {said}{log}"
        )))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What fails here is done by the process that watches.
        let _ = self.halt("immediate");
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn url(folder: &Path, database: &str) -> String {
    format!("postgres:///{database}?host={}&user={USER}", folder.display())
}

/// Where temporary things are fast: in memory, where the system has such a place.
pub(crate) fn temporary() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    }
}

/// A folder of its own under another.
pub(crate) fn new_folder(parent: &Path, name: &str) -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = parent.join(format!("{name}-{}-{count}", std::process::id()));
    if folder.exists() {
        // Of a process that had this number before.
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir(&folder)?;
    Ok(folder)
}

/// PostgreSQL refuses to run as root: then it runs as its own user, or as nobody.
pub(crate) fn other_user() -> io::Result<Option<(u32, u32)>> {
    if number("-u", None) != Some(0) {
        return Ok(None);
    }
    for user in ["postgres", "nobody"] {
        if let (Some(user), Some(group)) = (number("-u", Some(user)), number("-g", Some(user))) {
            return Ok(Some((user, group)));
        }
    }
    Err(io::Error::other(
        "PostgreSQL refuses to run as root, and there is no user `postgres`",
    ))
}

pub(crate) fn as_other_user(command: &mut Command) -> io::Result<()> {
    if let Some((user, group)) = other_user()? {
        command.uid(user).gid(group);
    }
    Ok(())
}

/// Starts what nobody waits for: it outlives this process.
pub(crate) fn outlive(mut command: Command) -> io::Result<()> {
    as_other_user(&mut command)?;
    command.current_dir("/").process_group(0);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().map(drop)
}

fn number(which: &str, user: Option<&str>) -> Option<u32> {
    let output = Command::new("id")
        .arg(which)
        .args(user)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
