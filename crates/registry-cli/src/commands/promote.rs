//! `promote`: a tag moves to a model.

use registry_core::document::PromotionDocument;
use registry_core::{
    Expectation, PromoteRequest, Promotion, PromotionScope, RegistryStore, RegistryStoreExt, TagName,
};
use serde_json::{Value, json};

use super::Answer;
use super::written::{crosses_names, joined, written};
use crate::args::{Expect, Promote};
use crate::database::resolve;
use crate::session::Session;

pub(super) async fn run(args: Promote, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let scope = args.scope();
    let model = resolve(store, &args.model.selector()?).await?;
    let expect = match args.expect {
        None => None,
        Some(Expect::Nobody) => Some(Expectation::Nobody),
        Some(Expect::Model(selector)) => Some(Expectation::Holder(store.get(&selector).await?.reference())),
    };
    let tag = args.tag;
    let request = PromoteRequest {
        model,
        tag: tag.clone(),
        scope,
        expect,
    };
    let promotion = store.promote(&args.write.context()?, request).await?;
    let output = written(
        session,
        &args.write,
        || as_json(&promotion),
        || text(&promotion, &tag),
    );
    let narrower =
        promotion.scope == PromotionScope::Registry && crosses_names(&promotion.model, &promotion.lost);
    Ok(if narrower {
        output.hint(format!(
            "another name lost `{tag}`; `--scope name` keeps one holder for each name, and \
             `registry-cli settings set promotion-scope name` makes that the default"
        ))
    } else {
        output
    })
}

/// A promotion or rollback as JSON: the model, and what happened.
pub(super) fn as_json(promotion: &Promotion) -> Value {
    json!(PromotionDocument::from(promotion))
}

/// Who lost the tag, as a line.
pub(super) fn losers(promotion: &Promotion) -> String {
    match promotion.lost.as_slice() {
        [] => String::new(),
        lost => format!("  taken from {}\n", joined(lost)),
    }
}

fn text(promotion: &Promotion, tag: &TagName) -> String {
    let model = promotion.model.reference();
    if !promotion.changed {
        return format!("{model} is promoted to `{tag}` already; nothing was changed\n");
    }
    format!("promoted {model} to `{tag}`\n{}", losers(promotion))
}
