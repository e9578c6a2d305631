//! A path into metadata.

use std::fmt::{Display, Formatter};

use super::words::write_part;
use crate::search::error::SearchError;
use crate::search::limits;

/// One step of a path into JSON.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// The entry of an object: `.layers`, `."top 1"`, `.0`.
    Key(String),
    /// The element of an array, from 0: `[0]`.
    Index(u32),
}

/// A path into metadata: at least one step, the first an entry of the metadata object itself.
///
/// `metadata.layers[0].size` takes the first element of an array; `metadata.layers.0.size` takes the entry called
/// `0` of an object. Neither stands for the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MetadataPath(Vec<Step>);

impl MetadataPath {
    /// Builds a path.
    ///
    /// # Errors
    /// Refuses a path without steps, one that begins with an index, one with more than 64 steps, and keys with a
    /// NUL character, which databases cannot hold.
    pub fn new(steps: Vec<Step>) -> Result<Self, SearchError> {
        let shown = || {
            let mut text = String::from("metadata");
            for step in steps.iter().take(limits::MAX_STEPS) {
                text.push_str(&step.to_string());
            }
            text
        };
        match steps.first() {
            None => {
                return Err(SearchError::unfit("metadata", "it needs a path")
                    .expecting("the name of an entry, such as `metadata.framework`"));
            }
            Some(Step::Index(_)) => {
                return Err(SearchError::unfit(shown(), "metadata is an object, not an array")
                    .expecting("the name of an entry, such as `metadata.framework`"));
            }
            Some(Step::Key(_)) => {}
        }
        if steps.len() > limits::MAX_STEPS {
            let problem = format!("it has {} steps, the limit is {}", steps.len(), limits::MAX_STEPS);
            return Err(SearchError::unfit(shown(), problem));
        }
        let nul = |step: &Step| matches!(step, Step::Key(key) if key.contains('\0'));
        if steps.iter().any(nul) {
            return Err(SearchError::unfit(shown(), "it contains the character U+0000"));
        }
        Ok(Self(steps))
    }

    /// A path of one entry of the metadata object.
    ///
    /// # Errors
    /// Refuses a key with a NUL character.
    pub fn key(key: impl Into<String>) -> Result<Self, SearchError> {
        Self::new(vec![Step::Key(key.into())])
    }

    /// The steps, at least one.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(key) => {
                f.write_str(".")?;
                write_part(key, f)
            }
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// As it is written after `metadata`: `.layers[0]."top 1"`.
impl Display for MetadataPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|step| step.fmt(f))
    }
}
