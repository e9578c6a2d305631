//! Searches of every kind.

use registry_core::Limit;
use registry_core::search::{Filter, SearchQuery, Sort};

/// Filters that begin at every index, alone and against each other.
const FILTERS: &[&str] = &[
    "",
    "status = active",
    "not status = active",
    "id in (5, 77, 2000)",
    "id > 2900",
    "name = common",
    "name = rare and version = 100.0.0",
    "name = common and ordinal < 50",
    "name ~ \"r*\"",
    "name ~* \"R*\"",
    "version in \">=1, <40\"",
    "version < 9.0.0",
    "ordinal > 2990",
    "task_type = rare",
    "task_type = common and status = active",
    "config_hash = 0000000000000000000000000000000000000000000000000000000000000010",
    "config_hash ~ \"00000*\"",
    "parent = 1",
    "parent exists",
    "not parent exists",
    "ancestor = 1",
    "ancestor != 1",
    "ancestor = 2 and tag = common",
    "training_run_id = 3",
    "created_at > 1970-01-01T00:00:00.000300Z",
    "created_at > 1970-01-01T00:00:00.000100Z and created_at < 1970-01-01T00:00:00.000110Z",
    "updated_at >= 1970-01-01T00:00:00.000400Z",
    "size < 10",
    "memory >= 59",
    "path = models/10.pt",
    "path ~ \"models/*0.pt\"",
    "actor = bob",
    "actor = alice and metrics.val_loss < 0.01",
    "tag = rare",
    "tag = common",
    "tag in (rare, common)",
    "tag != common",
    "tag ~ \"r*\"",
    "tag = common and metrics.val_loss < 0.5",
    "exports.format = onnx",
    "exports.format = gguf and tag = common",
    "metrics.val_loss < 0.002",
    "metrics.val_loss < 0.5 and status = active",
    "metrics.val_loss exists",
    "not metrics.val_loss exists",
    "metadata.seed = 42",
    "metadata.seed > 97",
    "metadata.kind = k3 and metadata.seed = 10",
    "metadata.kind ~ \"k*\" and size > 100",
    "tag = rare or metrics.val_loss < 0.001 or parent = 3",
    "tag = rare or size > 5",
    "name ~ \"comm*\" and metrics.val_loss < 0.4 and (tag = rare or tag = common) and not status = retired",
];

/// Orders of one index each, and of several keys.
const ORDERS: &[&str] = &[
    "",
    "created_at",
    "id",
    "id desc",
    "updated_at desc",
    "version desc",
    "ordinal",
    "size",
    "size desc",
    "memory",
    "memory desc",
    "parent desc",
    "training_run_id",
    "path",
    "metrics.val_loss",
    "metrics.val_loss desc",
    "name, version desc",
    "name, version",
    "status, created_at desc",
    "task_type, created_at",
    "task_type desc, created_at desc",
    "task_type, metrics.val_loss desc, size",
    "size, memory desc",
];

/// Orders that meet every filter: by time, by id, by what is sometimes missing, by a metric, by two keys.
const FEW_ORDERS: &[&str] = &["", "id", "size", "metrics.val_loss desc", "name, version"];

/// Filters that meet every order.
const FEW_FILTERS: &[&str] = &[
    "",
    "status = active",
    "metrics.val_loss < 0.5 and status = active",
    "tag = rare or size > 5",
];

/// Models of every status by every filter and in every order, though not by each with each.
pub(super) fn searches() -> Vec<SearchQuery> {
    let by_filter = FILTERS
        .iter()
        .flat_map(|filter| FEW_ORDERS.iter().map(|order| search(filter, order)));
    let mut searches: Vec<SearchQuery> = by_filter.collect();
    searches.extend(in_every_order());
    searches
}

/// Few filters in every order.
pub(super) fn in_every_order() -> Vec<SearchQuery> {
    let few = FEW_FILTERS.iter();
    few.flat_map(|filter| ORDERS.iter().map(|order| search(filter, order)))
        .collect()
}

/// A search as it is written.
pub(super) fn search(filter: &str, order: &str) -> SearchQuery {
    let filter = (!filter.is_empty()).then(|| Filter::parse(filter).unwrap());
    let keys = order.split(',').filter(|key| !key.is_empty());
    let order: Vec<Sort> = keys.map(|key| key.parse().unwrap()).collect();
    SearchQuery::of_every_status(filter, order)
        .unwrap()
        .limit(Limit::AtMost(20))
}
