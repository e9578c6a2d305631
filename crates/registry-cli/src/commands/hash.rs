//! `hash`: the hash of a training configuration.

use registry_core::ConfigHash;
use serde_json::json;

use super::Answer;
use crate::args::Hash;
use crate::session::Session;

pub(super) fn run(args: Hash, session: &Session<'_, '_>) -> Answer {
    let hash = ConfigHash::of_json(&args.config.read(session)?)?;
    Ok(session.answer(|| json!({ "config_hash": hash }), |_| hash.as_str().to_owned()))
}
