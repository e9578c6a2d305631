//! Random questions.

use proptest::prelude::*;
use proptest::sample::select;
use registry_core::{EventId, HistoryQuery, Limit, LineageScope, Selector, VersionRange};

use super::values;

pub(super) fn selector() -> impl Strategy<Value = Selector> {
    let ranges = select(vec!["^1", "*", "~1.1", ">=1.1.0-rc.1, <2", "<1", "=1.0.0"]);
    prop_oneof![
        values::id().prop_map(Selector::Id),
        (values::name(), values::version()).prop_map(|(name, version)| Selector::Version { name, version }),
        (values::name(), ranges).prop_map(|(name, range)| Selector::Range {
            name,
            range: VersionRange::parse(range).unwrap(),
        }),
        (values::name(), any::<bool>())
            .prop_map(|(name, prereleases)| Selector::Latest { name, prereleases }),
        (values::tag(), values::some_name()).prop_map(|(tag, name)| Selector::Tag { tag, name }),
    ]
}

pub(super) fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![(0..6_u32).prop_map(Limit::AtMost), Just(Limit::Unlimited)]
}

pub(super) fn events() -> impl Strategy<Value = HistoryQuery> {
    let of = (
        proptest::option::weighted(0.4, values::id()),
        proptest::option::weighted(0.3, values::name()),
        proptest::option::weighted(0.3, values::tag()),
    );
    let before = proptest::option::weighted(0.3, (0..40_i64).prop_map(EventId));
    (of, limit(), before).prop_map(|((model, name, tag), limit, before)| HistoryQuery {
        model,
        name,
        tag,
        limit,
        before,
    })
}

pub(super) fn lineage_scope() -> impl Strategy<Value = LineageScope> {
    select(vec![
        LineageScope::Ancestors,
        LineageScope::Descendants,
        LineageScope::Family,
    ])
}
