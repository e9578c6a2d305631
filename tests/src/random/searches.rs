//! Random searches, as text: what people can ask, over the few values that random models have.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use registry_core::search::{FacetLimits, Filter, SearchQuery, Sort};
use registry_core::{CatalogQuery, Limit, ModelName, TagName};

use super::{LAST_SECOND, queries, values};

/// A search; half of them of every status.
pub fn search() -> impl Strategy<Value = SearchQuery> {
    let sort = prop_oneof![1 => Just(Vec::new()), 3 => vec(sort(), 1..4)];
    let filter = proptest::option::weighted(0.8, filter());
    (filter, sort, any::<bool>(), queries::limit()).prop_filter_map(
        "sorts by a field once",
        |(filter, sort, every_status, limit)| {
            let query = if every_status {
                SearchQuery::of_every_status(filter, sort)
            } else {
                SearchQuery::new(filter, sort)
            };
            Some(query.ok()?.limit(limit))
        },
    )
}

/// Often fewer than there are.
pub fn facet_limits() -> impl Strategy<Value = FacetLimits> {
    (prop_oneof![0..6_u32, Just(10_000)], 0..4_u32)
        .prop_map(|(models, values)| FacetLimits { models, values })
}

pub(super) fn names() -> impl Strategy<Value = CatalogQuery<ModelName>> {
    (catalog_limit(), proptest::option::weighted(0.3, values::name()))
        .prop_map(|(limit, after)| CatalogQuery { limit, after })
}

pub(super) fn tags() -> impl Strategy<Value = CatalogQuery<TagName>> {
    (catalog_limit(), proptest::option::weighted(0.3, values::tag()))
        .prop_map(|(limit, after)| CatalogQuery { limit, after })
}

fn catalog_limit() -> impl Strategy<Value = Limit> {
    prop_oneof![(0..3_u32).prop_map(Limit::AtMost), Just(Limit::default())]
}

fn sort() -> impl Strategy<Value = Sort> {
    let fields = "id name version ordinal task_type status config_hash parent training_run_id created_at \
                  updated_at size memory path actor metrics.loss metrics.accuracy metrics.nothing";
    let fields: Vec<Sort> = fields
        .split_whitespace()
        .map(|field| field.parse().unwrap())
        .collect();
    (select(fields), any::<bool>()).prop_map(|(sort, descending)| Sort { descending, ..sort })
}

fn filter() -> impl Strategy<Value = Filter> {
    let test = comparison().prop_map(|text| {
        let parsed = Filter::parse(&text);
        parsed.unwrap_or_else(|error| panic!("{text}: {error}"))
    });
    test.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            2 => vec(inner.clone(), 2..4).prop_filter_map("not empty", Filter::all),
            2 => vec(inner.clone(), 2..4).prop_filter_map("not empty", Filter::any),
            1 => inner.prop_map(|filter| !filter),
        ]
    })
}

/// One comparison with a field of every kind.
fn comparison() -> impl Strategy<Value = String> {
    let exists = "id name version ordinal task_type status tag config_hash parent ancestor training_run_id created_at \
                  updated_at size memory path actor exports.format metrics.loss metadata.a metadata.b metadata.b.c \
                  metadata.b.c[1] metadata.none";
    let exists: Vec<String> = exists
        .split_whitespace()
        .map(|field| format!("{field} exists"))
        .collect();
    prop_oneof![
        2 => whole_number(),
        3 => number(),
        4 => text(),
        3 => version(),
        2 => time(),
        2 => set(),
        1 => ancestor(),
        3 => metadata(),
        1 => select(vec!["status = active", "status != active", "status in (retired, active)", "status not-in (retired)"])
            .prop_map(str::to_owned),
        1 => select(exists),
    ]
}

fn ordered(fields: &str, value: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    let value = value.boxed();
    let fields: Vec<String> = fields.split_whitespace().map(str::to_owned).collect();
    let single = (
        select(fields.clone()),
        select(vec!["=", "!=", "<", "<=", ">", ">="]),
        value.clone(),
    )
        .prop_map(|(field, operator, value)| format!("{field} {operator} {value}"));
    let several = (select(fields), select(vec!["in", "not-in"]), vec(value, 1..4))
        .prop_map(|(field, operator, values)| format!("{field} {operator} ({})", values.join(", ")));
    prop_oneof![3 => single, 1 => several].boxed()
}

fn whole_number() -> impl Strategy<Value = String> {
    let values = prop_oneof![
        (0..8_i64).prop_map(|number| number.to_string()),
        Just(i64::MAX.to_string())
    ];
    ordered("id ordinal parent training_run_id", values)
}

fn number() -> impl Strategy<Value = String> {
    let values = values::number().prop_map(|number| format!("{number:e}"));
    ordered(
        "metrics.loss metrics.accuracy metrics.名 metrics.\"top.1\" size memory",
        values,
    )
}

