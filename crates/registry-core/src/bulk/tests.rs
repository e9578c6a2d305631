//! Lines of a bulk registration: which are read, and what is said of the others.

use proptest::prelude::*;

use super::*;

/// A complete line, with other fields in place of or besides its own.
fn line(fields: &[(&str, &str)]) -> String {
    let plain = [
        ("name", r#""gpt""#),
        ("version", r#""1.0.0""#),
        ("checkpoint_path", r#""a.pt""#),
        ("task_type", r#""t""#),
        ("config_hash", r#""h""#),
    ];
    let kept = plain
        .iter()
        .filter(|(name, _)| fields.iter().all(|(other, _)| other != name));
    let fields: Vec<String> = kept
        .chain(fields)
        .map(|(name, value)| format!(r#""{name}":{value}"#))
        .collect();
    format!("{{{}}}", fields.join(","))
}

fn refusal(text: &str) -> Error {
    RegistrationLine::parse(text).expect_err(text)
}

fn joined(lines: &[String]) -> Result<Vec<Registration>> {
    let elsewhere = || Checkpoint::elsewhere("s3://bucket/a.pt").unwrap();
    let lines = lines
        .iter()
        .map(|line| (RegistrationLine::parse(line).unwrap(), elsewhere()));
    RegistrationLine::join(lines.collect())
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a table: one entry for each way to be wrong"
)]
fn a_bad_value_is_refused_as_what_it_is() {
    let table = [
        ("name", r#""a@b""#, "invalid_name", "invalid model name `a@b`: "),
        (
            "name",
            "7",
            "invalid_name",
            "invalid model name `7`: `name` is not a text",
        ),
        ("version", r#""v1""#, "invalid_version", "invalid version `v1`: "),
        (
            "version",
            "1.0",
            "invalid_version",
            "invalid version `1.0`: `version` is not a text",
        ),
        (
            "checkpoint_path",
            r#""""#,
            "invalid_path",
            "invalid path ``: it is empty",
        ),
        (
            "task_type",
            r#"" t""#,
            "invalid_task_type",
            "invalid task type ` t`: ",
        ),
        (
            "config_hash",
            "[]",
            "invalid_config_hash",
            "invalid config hash `[]`: ",
        ),
        (
            "metrics",
            r#"{"a":"b"}"#,
            "invalid_metrics",
            "invalid metrics `a`: its value \"b\" is not a number",
        ),
        (
            "metrics",
            r#"{"":1}"#,
            "invalid_metric_name",
            "invalid metric name ``: it is empty",
        ),
        (
            "metrics",
            "[1]",
            "invalid_metrics",
            "invalid metrics `[1]`: it is not a JSON object",
        ),
        (
            "metadata",
            "[]",
            "invalid_metadata",
            "invalid metadata `[]`: it is not a JSON object",
        ),
        (
            "status",
            r#""experimental""#,
            "invalid_status",
            "invalid status `experimental`: ",
        ),
        ("tags", r#"["a,b"]"#, "invalid_tag", "invalid tag `a,b`: "),
        (
            "tags",
            r#""a""#,
            "invalid_tag",
            "invalid tag `\"a\"`: `tags` is not a list of texts",
        ),
        (
            "export_formats",
            r#"[""]"#,
            "invalid_export_format",
            "invalid export format ``: ",
        ),
        (
            "exports",
            "{}",
            "invalid_registration",
            "invalid registration `{}`: `exports` is not a list",
        ),
        (
            "exports",
            "[1]",
            "invalid_registration",
            "invalid registration `1`: it is not a JSON object",
        ),
        (
            "exports",
            r#"[{"export_format":"onnx"}]"#,
            "invalid_registration",
            "invalid registration `{\"export_format\":\"onnx\"}`: it has no `export_path`",
        ),
        (
            "model_size_mb",
            "-1",
            "invalid_size",
            "invalid model size `-1`: it is negative",
        ),
        (
            "model_size_mb",
            r#""big""#,
            "invalid_size",
            "invalid model size `\"big\"`: it is not a number",
        ),
        (
            "memory_req_gb",
            "true",
            "invalid_memory",
            "invalid memory requirement `true`: it is not a number",
        ),
        (
            "training_run_id",
            "1.5",
            "invalid_training_run_id",
            "invalid training run id `1.5`: it is not a whole number",
        ),
        (
            "training_run_id",
            "-3",
            "invalid_training_run_id",
            "invalid training run id `-3`: it is less than 1",
        ),
        (
            "parent_model_id",
            "0",
            "invalid_model_id",
            "invalid model id `0`: it is less than 1",
        ),
        (
            "model_id",
            r#""x""#,
            "invalid_model_id",
            "invalid model id `\"x\"`: it is not a whole number",
        ),
        ("notes", r#""""#, "invalid_notes", "invalid notes ``: it is empty"),
    ];
    for (field, value, code, sentence) in table {
        let error = refusal(&line(&[(field, value)]));
        assert_eq!(error.code(), code, "{field}: {value}");
        assert!(error.to_string().starts_with(sentence), "{field}: {error}");
    }
}

#[test]
fn what_is_no_line_is_refused_in_words_for_people() {
    let table = [
        ("nonsense".into(), "it is not a JSON object"),
        ("[1]".into(), "it is not a JSON object"),
        (
            r#"{"name": }"#.into(),
            "it is not valid JSON at column 10: expected value",
        ),
        (line(&[("name", "null")]), "it has no `name`"),
        (line(&[("metric", "{}")]), "`metric` is no field of a model"),
        (line(&[("tags", "[]"), ("tags", "[]")]), "it has `tags` twice"),
        (
            r#"{"config": {"dropout": NaN}}"#.into(),
            "it is not valid JSON at column 24: expected value; NaN and Infinity have no place in JSON",
        ),
    ];
    for (text, problem) in table {
        let error = refusal(&text);
        assert_eq!(error.code(), "invalid_registration", "{text}");
        let sentence = error.to_string();
        assert!(sentence.ends_with(&format!("`: {problem}")), "{sentence}");
        assert!(!sentence.contains('\\'), "{sentence}");
    }
}

#[test]
fn what_the_registry_assigns_or_answers_is_ignored() {
    let fields: Vec<(&str, &str)> = [ASSIGNED, ANSWERED]
        .concat()
        .into_iter()
        .map(|name| (name, "[{}]"))
        .collect();
    let registrations = joined(&[line(&fields)]).unwrap();
    assert_eq!(registrations, joined(&[line(&[])]).unwrap());
}

#[test]
fn null_is_as_if_left_out() {
    let optional = [
        "model_id",
        "bump",
        "config",
        "training_run_id",
        "parent_model_id",
        "parent",
        "metrics",
        "export_formats",
        "exports",
        "model_size_mb",
        "memory_req_gb",
        "metadata",
        "notes",
        "status",
        "tags",
    ];
    let nulls: Vec<(&str, &str)> = optional.into_iter().map(|name| (name, "null")).collect();
    assert_eq!(joined(&[line(&nulls)]).unwrap(), joined(&[line(&[])]).unwrap());
}

#[test]
fn contradictions_are_refused_with_their_places() {
    let lines = [
        line(&[]),
        line(&[("bump", r#""minor""#)]),
        line(&[("version", "null")]),
        line(&[("config_hash", "null")]),
        line(&[("parent", r#""gpt""#)]),
        line(&[("parent", r#""gpt@1.0.0""#), ("parent_model_id", "1")]),
    ];
    let Err(Error::Bulk { failures, total }) = joined(&lines) else {
        unreachable!("they contradict themselves");
    };
    assert_eq!(total, lines.len());
    let places: Vec<usize> = failures.iter().map(|failure| failure.line).collect();
    assert_eq!(places, [2, 3, 4, 5, 6]);
}

#[test]
fn a_line_may_name_another_as_its_parent() {
    let lines = [
        line(&[("model_id", "8"), ("parent_model_id", "7")]),
        line(&[("model_id", "7"), ("version", r#""2.0.0""#)]),
    ];
    let registrations = joined(&lines).unwrap();
    assert_eq!(registrations[0].parent, Some(Parent::Entry(1)));
    assert_eq!(registrations[1].parent, None);
}

#[test]
fn the_configuration_is_hashed_and_wins_over_a_hash() {
    let registrations = joined(&[line(&[("config", r#"{"b": 1e3, "a": [true, null]}"#)])]).unwrap();
    let hash = ConfigHash::of_json(r#"{"a": [true, null], "b": 1000.0}"#).unwrap();
    assert_eq!(registrations[0].config_hash, hash);
}

/// Some JSON, good or bad for any field.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:e}")),
        any::<String>().prop_map(|text| serde_json::json!(text).to_string()),
        prop::collection::vec("[a-z@:,.^ 0-9]{0,8}", 0..3)
            .prop_map(|texts| serde_json::json!(texts).to_string()),
        "[\\[\\]{}\":,a-zN0-9 -]{0,16}",
        Just(r#"[{"export_format":"onnx","export_path":"a","metadata":{}}]"#.to_owned()),
        Just(r#"{"a": {"b": [1, 2.5, "c"]}}"#.to_owned()),
    ]
}

const FIELDS: &[&str] = &[
    "model_id",
    "name",
    "version",
    "bump",
    "checkpoint_path",
    "checkpoint",
    "task_type",
    "config_hash",
    "config",
    "training_run_id",
    "parent_model_id",
    "parent",
    "metrics",
    "export_formats",
    "exports",
    "model_size_mb",
    "memory_req_gb",
    "metadata",
    "notes",
    "status",
    "tags",
    "ordinal",
    "lost",
    "other",
];

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), near in "\\{[\\[\\]{}\":,a-z_0-9 \\\\-]{0,40}\\}") {
        let _ = (RegistrationLine::parse(&text), RegistrationLine::parse(&near));
    }

    #[test]
    fn any_fields_are_read_or_refused(
        fields in prop::collection::vec((prop::sample::select(FIELDS), value()), 0..6),
        others in prop::collection::vec((prop::sample::select(FIELDS), value()), 0..6),
    ) {
        let lines: Vec<RegistrationLine> = [fields, others]
            .iter()
            .map(|fields| fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
            .filter_map(|fields| RegistrationLine::parse(&line(&fields)).ok())
            .collect();
        let elsewhere = || Checkpoint::elsewhere("s3://bucket/a.pt").unwrap();
        let count = lines.len();
        match RegistrationLine::join(lines.into_iter().map(|line| (line, elsewhere())).collect()) {
            Ok(registrations) => prop_assert_eq!(registrations.len(), count),
            Err(Error::Bulk { failures, total }) => {
                prop_assert_eq!(total, count);
                prop_assert!(failures.iter().all(|failure| (1..=count).contains(&failure.line)));
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

fn refused(lines: &[String]) -> Vec<(usize, String)> {
    match joined(lines) {
        Err(Error::Bulk { failures, .. }) => {
            let failures = failures.iter();
            failures
                .map(|failure| (failure.line, failure.error.to_string()))
                .collect()
        }
        joined => panic!("{joined:?}"),
    }
}

#[test]
fn lines_of_two_registries_do_not_mix() {
    let of = |id: &str, version: &str| line(&[("model_id", id), ("version", version)]);
    let found = refused(&[
        of("1", r#""1.0.0""#),
        of("2", r#""1.1.0""#),
        of("1", r#""2.0.0""#),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, 3);
    assert!(
        found[0].1.contains("it has the `model_id` of line 1"),
        "{found:?}"
    );
}

#[test]
fn an_id_of_another_registry_names_no_parent_here() {
    let child = line(&[("model_id", "9"), ("parent_model_id", "3")]);
    let found = refused(std::slice::from_ref(&child));
    assert!(
        found[0].1.contains("its parent is not among the lines"),
        "{found:?}"
    );
    let parent = line(&[("model_id", "3"), ("version", r#""0.9.0""#)]);
    let together = joined(&[child, parent]).unwrap();
    assert_eq!(together[0].parent, Some(Parent::Entry(1)));
    let typed = joined(&[line(&[("parent_model_id", "3")])]).unwrap();
    assert_eq!(typed[0].parent, Some(Parent::Id(3.try_into().unwrap())));
}
