//! Compare-and-set on a model's revision.

use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::model::Model;

/// Whether the model is still as whoever writes expects it.
///
/// # Errors
/// [`Error::RevisionChanged`] when it is not.
pub fn expected(model: &Model, context: &WriteContext) -> Result<()> {
    let Some(expected) = context.expected() else {
        return Ok(());
    };
    let revision = model.revision()?;
    if expected.contains(&revision) {
        return Ok(());
    }
    Err(Error::RevisionChanged {
        model: model.reference(),
        revision,
    })
}
