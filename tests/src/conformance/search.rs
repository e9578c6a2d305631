//! Searches: what each field and operator finds, every order, pages in both directions.

use registry_core::search::{Cursor, ModelSummary, SearchPage, SearchQuery, Sort};
use registry_core::{Limit, Timestamp, WriteContext};

use crate::{Session, a_model, alice, at, bob};

fn sorts(keys: &str) -> Vec<Sort> {
    let keys = keys.split(',').filter(|key| !key.is_empty());
    keys.map(|key| key.parse().unwrap()).collect()
}

/// The models of every status that fit, in this order.
fn sorted(filter: &str, keys: &str) -> SearchQuery {
    let filter = Some(filter).filter(|filter| !filter.is_empty());
    SearchQuery::of_every_status(filter.map(|text| text.parse().unwrap()), sorts(keys)).unwrap()
}

async fn page(registry: &Session, query: &SearchQuery, now: Timestamp) -> SearchPage<ModelSummary> {
    let page = registry.store().search(query, now).await.unwrap();
    let whole = registry.store().search_models(query, now).await.unwrap();
    let shortened: Vec<ModelSummary> = whole.items.iter().map(Into::into).collect();
    assert_eq!(page.items, shortened, "summaries and whole models agree");
    assert_eq!((&page.next, &page.previous), (&whole.next, &whole.previous));
    page
}

fn names(page: &SearchPage<ModelSummary>) -> String {
    let names: Vec<&str> = page.items.iter().map(|model| model.name.as_str()).collect();
    names.join(" ")
}

/// The names of what is found, by name.
async fn found(registry: &Session, filter: &str) -> String {
    names(&page(registry, &sorted(filter, "name"), at(100)).await)
}

async fn ordered(registry: &Session, keys: &str) -> String {
    names(&page(registry, &sorted("", keys), at(100)).await)
}

/// What is found by each filter.
async fn each(registry: &Session, cases: &[(&str, &str)]) {
    for (filter, expected) in cases {
        assert_eq!(found(registry, filter).await, *expected, "{filter}");
    }
}

