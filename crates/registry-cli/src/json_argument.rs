//! JSON on the command line: as text, from a file (`@file`), or from standard input (`-`).

use std::io::Read;
use std::str::FromStr;

use registry_core::Error;

use crate::failure::Failure;
use crate::session::Session;

/// Where the JSON of an argument comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JsonArgument {
    /// The argument itself.
    Text(String),
    /// This file.
    File(String),
    /// Standard input.
    Stdin,
}

impl FromStr for JsonArgument {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match (text, text.strip_prefix('@')) {
            ("-", _) => Self::Stdin,
            (_, Some(path)) => Self::File(path.to_owned()),
            _ => Self::Text(text.to_owned()),
        })
    }
}

impl JsonArgument {
    /// The JSON text.
    ///
    /// # Errors
    /// When the file or standard input cannot be read, or two arguments want standard input.
    pub(crate) fn read(self, session: &Session<'_, '_>) -> Result<String, Failure> {
        match self {
            Self::Text(text) => Ok(text),
            Self::File(path) => std::fs::read_to_string(&path).map_err(|source| {
                let action = format!("read `{path}`");
                Error::File { action, source }.into()
            }),
            Self::Stdin => {
                let bytes = read_stdin(session)?;
                String::from_utf8(bytes).map_err(|error| {
                    let source = std::io::Error::new(std::io::ErrorKind::InvalidData, error);
                    failed(source).into()
                })
            }
        }
    }
}

/// Everything on standard input.
///
/// # Errors
/// When it cannot be read, or was read already for another argument.
pub(crate) fn read_stdin(session: &Session<'_, '_>) -> Result<Vec<u8>, Failure> {
    if session.stdin_taken.replace(true) {
        return Err(Failure::usage(
            "two arguments want standard input",
            "pass one of them as text or as @file",
        ));
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn failed(source: std::io::Error) -> Error {
    Error::File {
        action: "read standard input".into(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_has_a_source(text in any::<String>(), near in "[-@{}\"a]{0,4}") {
            for text in [text, near] {
                let known = match text.parse::<JsonArgument>().unwrap() {
                    JsonArgument::Text(json) => json == text && !text.starts_with('@'),
                    JsonArgument::File(path) => format!("@{path}") == text,
                    JsonArgument::Stdin => text == "-",
                };
                prop_assert!(known, "{}", text);
            }
        }
    }

    #[test]
    fn the_three_sources() {
        let parse = |text: &str| text.parse::<JsonArgument>().unwrap();
        assert_eq!(parse("-"), JsonArgument::Stdin);
        assert_eq!(parse("@config.json"), JsonArgument::File("config.json".into()));
        assert_eq!(parse("{\"a\": 1}"), JsonArgument::Text("{\"a\": 1}".into()));
        assert_eq!(parse("-1"), JsonArgument::Text("-1".into()));
    }
}
