//! An error of a program elsewhere that has no variant of its own here.

use super::Category;

/// What another program told of its error: code, sentence and hint as they are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteError {
    /// The stable code.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// The class of the failure.
    pub category: Category,
}

impl std::fmt::Display for RemoteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RemoteError {}
