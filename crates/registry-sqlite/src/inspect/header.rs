//! The beginning of a file that SQLite refused, for words about it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use registry_core::{Error, Result};

use super::{damaged, not_a_registry};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The header's length (<https://www.sqlite.org/fileformat2.html#the_database_header>).
const LENGTH: usize = 100;

/// The error that says what the file is, or what is wrong with it.
///
/// Only for files that SQLite cannot read: closing a file drops every lock that the process holds on it, so that one
/// which a registry of this process has open must never be opened by other means.
pub(super) fn explain(path: &Path, refusal: Error) -> Error {
    read(path).map_or_else(|error| error, |bytes| explain_bytes(path, &bytes, refusal))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(LENGTH);
    let read = File::open(path).and_then(|file| file.take(LENGTH as u64).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(source) => Err(Error::File {
            action: format!("read `{}`", path.display()),
            source,
        }),
    }
}

fn explain_bytes(path: &Path, bytes: &[u8], refusal: Error) -> Error {
    if !MAGIC.starts_with(&bytes[..bytes.len().min(MAGIC.len())]) {
        return not_a_registry(path, name_of(bytes));
    }
    if bytes.len() < LENGTH {
        return damaged(path, format!("it is cut off after {} bytes", bytes.len()));
    }
    let found = std::fs::metadata(path).map_or(0, |file| file.len());
    match declared_length(bytes) {
        Some(needed) if found < needed => {
            damaged(path, format!("it is cut off: it has {found} bytes of {needed}"))
        }
        _ => refusal,
    }
}

fn declared_length(header: &[u8]) -> Option<u64> {
    let page_size = match u64::from(u16::from_be_bytes([*header.get(16)?, *header.get(17)?])) {
        1 => 65_536,
        size => size,
    };
    let pages = header.get(28..32)?.try_into().ok().map(u32::from_be_bytes)?;
    Some(u64::from(pages) * page_size)
}

/// A file that is no SQLite database, in words.
fn name_of(bytes: &[u8]) -> &'static str {
    const KNOWN: [(&[u8], &str); 6] = [
        (
            b"PK\x03\x04",
            "a zip archive (PyTorch checkpoints are zip archives)",
        ),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\x89HDF", "an HDF5 file"),
        (b"\x80\x02", "a Python pickle"),
        (b"PGDMP", "a PostgreSQL dump"),
        (b"GGUF", "a GGUF model file"),
    ];
    if let Some((_, name)) = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return name;
    }
    // A character may be cut at the end of what was read.
    let text = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    if text && !bytes.contains(&0) {
        "a text file"
    } else {
        "not an SQLite database"
    }
}
