//! What is read as what, and what people are told otherwise.

use crate::search::{Filter, SearchProblem};

#[test]
fn texts_and_their_printed_form() {
    for (text, printed) in [
        ("tag=production", "tag = production"),
        ("(tag = a)AND(tag = b)", "tag = a and tag = b"),
        ("tag = a or tag = b and tag = c", "tag = a or tag = b and tag = c"),
        (
            "(tag = a or tag = b) and tag = c",
            "(tag = a or tag = b) and tag = c",
        ),
        ("tag = a or (tag = b or tag = c)", "tag = a or tag = b or tag = c"),
        ("not (tag = a and tag = b)", "not (tag = a and tag = b)"),
        ("not not tag = a", "not not tag = a"),
        ("NOT tag=a Or tag=b", "not tag = a or tag = b"),
        ("tag in (a, 'b c',\"d\")", "tag in (a, \"b c\", d)"),
        ("tag in (a)", "tag = a"),
        ("tag not in (a, b)", "tag not-in (a, b)"),
        ("tag not-in (a)", "tag != a"),
        ("name ~ gpt-*", "name ~ \"gpt-*\""),
        ("name ~*GPT-[a-z]", "name ~* \"gpt-[a-z]\""),
        ("name = 7", "name = 7"),
        ("name = \"and\"", "name = \"and\""),
        (r#"name = "a\"b\\c\u{e9}\n""#, r#"name = "a\"b\\cé\n""#),
        ("metrics.eval/loss@1 >= -1e-3", "metrics.eval/loss@1 >= -0.001"),
        ("metrics.\"top 1\" exists", "metrics.\"top 1\" exists"),
        ("metrics.'top.1' > 1E3", "metrics.\"top.1\" > 1000"),
        ("size < 200", "size < 200 MB"),
        (
            "size < 1.5GB and size > 2 kib",
            "size < 1536 MB and size > 0.001953125 MB",
        ),
        ("memory >= 512 MB", "memory >= 0.5 GB"),
        ("version in ^1.2", "version in \"^1.2\""),
        ("version in 1.2.0", "version in \"^1.2.0\""),
        ("version not in '>=1, <2'", "version not-in \">=1, <2\""),
        (
            "version in (1.0.0, '1.1.0-rc.1')",
            "version in (1.0.0, 1.1.0-rc.1)",
        ),
        ("version in ~1.2", "version in \"~1.2\""),
        ("created_at > 7d ago", "created_at > 1w ago"),
        (
            "created_at > 36 hours ago and id = 1",
            "created_at > 36h ago and id = 1",
        ),
        (
            "updated_at >= 30m or updated_at < now",
            "updated_at >= 30m ago or updated_at < now",
        ),
        (
            "created_at < 2026-01-31",
            "created_at < 2026-01-31T00:00:00.000000Z",
        ),
        (
            "created_at<2026-01-31T13:00:00+01:00",
            "created_at < 2026-01-31T12:00:00.000000Z",
        ),
        ("metadata.a.\"b.c\"[0].0 = x", "metadata.a.\"b.c\"[0].0 = \"x\""),
        (
            "metadata.x in (1, \"1\", true, yes)",
            "metadata.x in (1, \"1\", true, \"yes\")",
        ),
        ("metadata.\"\" exists", "metadata.\"\" exists"),
        ("exports.format ~ onnx*", "exports.format ~ \"onnx*\""),
        ("path ~ s3://bucket/*", "path ~ \"s3://bucket/*\""),
        ("id = 9007199254740993", "id = 9007199254740993"),
    ] {
        let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        assert_eq!(filter.to_string(), printed, "{text}");
        assert_eq!(Filter::parse(printed).unwrap(), filter, "{text}");
    }
}

/// Each text with what its error marks, and a part of what the error says.
#[test]
fn errors_mark_the_place_and_help() {
    for (text, marked, said) in [
        ("", "", "the search is empty"),
        ("  ", "", "the search is empty"),
        ("nam = x", "nam", "did you mean `name`?"),
        ("model_id = 1", "model_id", "did you mean `id`?"),
        (
            "metric.val_loss < 1",
            "metric.val_loss",
            "did you mean `metrics.val_loss`?",
        ),
        ("metrics < 1", "metrics", "`metrics.<name>`"),
        (
            "metrics.a.b < 1",
            "metrics.a.b",
            "did you mean `metrics.\"a.b\"`?",
        ),
        ("metrics. < 1", "<", "a name behind the dot"),
        ("metadata[0] = 1", "metadata[0]", "an object, not an array"),
        ("metadata.a[x] = 1", "x]", "the index"),
        ("metadata.a[99999999999] = 1", "99999999999", "too large"),
        ("name", "", "expected an operator"),
        ("name =", "", "expected a value"),
        ("name = and tag = x", "and", "expected a value"),
        ("name == x", "==", "did you mean `=`?"),
        ("name <> x", "<>", "did you mean `!=`?"),
        ("name like x", "like", "did you mean `~`?"),
        ("name =~ x", "=~", "did you mean `~`?"),
        ("tag = a && tag = b", "&&", "did you mean `and`?"),
        ("!tag = a", "!", "did you mean `not`?"),
        ("tag = a tag = b", "tag", "`and`, `or` or the end"),
        ("tag < a", "<", "`<` cannot be used with `tag`"),
        (
            "id ~ 1",
            "~",
            "one of `=` `!=` `<` `<=` `>` `>=` `in` `not-in` `exists`",
        ),
        ("id = 1.5", "1.5", "not a whole number"),
        ("id = \"5\"", "\"5\"", "without quotes"),
        ("metrics.a < low", "low", "not a number"),
        ("metrics.a < 1e999", "1e999", "not a number"),
        ("metrics.a < NaN", "NaN", "not a number"),
        ("size < 5 PB", "PB", "`and`, `or` or the end"),
        ("size < 5PB", "5PB", "`MB`"),
        ("version = ^1.2", "^1.2", "did you mean `version in \"^1.2\"`?"),
        ("version in (1.0.0, ^1.2)", "(1.0.0, ^1.2)", "version"),
        ("version in x.y", "x.y", "a range"),
        ("tag in production", "production", "`in (a, b)`"),
        ("tag in ()", ")", "expected a value"),
        ("tag in (a b)", "b", "`,` or `)`"),
        ("status = actve", "actve", "did you mean `active`?"),
        ("created_at > yesterday", "yesterday", "`7d ago`"),
        ("created_at > 2026-02-30", "2026-02-30", "not a time"),
        ("name = \"gpt", "\"gpt", "never closed"),
        (r#"path = "C:\models""#, r"\m", "no meaning"),
        ("(tag = a", "(", "never closed"),
        ("tag = a)", ")", "the end"),
        ("name ~ [a", "[a", "`[[]`"),
        ("metadata.x = null", "null", "missing"),
        ("metadata.x > true", "true", "no order"),
        ("and tag = a", "and", "a comparison"),
        ("tag not exists", "exists", "`not` stands before the field"),
        ("= x", "=", "expected a field"),
        ("ancestor = 0", "0", "less than 1"),
        ("name = a\0", "\0", "not expected"),
    ] {
        let error = Filter::parse(text).expect_err(text);
        let place = error.place().map_or(0..0, crate::search::Place::bytes);
        assert_eq!(&text[place], marked, "{text}\n{error}");
        assert!(error.to_string().contains(said), "{text}\n{error}");
    }
    let error = Filter::parse("name =").unwrap_err();
    assert_eq!(error.problem(), &SearchProblem::EndsEarly);
}

#[test]
fn an_error_shows_its_line() {
    let text = "name ~ \"gpt-*\"\n  and tag > production";
    let error = Filter::parse(text).unwrap_err();
    let place = error.place().unwrap();
    assert_eq!((place.line(), place.column()), (2, 11));
    assert_eq!(
        error.to_string(),
        "`>` cannot be used with `tag`\n  |   and tag > production\n  |           ^\n  = expected one of `=` `!=` `in` `not-in` `~` `~*` `exists`"
    );
}
