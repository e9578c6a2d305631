//! Random steps: every verb, over so few names, versions, tags and ids that steps meet, fail and repeat each other.

mod agreement;
mod finding;
mod population;
mod queries;
mod requests;
mod run;
mod searches;
mod values;

use proptest::prelude::*;
use registry_core::search::{FacetLimits, SearchQuery};
use registry_core::{
    CatalogQuery, ExportFormat, HistoryQuery, IdempotencyKey, LineageScope, ModelId, ModelName, ModelUpdate,
    NewExport, PromoteRequest, PromotionScope, Registration, Selector, Status, TagName,
};

pub use agreement::agree_with_the_reference;
pub use finding::find_what_the_reference_finds;
pub use population::{Population, moment, population};
pub use run::Answer;
pub use searches::{facet_limits, search};

/// One call of a verb.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each variant is the verb it is called after")]
pub enum Verb {
    Register(Box<Registration>),
    RegisterMany(Vec<Registration>),
    Find(Selector),
    /// A tag, perhaps a name, and a second.
    FindHolding(TagName, Option<ModelName>, i64),
    GetMany(Vec<ModelId>),
    /// Every page there and back.
    Search(Box<SearchQuery>, i64),
    /// Up to so many.
    Count(Box<SearchQuery>, i64, Option<u64>),
    Facets(Box<SearchQuery>, i64, FacetLimits),
    Names(CatalogQuery<ModelName>),
    Tags(CatalogQuery<TagName>),
    Promote(PromoteRequest),
    Label(ModelId, TagName),
    Untag(ModelId, TagName),
    Rollback(TagName, Option<ModelName>),
    SetStatus(ModelId, Status),
    Update(ModelId, Box<ModelUpdate>),
    Delete(ModelId, bool),
    Lineage(ModelId, LineageScope),
    AddExport(ModelId, NewExport),
    RemoveExport(ModelId, ExportFormat, Option<String>),
    History(HistoryQuery),
    Settings,
    SetPromotionScope(PromotionScope),
}

/// A verb at a time.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done.
    pub verb: Verb,
    /// At which second; a later step may be at an earlier time, as it happens with several machines.
    pub second: i64,
    /// Whether a write is only rehearsed.
    pub dry_run: bool,
    /// Under which key a write is made.
    pub key: Option<IdempotencyKey>,
}

/// The last second of a run.
const LAST_SECOND: i64 = 30;

/// At least `count` steps in nearly every run (one in a hundred is left out, so that a failure shrinks to few steps).
/// Most runs begin with some models, so that there is something to promote.
pub fn steps(count: usize) -> impl Strategy<Value = Vec<Step>> {
    let begin = proptest::option::weighted(0.9, requests::some_models());
    let step = proptest::option::weighted(0.99, step());
    let steps = proptest::collection::vec(step, count + count / 8);
    (begin, steps).prop_map(|(begin, steps)| {
        let begin = begin.map(|models| Step {
            verb: Verb::RegisterMany(models),
            second: 0,
            dry_run: false,
            key: None,
        });
        begin.into_iter().chain(steps.into_iter().flatten()).collect()
    })
}

fn step() -> impl Strategy<Value = Step> {
    let second = 0..=LAST_SECOND;
    (verb(), second, proptest::bool::weighted(0.05)).prop_map(|(verb, second, dry_run)| Step {
        verb,
        second,
        dry_run,
        key: None,
    })
}

fn verb() -> impl Strategy<Value = Verb> {
    let writes = prop_oneof![
        8 => requests::registration().prop_map(|registration| Verb::Register(Box::new(registration))),
        2 => requests::registrations().prop_map(Verb::RegisterMany),
        8 => requests::promotion().prop_map(Verb::Promote),
        2 => (values::id(), values::tag()).prop_map(|(id, tag)| Verb::Label(id, tag)),
        2 => (values::id(), values::tag()).prop_map(|(id, tag)| Verb::Untag(id, tag)),
        6 => (values::tag(), values::some_name()).prop_map(|(tag, name)| Verb::Rollback(tag, name)),
        3 => (values::id(), values::status()).prop_map(|(id, status)| Verb::SetStatus(id, status)),
        4 => (values::id(), requests::update()).prop_map(|(id, update)| Verb::Update(id, Box::new(update))),
        2 => (values::id(), proptest::bool::weighted(0.5)).prop_map(|(id, force)| Verb::Delete(id, force)),
        3 => (values::id(), requests::export()).prop_map(|(id, export)| Verb::AddExport(id, export)),
        2 => (values::id(), values::format(), values::some_path())
            .prop_map(|(id, format, path)| Verb::RemoveExport(id, format, path)),
        1 => values::scope().prop_map(Verb::SetPromotionScope),
    ];
    let reads = prop_oneof![
        4 => queries::selector().prop_map(Verb::Find),
        3 => (values::tag(), values::some_name(), 0..=LAST_SECOND)
            .prop_map(|(tag, name, second)| Verb::FindHolding(tag, name, second)),
        1 => proptest::collection::vec(values::id(), 0..4).prop_map(Verb::GetMany),
        6 => (search(), 0..=LAST_SECOND).prop_map(|(query, now)| Verb::Search(Box::new(query), now)),
        1 => (search(), 0..=LAST_SECOND, proptest::option::of(0..4_u64))
            .prop_map(|(query, now, up_to)| Verb::Count(Box::new(query), now, up_to)),
        1 => (search(), 0..=LAST_SECOND, facet_limits())
            .prop_map(|(query, now, limits)| Verb::Facets(Box::new(query), now, limits)),
        1 => searches::names().prop_map(Verb::Names),
        1 => searches::tags().prop_map(Verb::Tags),
        2 => (values::id(), queries::lineage_scope()).prop_map(|(id, scope)| Verb::Lineage(id, scope)),
        2 => queries::events().prop_map(Verb::History),
        1 => Just(Verb::Settings),
    ];
    prop_oneof![3 => writes, 2 => reads]
}
