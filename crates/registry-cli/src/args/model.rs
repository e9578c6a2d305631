//! The model that a command is about.

use clap::Args;
use registry_core::Selector;

use crate::failure::Failure;

/// One model, as a plain argument or as an option.
#[derive(Debug, Args)]
pub(crate) struct ModelArgument {
    /// The model: 5, NAME@1.2.0, NAME@^1, NAME, :TAG or NAME@:TAG
    #[arg(
        value_name = "MODEL",
        required_unless_present = "model_id",
        conflicts_with = "model_id"
    )]
    model: Option<Selector>,
    /// The model as an option: its id, or any of these forms
    #[arg(long, value_name = "MODEL", allow_negative_numbers = true)]
    model_id: Option<Selector>,
}

impl ModelArgument {
    /// The model as it was named.
    ///
    /// # Errors
    /// When none was named, which the parser refuses before.
    pub(crate) fn selector(self) -> Result<Selector, Failure> {
        self.model.or(self.model_id).ok_or_else(no_model)
    }
}

/// The refusal of a command line that names no model.
pub(crate) fn no_model() -> Failure {
    Failure::usage(
        "no model was named",
        "name one as `5`, `gpt-small@1.2.0`, `gpt-small` or `:production`",
    )
}
