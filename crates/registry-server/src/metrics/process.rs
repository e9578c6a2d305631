//! The process, under the names that every program has for it.

use std::fmt::Write as _;

/// Memory and open files, where the system tells, and which program this is.
pub(crate) fn process() -> String {
    let mut text = format!(
        "# HELP registry_build_info Which release answers.\n# TYPE registry_build_info gauge\n\
         registry_build_info{{version=\"{}\"}} 1\n",
        env!("CARGO_PKG_VERSION")
    );
    for (name, help, value) in [
        (
            "process_resident_memory_bytes",
            "Memory that the process has.",
            resident_bytes(),
        ),
        (
            "process_open_fds",
            "File descriptors that the process has open.",
            open_files(),
        ),
    ] {
        if let Some(value) = value {
            // Writing to a text cannot fail.
            let _ = write!(
                text,
                "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"
            );
        }
    }
    text
}

#[cfg(target_os = "linux")]
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(target_os = "linux")]
fn open_files() -> Option<u64> {
    // The one by which they are listed is no more open then.
    let listed = std::fs::read_dir("/proc/self/fd").ok()?.count();
    u64::try_from(listed).ok()?.checked_sub(1)
}

#[cfg(not(target_os = "linux"))]
fn resident_bytes() -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
fn open_files() -> Option<u64> {
    None
}
