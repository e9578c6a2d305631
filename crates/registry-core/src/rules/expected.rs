//! Compare-and-set on the revision of a model or a webhook.

use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::revision::Revision;
use crate::webhook::Webhook;

/// Whether the model is still as whoever writes expects it.
///
/// # Errors
/// [`Error::RevisionChanged`] when it is not.
pub fn expected(model: &Model, context: &WriteContext) -> Result<()> {
    match unexpected(context, || model.revision())? {
        None => Ok(()),
        Some(revision) => Err(Error::RevisionChanged {
            model: model.reference(),
            revision,
        }),
    }
}

/// Whether the webhook is still as whoever writes expects it.
///
/// # Errors
/// [`Error::WebhookChanged`] when it is not.
pub fn expected_webhook(webhook: &Webhook, context: &WriteContext) -> Result<()> {
    match unexpected(context, || webhook.revision())? {
        None => Ok(()),
        Some(revision) => Err(Error::WebhookChanged {
            webhook: webhook.id,
            revision,
        }),
    }
}

/// The revision, where another one is expected.
fn unexpected(
    context: &WriteContext,
    present: impl FnOnce() -> Result<Revision>,
) -> Result<Option<Revision>> {
    let Some(expected) = context.expected() else {
        return Ok(None);
    };
    let revision = present()?;
    Ok((!expected.contains(&revision)).then_some(revision))
}
