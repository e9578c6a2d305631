//! A pgbouncer before a server, in transaction mode.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::server::{as_other_user, new_folder, other_user, outlive, temporary};

/// What to tell a person when it is nowhere.
pub const HOW_TO_INSTALL_POOLER: &str =
    "install pgbouncer (Debian, Ubuntu: `apt-get install pgbouncer`; macOS: `brew install pgbouncer`)";

/// The number in the name of its socket; nothing listens on a port.
const PORT: u16 = 6432;

/// A running pgbouncer; dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Pooler {
    folder: PathBuf,
    child: Child,
}

impl Pooler {
    /// Where the program is.
    ///
    /// # Errors
    /// When it is nowhere, with what to do about it.
    pub fn program() -> io::Result<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
        let mut programs = folders.map(|folder| folder.join("pgbouncer"));
        programs.find(|program| program.is_file()).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("pgbouncer is not there: {HOW_TO_INSTALL_POOLER}"),
            )
        })
    }

    /// Starts one. `server` is how it reaches the server, as `host=... port=... user=...`; of `sessions` there are at
    /// most so many for a database. `settings` are lines of its own.
    ///
    /// # Errors
    /// When it does not start, with what it said.
    pub fn start(server: &str, sessions: u32, settings: &str) -> io::Result<Self> {
        let program = Self::program()?;
        let folder = new_folder(&temporary(), "throwaway-pgbouncer")?;
        let shown = folder.display();
        let configuration = format!(
            "[databases]\n* = {server}\n[pgbouncer]\nlisten_port = {PORT}\nunix_socket_dir = {shown}\n\
             logfile = {shown}/log\nauth_type = any\npool_mode = transaction\nmax_client_conn = 500\n\
             default_pool_size = {sessions}\n{settings}\n"
        );
        let file = folder.join("pgbouncer.ini");
        std::fs::write(&file, configuration)?;
        if let Some((user, group)) = other_user()? {
            chown(&folder, Some(user), Some(group))?;
        }
        let mut command = Command::new(program);
        as_other_user(&mut command)?;
        command.arg("--quiet").arg(&file).current_dir("/");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.process_group(0).spawn()?;
        let mut pooler = Self { folder, child };
        pooler.watch()?;
        pooler.wait()?;
        Ok(pooler)
    }

    /// The folder of its socket, and the number in its name: for `host` and `port` of an address.
    pub fn address(&self) -> (&Path, u16) {
        (&self.folder, PORT)
    }

    /// Until it takes connections.
    fn wait(&mut self) -> io::Result<()> {
        const PATIENCE: Duration = Duration::from_secs(20);
        let begun = Instant::now();
        let socket = self.folder.join(format!(".s.PGSQL.{PORT}"));
        while UnixStream::connect(&socket).is_err() {
            let ended = self.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > PATIENCE {
                let said = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("pgbouncer did not start: {said}")));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    /// A process that ends it when this process is gone, however it went.
    fn watch(&self) -> io::Result<()> {
        const SCRIPT: &str = r#"
            while [ -d "$1" ] && { [ -e "/proc/$2" ] || kill -0 "$2" 2>/dev/null; }; do sleep 1; done
            [ -d "$1" ] || exit 0
            kill "$3" 2>/dev/null
            rm -rf "$1"
        "#;
        let mut watch = Command::new("/bin/sh");
        watch.args(["-c", SCRIPT, "sh"]).arg(&self.folder);
        watch
            .arg(std::process::id().to_string())
            .arg(self.child.id().to_string());
        outlive(watch)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // What fails here is done by the process that watches.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
