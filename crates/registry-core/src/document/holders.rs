//! Whom a tag finds after labels were given.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::identifier::ModelRef;
use crate::model::Model;
use crate::outcome::{Registered, TagHolder};
use crate::selector::Selector;
use crate::status::Status;
use crate::store::RegistryStore;
use crate::text::TagName;

/// Whom each label that another model holds by promotion finds now.
pub type Holders = BTreeMap<TagName, Option<ModelRef>>;

/// Whom `:tag` finds after labels were given to models: of the active ones with the tag, the last to get it. When
/// none of `labelled` is found by its new label, the registry is asked.
///
/// # Errors
/// When the registry cannot be read.
pub async fn holder<'m>(
    store: &dyn RegistryStore,
    labelled: impl Iterator<Item = &'m Model>,
    tag: &TagName,
) -> Result<Option<ModelRef>> {
    let found = labelled
        .filter(|model| model.status == Status::Active && model.tag(tag).is_some())
        .max_by_key(|model| model.id);
    if let Some(model) = found {
        return Ok(Some(model.reference()));
    }
    let selector = Selector::Tag {
        tag: tag.clone(),
        name: None,
    };
    Ok(store.find(&selector).await?.map(|model| model.reference()))
}

/// The same for every label of registrations that another model holds by promotion.
///
/// # Errors
/// When the registry cannot be read.
pub async fn holders(store: &dyn RegistryStore, registered: &[Registered]) -> Result<Holders> {
    let mut holders = Holders::new();
    for TagHolder { tag, .. } in registered.iter().flat_map(|one| &one.promoted_holders) {
        if !holders.contains_key(tag) {
            let models = registered.iter().map(|one| &one.model);
            let found = holder(store, models, tag).await?;
            holders.insert(tag.clone(), found);
        }
    }
    Ok(holders)
}
