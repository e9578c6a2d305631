//! A text to compare with.

use crate::search::error::SearchError;

/// A text to compare with: anything without U+0000, which no database text can hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchText(String);

impl SearchText {
    /// Builds the value.
    ///
    /// # Errors
    /// Refuses U+0000.
    pub fn new(text: impl Into<String>) -> Result<Self, SearchError> {
        let text = text.into();
        if text.contains('\0') {
            return Err(SearchError::unfit(text, "it contains the character U+0000"));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for SearchText {
    type Error = SearchError;

    fn try_from(text: &str) -> Result<Self, SearchError> {
        Self::new(text)
    }
}

impl TryFrom<String> for SearchText {
    type Error = SearchError;

    fn try_from(text: String) -> Result<Self, SearchError> {
        Self::new(text)
    }
}

/// The domain's own texts hold no control characters.
macro_rules! from_domain {
    ($($name:ident)*) => {$(
        impl From<&crate::$name> for SearchText {
            fn from(value: &crate::$name) -> Self {
                Self(value.as_str().to_owned())
            }
        }
    )*};
}

from_domain!(ModelName TagName TaskType ExportFormat Actor CheckpointPath ConfigHash);
