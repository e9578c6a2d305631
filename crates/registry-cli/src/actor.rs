//! Who does it, when nobody says: the system's user.

use registry_core::Actor;

/// The name for a user that the system does not name.
const UNKNOWN: &str = "unknown";

/// The name of the user who runs the program.
///
/// # Errors
/// None in practice: a name that breaks the rules of an actor is passed over.
pub(crate) fn system_user() -> Result<Actor, registry_core::InvalidValue> {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .chain(std::iter::once_with(asked_user).flatten())
        .find_map(|name| Actor::parse(name).ok())
        .map_or_else(|| Actor::parse(UNKNOWN), Ok)
}

/// What the system answers when it is asked, for surroundings (such as containers) without these variables.
fn asked_user() -> Option<String> {
    let answer = std::process::Command::new("id").arg("-un").output().ok()?;
    let name = String::from_utf8(answer.stdout).ok()?;
    Some(name.trim().to_owned())
}
