//! Takes a step on a store.

use std::fmt::Debug;

use registry_core::search::{ModelSummary, SearchPage, SearchQuery};
use registry_core::{Model, RegistryStore, Result, Timestamp, WriteContext};

use super::{Step, Verb};
use crate::{alice, at};

/// What a store answered, as text: every field of the answer (floats to the last bit), or what an error says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The answer.
    Done(String),
    /// The error's code, sentence and hint.
    Refused {
        /// The code.
        code: String,
        /// The sentence.
        sentence: String,
        /// The hint.
        hint: String,
    },
}

impl Answer {
    fn of<T: Debug>(answer: Result<T>) -> Self {
        match answer {
            Ok(answer) => Self::Done(format!("{answer:?}")),
            Err(error) => Self::Refused {
                code: error.code().to_owned(),
                sentence: error.to_string(),
                hint: error.hint(),
            },
        }
    }
}

impl Step {
    /// Who writes, and when.
    pub fn context(&self) -> WriteContext {
        let context = WriteContext::new(alice(), at(self.second)).dry_run(self.dry_run);
        match &self.key {
            Some(key) => context.idempotency_key(key.clone()),
            None => context,
        }
    }

    /// Takes the step.
    pub async fn run(&self, store: &dyn RegistryStore) -> Answer {
        let context = &self.context();
        match self.verb.clone() {
            Verb::Register(registration) => Answer::of(store.register(context, *registration).await),
            Verb::RegisterMany(all) => Answer::of(store.register_many(context, all).await),
            Verb::Find(selector) => Answer::of(store.find(&selector).await),
            Verb::FindHolding(tag, name, second) => {
                Answer::of(store.find_holding(&tag, name.as_ref(), at(second)).await)
            }
            Verb::GetMany(ids) => Answer::of(store.get_many(&ids).await),
            Verb::Search(query, now) => Answer::of(pages(store, &query, at(now)).await),
            Verb::Count(query, now, up_to) => Answer::of(store.count(&query, at(now), up_to).await),
            Verb::Facets(query, now, limits) => Answer::of(store.facets(&query, at(now), limits).await),
            Verb::Names(query) => Answer::of(store.names(&query).await),
            Verb::Tags(query) => Answer::of(store.tags(&query).await),
            Verb::Promote(request) => Answer::of(store.promote(context, request).await),
            Verb::Label(id, tag) => Answer::of(store.label(context, id, &tag).await),
            Verb::Untag(id, tag) => Answer::of(store.untag(context, id, &tag).await),
            Verb::Rollback(tag, name) => Answer::of(store.rollback(context, &tag, name.as_ref()).await),
            Verb::SetStatus(id, status) => Answer::of(store.set_status(context, id, status).await),
            Verb::Update(id, update) => Answer::of(store.update(context, id, *update).await),
            Verb::Delete(id, force) => Answer::of(store.delete(context, id, force).await),
            Verb::Lineage(id, scope) => Answer::of(store.lineage(id, scope).await),
            Verb::AddExport(id, export) => Answer::of(store.add_export(context, id, export).await),
            Verb::RemoveExport(id, format, path) => {
                Answer::of(store.remove_export(context, id, &format, path.as_deref()).await)
            }
            Verb::History(query) => Answer::of(store.history(&query).await),
            Verb::Settings => Answer::of(store.settings().await),
            Verb::SetPromotionScope(scope) => Answer::of(store.set_promotion_scope(context, scope).await),
        }
    }
}

/// Every page of a search, forward to the end and back to the start: whole models on the way there, summaries on the
/// way back.
async fn pages(
    store: &dyn RegistryStore,
    query: &SearchQuery,
    now: Timestamp,
) -> Result<(Vec<SearchPage<Model>>, Vec<SearchPage<ModelSummary>>)> {
    let mut there = vec![store.search_models(query, now).await?];
    let first = store.search(query, now).await?;
    while let Some(next) = there.last().and_then(|page| page.next.clone()) {
        let query = query.clone().from_cursor(next)?;
        there.push(store.search_models(&query, now).await?);
    }
    let mut back = vec![first];
    let mut before = there.last().and_then(|page| page.previous.clone());
    while let Some(previous) = before.take() {
        let page = store.search(&query.clone().from_cursor(previous)?, now).await?;
        before.clone_from(&page.previous);
        back.push(page);
    }
    Ok((there, back))
}
