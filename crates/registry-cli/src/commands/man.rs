//! `man`: the manual pages.

use std::path::Path;

use registry_core::Error;
use serde_json::json;

use super::Answer;
use crate::args::Man;
use crate::session::Session;

pub(super) fn run(args: Man, session: &Session<'_, '_>) -> Answer {
    let Some(folder) = args.out else {
        let mut page = Vec::new();
        clap_mangen::Man::new(crate::definition())
            .render(&mut page)
            .map_err(|source| failed("write the manual page", source))?;
        let page = String::from_utf8_lossy(&page);
        return Ok(session.answer(|| json!({ "page": page }), |_| page.clone().into_owned()));
    };
    let shown = folder.display().to_string();
    let files =
        write_all(&folder).map_err(|source| failed(&format!("write manual pages into `{shown}`"), source))?;
    Ok(session.answer(
        || json!({ "folder": shown, "files": files }),
        |_| format!("wrote {} manual pages into {shown}", files.len()),
    ))
}

/// Writes a page for each command and returns their file names.
fn write_all(folder: &Path) -> std::io::Result<Vec<String>> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(crate::definition(), folder)?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with("registry-cli") && name.ends_with(".1") {
            files.push(name);
        }
    }
    files.sort();
    Ok(files)
}

fn failed(action: &str, source: std::io::Error) -> Error {
    Error::File {
        action: action.to_owned(),
        source,
    }
}
