//! `demo`: the registry at work, in a folder of its own.

use std::path::Path;

use super::Answer;
use crate::args::Demo;
use crate::demo;
use crate::session::Session;

pub(super) fn run(args: &Demo, session: &Session<'_, '_>) -> Answer {
    let folder = args.folder.as_deref().unwrap_or(Path::new(demo::FOLDER));
    demo::run(folder, session)
}
