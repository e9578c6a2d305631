//! Random questions.

use proptest::prelude::*;
use proptest::sample::select;
use registry_core::{
    Cursor, EventId, HistoryQuery, Limit, LineageScope, MetricBound, ModelQuery, Selector, VersionRange,
};

use super::{LAST_SECOND, values};

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

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![(0..6_u32).prop_map(Limit::AtMost), Just(Limit::Unlimited)]
}

pub(super) fn models() -> impl Strategy<Value = ModelQuery> {
    let of = (
        proptest::option::weighted(0.2, values::task()),
        proptest::option::weighted(0.2, values::tag()),
        proptest::option::of(values::status()),
        proptest::option::weighted(0.3, values::name()),
        proptest::option::weighted(0.2, values::id()),
        proptest::option::weighted(0.2, values::config()),
        proptest::option::weighted(0.4, bound()),
    );
    let cursor = (0..=LAST_SECOND, values::id()).prop_map(|(second, id)| Cursor {
        created_at: crate::at(second),
        id,
    });
    (of, limit(), proptest::option::weighted(0.3, cursor)).prop_map(|(of, limit, after)| {
        let (task_type, tag, status, name, parent, config_hash, metric) = of;
        ModelQuery {
            task_type,
            tag,
            status,
            name,
            parent,
            config_hash,
            metric,
            limit,
            after,
        }
    })
}

fn bound() -> impl Strategy<Value = MetricBound> {
    let number =
        || prop_oneof![8 => values::number(), 1 => Just(f64::INFINITY), 1 => Just(f64::NEG_INFINITY)];
    let (min, max) = (proptest::option::of(number()), proptest::option::of(number()));
    (values::metric(), min, max).prop_map(|(name, min, max)| MetricBound { name, min, max })
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