/// Four models that differ in every field; `d` has nothing optional.
async fn four(registry: &Session) {
    let models = [
        a_model("a", "1.0.0")
            .task("text")
            .run(7)
            .size_mb(100.0)
            .memory_gb(2.0)
            .tagged("best")
            .tagged("Nightly")
            .metric("loss", 0.5)
            .format("onnx")
            .metadata(r#"{"opt": {"name": "adam", "lr": 0.1}, "layers": [8, 16], "fast": true}"#),
        a_model("b", "1.2.0-rc.1")
            .task("text")
            .run(8)
            .size_mb(2048.0)
            .tagged("best")
            .metric("loss", 0.25)
            .metric("top 1", 0.9)
            .export("onnx", "b.onnx")
            .metadata(r#"{"opt": {"name": "Sgd"}, "layers": [32], "fast": false}"#),
        a_model("c", "1.10.0")
            .task("vision")
            .memory_gb(0.5)
            .metric("loss", -1.0)
            .retired()
            .metadata(r#"{"opt": "adam", "note": null}"#),
    ];
    let mut parent = None;
    for (second, model) in (0..).zip(models) {
        let model = match &parent {
            Some(parent) => model.child_of(parent),
            None => model,
        };
        let context = WriteContext::new(if second == 1 { bob() } else { alice() }, at(10 * second));
        let registered = registry.store().register(&context, model.build()).await.unwrap();
        parent = Some(registered.model);
    }
    let context = WriteContext::new(alice(), at(30));
    let last = a_model("d", "2.0.0").config("[1]").build();
    registry.store().register(&context, last).await.unwrap();
}

pub(crate) async fn texts(registry: Session) {
    four(&registry).await;
    each(
        &registry,
        &[
            ("name = a", "a"),
            ("name != a", "b c d"),
            ("name > b", "c d"),
            ("name in (a, d, x)", "a d"),
            ("task_type not-in (text)", "c d"),
            ("path ~ \"*/1.*\"", "a b c"),
            ("name ~ A", ""),
            ("name ~* A", "a"),
            ("actor = bob", "b"),
        ],
    )
    .await;
}

pub(crate) async fn versions(registry: Session) {
    four(&registry).await;
    each(
        &registry,
        &[
            ("version = 1.10.0", "c"),
            ("version < 1.2.0", "a b"),
            ("version >= 1.2.0", "c d"),
            ("version in \"^1\"", "a c"),
            ("version not-in \"^1\"", "b d"),
            ("version ~ \"*rc*\"", "b"),
        ],
    )
    .await;
}

pub(crate) async fn numbers(registry: Session) {
    four(&registry).await;
    each(
        &registry,
        &[
            ("ordinal = 1", "a b c d"),
            ("training_run_id >= 8", "b"),
            ("parent exists", "b c"),
            ("size <= 1 GB", "a"),
            ("size > 1 GB", "b"),
            ("memory < 1 GB", "c"),
            ("metrics.loss < 0.3", "b c"),
            ("metrics.\"top 1\" exists", "b"),
            ("metrics.loss in (0.5, -1)", "a c"),
        ],
    )
    .await;
}

pub(crate) async fn sets(registry: Session) {
    four(&registry).await;
    each(
        &registry,
        &[
            ("tag = best", "a b"),
            ("tag != best", "c d"),
            ("tag in (Nightly, other)", "a"),
            ("tag ~* \"night*\"", "a"),
            ("tag exists", "a b"),
            ("exports.format = onnx", "a b"),
            ("not exports.format exists", "c d"),
        ],
    )
    .await;
}

pub(crate) async fn ancestors(registry: Session) {
    four(&registry).await;
    let a = registry.find("a@1.0.0").await.unwrap().id;
    let b = registry.find("b@1.2.0-rc.1").await.unwrap().id;
    assert_eq!(found(&registry, &format!("ancestor = {a}")).await, "b c");
    assert_eq!(found(&registry, &format!("parent = {a}")).await, "b");
    assert_eq!(found(&registry, &format!("ancestor = {b}")).await, "c");
    assert_eq!(found(&registry, &format!("ancestor != {b}")).await, "a b d");
    assert_eq!(found(&registry, "ancestor exists").await, "b c");
}

pub(crate) async fn metadata(registry: Session) {
    four(&registry).await;
    each(
        &registry,
        &[
            ("metadata.opt.name = adam", "a"),
            ("metadata.opt.name ~* \"s*\"", "b"),
            ("metadata.opt = adam", "c"),
            ("metadata.opt exists", "a b c"),
            ("metadata.layers[0] >= 16", "b"),
            ("metadata.layers[1] = 16", "a"),
            ("metadata.layers[0] = \"8\"", ""),
            ("metadata.fast = true", "a"),
            ("metadata.fast != true", "b"),
            ("metadata.note exists", ""),
        ],
    )
    .await;
}

pub(crate) async fn a_comparison_with_something_missing_is_false(registry: Session) {
    four(&registry).await;
    each(
        &registry,
        &[
            ("metrics.loss != 0.5", "b c"),
            ("not metrics.loss = 0.5", "b c d"),
            ("training_run_id not-in (7)", "b"),
            ("metadata.opt.name != adam", "b"),
        ],
    )
    .await;
}

pub(crate) async fn and_or_not(registry: Session) {
    four(&registry).await;
    each(
        &registry,
        &[
            ("tag = best and metrics.loss < 0.3 or status = retired", "b c"),
            ("tag = best and (metrics.loss < 0.3 or status = retired)", "b"),
            ("not (name = a or name = b)", "c d"),
            ("not not name = a", "a"),
        ],
    )
    .await;
}

pub(crate) async fn every_part_of_a_branch_counts(registry: Session) {
    four(&registry).await;
    // The name has a range with two ends, and is only half of its branch.
    let branches = r#"version > 9.0.0 or name ~ "d*" and metadata.opt.lr < 1"#;
    for keys in ["", "name", "updated_at desc", "metrics.loss"] {
        let page = page(&registry, &sorted(branches, keys), at(100)).await;
        assert_eq!(names(&page), "", "{keys}");
    }
    let query = sorted(branches, "");
    let count = registry.store().count(&query, at(100), None).await.unwrap();
    assert_eq!(count.number(), 0);
}

pub(crate) async fn times(registry: Session) {
    four(&registry).await;
    each(
        &registry,
        &[
            ("created_at > 2026-01-01T00:00:10Z", "c d"),
            ("created_at >= 2026-01-01 and created_at < 2026-01-02", "a b c d"),
            // It is 100 seconds past the first registration.
            ("created_at >= 80s ago", "c d"),
            ("updated_at < 1m ago", "a b c d"),
            ("created_at > now", ""),
        ],
    )
    .await;
}

pub(crate) async fn active_unless_it_speaks_of_the_status(registry: Session) {
    four(&registry).await;
    for (filter, expected) in [
        ("metrics.loss exists", "a b"),
        ("status = retired", "c"),
        ("status in (active, retired)", "a b c d"),
        ("name = c and not status = active", "c"),
    ] {
        let query = SearchQuery::new(Some(filter.parse().unwrap()), sorts("name")).unwrap();
        assert_eq!(
            names(&page(&registry, &query, at(100)).await),
            expected,
            "{filter}"
        );
    }
}

pub(crate) async fn sorts_by_every_kind_of_field(registry: Session) {
    four(&registry).await;
    for (keys, expected) in [
        ("id", "a b c d"),
        ("id desc", "d c b a"),
        ("name desc", "d c b a"),
        ("version", "a b c d"),
        ("version desc", "d c b a"),
        ("created_at desc", "d c b a"),
        ("status,name", "a b d c"),
        ("task_type,name desc", "d b a c"),
    ] {
        assert_eq!(ordered(&registry, keys).await, expected, "{keys}");
    }
}

pub(crate) async fn what_is_missing_comes_last(registry: Session) {
    four(&registry).await;
    for (keys, expected) in [
        ("metrics.loss", "c b a d"),
        ("metrics.loss desc", "a b c d"),
        ("size", "a b c d"),
        ("size desc", "b a d c"),
        ("memory,name", "c a b d"),
        ("parent desc", "c b d a"),
        ("metrics.nothing", "a b c d"),
        ("metrics.nothing desc", "d c b a"),
    ] {
        assert_eq!(ordered(&registry, keys).await, expected, "{keys}");
    }
}

pub(crate) async fn ties_are_by_id_in_the_direction_of_the_last_key(registry: Session) {
    four(&registry).await;
    assert_eq!(ordered(&registry, "ordinal").await, "a b c d");
    assert_eq!(ordered(&registry, "ordinal desc").await, "d c b a");
    assert_eq!(ordered(&registry, "ordinal desc,actor").await, "a c d b");
}

async fn ten(registry: &Session) {
    for at in 0..10_i32 {
        let model = a_model(&format!("m{at}"), "1.0.0");
        // Three values, and some without.
        let model = match at % 4 {
            3 => model,
            rest => model.metric("loss", rest.into()),
        };
        registry.register(model).await;
    }
}

pub(crate) async fn pages_in_both_directions(registry: Session) {
    ten(&registry).await;
    for keys in [
        "",
        "metrics.loss",
        "metrics.loss desc,name",
        "name desc",
        "version,id",
    ] {
        let query = sorted("", keys).limit(Limit::AtMost(3));
        let all = ordered(&registry, keys).await;
        let mut forward = Vec::new();
        let mut last = page(&registry, &query, at(100)).await;
        assert_eq!(last.previous, None, "{keys}: nothing is before the start");
        loop {
            forward.push(names(&last));
            let Some(next) = last.next.clone() else { break };
            let query = query.clone().from_cursor(next).unwrap();
            last = page(&registry, &query, at(100)).await;
        }
        assert_eq!(forward.join(" "), all, "{keys}");
        let mut backward = vec![names(&last)];
        while let Some(previous) = last.previous.clone() {
            let query = query.clone().from_cursor(previous).unwrap();
            last = page(&registry, &query, at(100)).await;
            backward.insert(0, names(&last));
        }
        assert_eq!(backward, forward, "{keys}: the same pages on the way back");
    }
}

pub(crate) async fn a_page_is_not_moved_by_other_writes(registry: Session) {
    ten(&registry).await;
    let query = sorted("", "name").limit(Limit::AtMost(4));
    let first = page(&registry, &query, at(100)).await;
    assert_eq!(names(&first), "m0 m1 m2 m3");
    let next = query.clone().from_cursor(first.next.unwrap()).unwrap();
    registry.register(a_model("m0", "2.0.0")).await;
    for gone in ["m3@1.0.0", "m5@1.0.0"] {
        let model = registry.find(gone).await.unwrap();
        registry.delete(&model).await;
    }
    let second = page(&registry, &next, at(200)).await;
    assert_eq!(names(&second), "m4 m6 m7 m8");
}

pub(crate) async fn a_cursor_outlives_its_text(registry: Session) {
    ten(&registry).await;
    let query = sorted("metrics.loss >= 0", "metrics.loss desc").limit(Limit::AtMost(3));
    let first = page(&registry, &query, at(100)).await;
    let text = first.next.unwrap().to_string();
    let next = query.from_cursor(text.parse().unwrap()).unwrap();
    assert_eq!(names(&page(&registry, &next, at(100)).await), "m5 m1 m8");
}

pub(crate) async fn a_cursor_of_another_search_is_refused(registry: Session) {
    ten(&registry).await;
    let query = sorted("name ~ \"m*\"", "name").limit(Limit::AtMost(3));
    let cursor = page(&registry, &query, at(100)).await.next.unwrap();
    for other in [
        sorted("name ~ \"m*\"", "name desc"),
        sorted("name ~ \"n*\"", "name"),
        sorted("", "name"),
        SearchQuery::new(Some("name ~ \"m*\"".parse().unwrap()), sorts("name")).unwrap(),
    ] {
        let refused = other.from_cursor(cursor.clone()).unwrap_err();
        assert_eq!(refused.code(), "invalid_cursor");
    }
    assert_eq!("nonsense".parse::<Cursor>().unwrap_err().code(), "invalid_cursor");
    // The size of a page is no part of the search.
    let larger = sorted("name ~ \"m*\"", "name").limit(Limit::AtMost(50));
    assert!(larger.from_cursor(cursor).is_ok());
}

pub(crate) async fn relative_times_count_from_the_first_page(registry: Session) {
    four(&registry).await;
    let query = sorted("created_at >= 90s ago", "name").limit(Limit::AtMost(1));
    let first = page(&registry, &query, at(100)).await;
    assert_eq!(names(&first), "b");
    let second = query.clone().from_cursor(first.next.unwrap()).unwrap();
    // An hour later nothing is that young; the pages still speak of the time of the first.
    let second = page(&registry, &second, at(3_700)).await;
    assert_eq!(names(&second), "c");
    let third = query.clone().from_cursor(second.next.unwrap()).unwrap();
    assert_eq!(names(&page(&registry, &third, at(7_300)).await), "d");
    assert_eq!(names(&page(&registry, &query, at(3_700)).await), "");
}

pub(crate) async fn a_summary_holds_what_lists_show(registry: Session) {
    let model = a_model("gpt", "1.0.0")
        .metric("loss", 0.1)
        .tagged("b")
        .tagged("a");
    let model = registry.register(model.size_mb(1.5).run(3)).await;
    let page = page(&registry, &SearchQuery::default(), at(100)).await;
    assert_eq!(page.items, [ModelSummary::from(&model)]);
    assert_eq!(
        page.items[0].tags,
        model.tags.iter().map(|tag| tag.name.clone()).collect::<Vec<_>>()
    );
}
