//! Reading and writing: nothing crashes, and what is written reads as the same.

use super::*;

/// Pieces of valid searches in any order: most are nearly right.
fn nearly() -> impl Strategy<Value = String> {
    let pieces = vec![
        "name",
        "tag",
        "metrics.val_loss",
        "metadata.a",
        "metadata",
        "metrics",
        "created_at",
        "size",
        "version",
        "status",
        "exports.format",
        "id",
        "=",
        "!=",
        "<",
        "<=",
        "~",
        "~*",
        "in",
        "not-in",
        "not",
        "and",
        "or",
        "(",
        ")",
        ",",
        "\"",
        "'",
        "gpt-*",
        "\"top 1\"",
        "7d",
        "ago",
        "2026-01-31",
        "200",
        "MB",
        "0.4",
        "^1.2",
        "1.0.0",
        "retired",
        ".",
        "[0]",
        "[",
        "]",
        "\\",
        "\\u{7f}",
        "&&",
        "!",
        "==",
        "é",
        "\n",
        "\u{1b}",
        "exists",
        "null",
        "true",
        "-",
        "*",
    ];
    (vec((prop::sample::select(pieces), prop::bool::weighted(0.7)), 0..24)).prop_map(|pieces| {
        pieces
            .into_iter()
            .map(|(piece, blank)| {
                if blank {
                    format!("{piece} ")
                } else {
                    piece.to_owned()
                }
            })
            .collect()
    })
}

fn check(text: &str) -> Result<(), TestCaseError> {
    match Filter::parse(text) {
        Ok(filter) => {
            let printed = filter.to_string();
            prop_assert_eq!(Filter::parse(&printed).expect(&printed), filter);
        }
        Err(error) => {
            let shown = error.to_string();
            prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{:?}", shown);
            if let Some(place) = error.place() {
                let bytes = place.bytes();
                prop_assert!(text.get(bytes.clone()).is_some(), "{bytes:?}");
                prop_assert!(place.line() >= 1 && place.column() >= 1);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_a_filter_or_an_error(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn nearly_valid_text_is_a_filter_or_an_error(text in nearly()) {
        check(&text)?;
    }

    #[test]
    fn a_damaged_search_is_a_filter_or_an_error(filter in filter(), at in any::<prop::sample::Index>(), with in prop::sample::select(vec!["", "(", ")", "\"", " ", "=", "not ", "\\", "[", "é"])) {
        let mut text: Vec<char> = filter.to_string().chars().collect();
        let at = at.index(text.len());
        text.splice(at..=at, with.chars());
        check(&text.into_iter().collect::<String>())?;
    }

    #[test]
    fn printing_and_parsing_give_the_same_filter(filter in filter()) {
        let text = filter.to_string();
        let parsed = Filter::parse(&text).map_err(|error| TestCaseError::fail(format!("{text}\n{error}")))?;
        prop_assert_eq!(parsed.to_string(), text);
        prop_assert_eq!(parsed, filter);
    }

    #[test]
    fn json_gives_the_same_filter(filter in filter()) {
        let text = serde_json::to_string(&filter).unwrap();
        let read: Filter = serde_json::from_str(&text).map_err(|error| TestCaseError::fail(format!("{text}\n{error}")))?;
        prop_assert_eq!(read, filter);
    }

    #[test]
    fn fields_and_orders_read_back(field in field(), order in order(), text in any::<String>()) {
        prop_assert_eq!(Field::parse(&field.to_string()).unwrap(), field);
        let json = serde_json::to_string(&order).unwrap();
        prop_assert_eq!(serde_json::from_str::<SortOrder>(&json).unwrap(), order);
        let _ = (Field::parse(&text), text.parse::<Sort>(), text.parse::<Moment>());
    }

    #[test]
    fn any_json_is_a_filter_or_an_error(filter in filter(), value in json(), key in prop::sample::select(vec!["and", "or", "not", "field", "operator", "value", "values", "x"])) {
        let mut changed = serde_json::to_value(&filter).unwrap();
        changed[key] = value.clone();
        let _ = (serde_json::from_value::<Filter>(changed), serde_json::from_value::<Filter>(value));
    }
}

/// The deepest filter that the limits allow survives its trip through JSON readers, which have limits too.
#[test]
fn the_deepest_filter_travels() {
    let leaf = || Filter::tag().one_of(["a", "b"]).unwrap();
    let mut filter = leaf();
    let mut deepest = None;
    for level in 0..200 {
        filter = match level % 3 {
            0 => filter.and(leaf()),
            1 => filter.or(leaf()),
            _ => !filter,
        };
        if filter.check_limits().is_ok() {
            deepest = Some(filter.clone());
        }
    }
    let deepest = deepest.unwrap();
    assert!(filter.check_limits().is_err());
    assert_eq!(Filter::parse(&deepest.to_string()).unwrap(), deepest);
    let query = SearchQuery::of_every_status(Some(deepest), vec![]).unwrap();
    let json = serde_json::to_string(&query).unwrap();
    assert_eq!(serde_json::from_str::<SearchQuery>(&json).unwrap(), query);
}

/// What passes the limits as text passes them again when printed: its printed length is known exactly.
#[test]
fn limits_are_errors() {
    let deep = |count: usize| format!("{}tag = a{}", "(".repeat(count), ")".repeat(count));
    assert!(Filter::parse(&deep(limits::MAX_NESTING)).is_ok());
    let nots = |count: usize| format!("{}tag = a", "not ".repeat(count));
    assert!(Filter::parse(&nots(limits::MAX_LEVELS - 1)).is_ok());
    for text in [
        deep(limits::MAX_NESTING + 1),
        nots(limits::MAX_LEVELS),
        deep(100_000 / 20),
        nots(4_000),
    ] {
        let error = Filter::parse(&text).unwrap_err();
        assert_eq!(error.problem(), &SearchProblem::TooDeep);
        assert!(error.to_string().len() < 600);
    }
    let long = format!("name = {}", "x".repeat(limits::MAX_BYTES));
    assert!(matches!(
        Filter::parse(&long).unwrap_err().problem(),
        SearchProblem::TooLong { .. }
    ));
    let tight = "size=1 and ".repeat(limits::MAX_TESTS - 1) + "size=1";
    assert!(Filter::parse(&tight).is_ok());
    let many = "id=1 or ".repeat(limits::MAX_TESTS) + "id=1";
    assert!(matches!(
        Filter::parse(&many).unwrap_err().problem(),
        SearchProblem::TooManyTests { .. }
    ));
    // Printing adds blanks: a text below the limit may print above it, and is refused at once.
    let swelling = format!("id in({}1)", "1,".repeat(8_000));
    assert!(swelling.len() < limits::MAX_BYTES);
    assert!(matches!(
        Filter::parse(&swelling).unwrap_err().problem(),
        SearchProblem::TooLong { .. }
    ));
}
