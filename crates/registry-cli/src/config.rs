//! The file of a server's configuration: TOML, with the long names of options. It says what neither the command line
//! nor the environment says.

use std::ffi::OsString;
use std::path::Path;

use clap::ArgMatches;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use toml::{Table, Value};

/// The options that a file may hold. That everybody may do everything is said on the command line or not at all.
const OPTIONS: [&str; 12] = [
    "db",
    "listen",
    "tokens",
    "actor",
    "allow-host",
    "log",
    "tls-cert",
    "tls-key",
    "token-rate",
    "address-rate",
    "webhook-allow",
    "otlp-endpoint",
];

/// Those that are there or not.
const FLAGS: [&str; 2] = ["no-webhooks", "webhook-allow-private"];

/// Those that can be there several times.
const LISTS: [&str; 2] = ["allow-host", "webhook-allow"];

/// Names the file that holds the location of the registry, password included.
const DB_FILE: &str = "db-file";

/// The options that the file adds to a command line.
///
/// # Errors
/// When the file cannot be read, or holds what is no option.
pub(crate) fn arguments(file: &Path, given: &ArgMatches) -> Result<Vec<OsString>, clap::Error> {
    let refused = |problem: String| {
        let text = format!("the configuration `{}`: {problem}\n", file.display());
        clap::Error::raw(ErrorKind::ValueValidation, text)
    };
    let text =
        std::fs::read_to_string(file).map_err(|error| refused(format!("could not be read: {error}")))?;
    let table: Table = toml::from_str(&text).map_err(|error| refused(error.to_string()))?;
    if table.contains_key("db") && table.contains_key(DB_FILE) {
        return Err(refused("`db` and `db-file` exclude each other".to_owned()));
    }
    let mut arguments = Vec::new();
    for (name, value) in table {
        if FLAGS.contains(&name.as_str()) {
            let Value::Boolean(set) = value else {
                return Err(refused(format!("`{name}` is neither true nor false")));
            };
            if set && !is_given(given, &name) {
                arguments.push(format!("--{name}").into());
            }
            continue;
        }
        let known = OPTIONS.contains(&name.as_str()) || name == DB_FILE;
        if !known {
            let all = [&OPTIONS[..], &FLAGS].concat().join(", ");
            return Err(refused(format!(
                "there is no option `{name}`; there are {all}, {DB_FILE}"
            )));
        }
        let option = if name == DB_FILE { "db" } else { &name };
        let texts =
            texts(value).ok_or_else(|| refused(format!("`{name}` is neither a text nor a number")))?;
        if texts.len() > 1 && !LISTS.contains(&name.as_str()) {
            return Err(refused(format!("`{name}` has one value")));
        }
        if is_given(given, option) {
            continue;
        }
        for text in texts {
            let text = if name == DB_FILE {
                secret(Path::new(&text)).map_err(|problem| refused(format!("`{DB_FILE}`: {problem}")))?
            } else {
                text
            };
            arguments.push(format!("--{option}={text}").into());
        }
    }
    Ok(arguments)
}

/// Whether the command line or the environment says it.
fn is_given(given: &ArgMatches, option: &str) -> bool {
    let id = option.replace('-', "_");
    let source = given.value_source(&id);
    matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable))
}

fn texts(value: Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Integer(number) => Some(vec![number.to_string()]),
        Value::Array(values) => values
            .into_iter()
            .map(|value| value.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

/// What a file holds that only its owner and its group may read.
fn secret(path: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("`{}` could not be read: {error}", path.display());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
        if mode & 0o037 != 0 {
            return Err(format!(
                "`{}` can be used by others than its owner; it needs mode 0600 or 0640",
                path.display()
            ));
        }
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    Ok(text.trim().to_owned())
}