fn text() -> impl Strategy<Value = String> {
    let texts = [
        "gpt",
        "vit",
        "模型 é",
        "text",
        "vision",
        "a.bin",
        "alice",
        "g",
        "zz",
        "",
        "GPT",
        "gpt-2",
        "a[b]*",
        "é",
    ];
    let patterns = [
        "g*",
        "*t",
        "?it",
        "[a-g]*",
        "[^g]*",
        "*é",
        "*.bin",
        "GP*",
        "*",
        "a[.]b*",
        "gpt-?",
        "gpt",
        "a[[]b]*",
        "[]z]^*",
        "[^]a-z]*",
        "*[-*]",
        "[g-\u{10FFFF}]*",
        "\u{FFFE}",
        "模型*",
    ];
    let fields = "name task_type config_hash path actor";
    let pattern = (
        select(fields.split_whitespace().collect::<Vec<_>>()),
        select(vec!["~", "~*"]),
        select(patterns.to_vec()),
    )
        .prop_map(|(field, operator, pattern)| format!("{field} {operator} \"{pattern}\""));
    let config = values::config().prop_map(|hash| hash.to_string());
    let value = prop_oneof![4 => select(texts.to_vec()).prop_map(str::to_owned), 1 => config];
    let value = value.prop_map(|text| format!("\"{text}\""));
    prop_oneof![2 => ordered(fields, value), 1 => pattern]
}

fn version() -> impl Strategy<Value = String> {
    let ranges = [
        "^1",
        "*",
        "~1.1",
        ">=1.1.0-rc.1, <2",
        "<1",
        "=1.0.0",
        "^1.1.0-rc.3",
        ">1.0.0",
        "1.*",
        "<=1.1.0-rc.9, >0.1",
    ];
    let range = (select(vec!["in", "not-in"]), select(ranges.to_vec()))
        .prop_map(|(operator, range)| format!("version {operator} \"{range}\""));
    let pattern = select(vec!["*-rc*", "1.?.0", "2*"]).prop_map(|pattern| format!("version ~ \"{pattern}\""));
    let versions = values::version().prop_map(|version| version.to_string());
    prop_oneof![2 => ordered("version", versions), 2 => range, 1 => pattern]
}

fn time() -> impl Strategy<Value = String> {
    let values = prop_oneof![
        (0..=LAST_SECOND).prop_map(|second| format!("\"{}\"", crate::at(second))),
        (0..40_u64).prop_map(|seconds| format!("{seconds}s ago")),
    ];
    ordered("created_at updated_at", values)
}

fn set() -> impl Strategy<Value = String> {
    let of = |field: &'static str, values: &'static [&'static str], patterns: &'static [&'static str]| {
        let single = (select(vec!["=", "!="]), select(values.to_vec()))
            .prop_map(move |(operator, value)| format!("{field} {operator} {value}"));
        let several = (select(vec!["in", "not-in"]), vec(select(values.to_vec()), 1..3))
            .prop_map(move |(operator, values)| format!("{field} {operator} ({})", values.join(", ")));
        let pattern = (select(vec!["~", "~*"]), select(patterns.to_vec()))
            .prop_map(move |(operator, pattern)| format!("{field} {operator} \"{pattern}\""));
        prop_oneof![2 => single, 1 => several, 1 => pattern]
    };
    prop_oneof![
        of(
            "tag",
            &["production", "baseline", "Baseline", "none", "\"a*b\""],
            &["p*", "*line", "b*", "a[*]b", "[[]x]", "[[]*"]
        ),
        of(
            "exports.format",
            &["onnx", "gguf", "none"],
            &["o*", "*u*", "ONNX"]
        ),
    ]
}

fn ancestor() -> impl Strategy<Value = String> {
    prop_oneof![
        (select(vec!["=", "!="]), values::id())
            .prop_map(|(operator, id)| format!("ancestor {operator} {id}")),
        (select(vec!["in", "not-in"]), values::id(), values::id())
            .prop_map(|(operator, one, two)| format!("ancestor {operator} ({one}, {two})")),
    ]
}

fn metadata() -> impl Strategy<Value = String> {
    let values = [
        "1", "1.0", "2", "\"1\"", "\"é\"", "\"a\"", "0.5", "-1.5", "0", "1e300", "\"]^-\"", "\"\"",
    ];
    let values = select(values.to_vec()).prop_map(str::to_owned);
    let paths = "metadata.a metadata.b metadata.b.c metadata.b.c[0] metadata.b.c[1] metadata.b.d metadata.e metadata.é \
                 metadata.\"\" metadata.b.c[2].d";
    let boolean = select(vec![
        "metadata.a = true",
        "metadata.a != false",
        "metadata.b.c[1] ~ \"?\"",
        "metadata.b.d in (true, 2, \"text\")",
        "metadata.a not-in (false, 1)",
        "metadata.e ~ \"[]^-]*\"",
        "metadata.e ~ \"[[]*\"",
        "metadata.\"a b\".\"c.d\"[4].\"[0]\" = \"*[\"",
        "metadata.\"a b\".\"c.d\"[2] exists",
        "metadata.é ~* \"É\"",
        "metadata.a ~ \"*\"",
        "metadata.a ~ \"1*\"",
    ]);
    prop_oneof![5 => ordered(paths, values), 1 => boolean.prop_map(str::to_owned)]
}
