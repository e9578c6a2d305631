//! The random steps are worth something: they reach every verb's success and every refusal of the domain.

use std::collections::{BTreeSet, HashSet};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use registry_tests::Reference;
use registry_tests::random::{Answer, steps};

const CODES: &[&str] = &[
    "bulk_refused",
    "empty_update",
    "export_not_found",
    "model_exists",
    "model_in_use",
    "model_not_found",
    "model_retired",
    "parent_cycle",
    "parent_not_found",
    "rollback_impossible",
    "tag_not_held",
    "unexpected_holder",
];

const SENTENCES: &[&str] = &[
    "nobody holds it",
    "got it as a label",
    "nobody held it before",
    "was deleted",
    "which held it before, is retired",
    "several names hold it",
    "it descends from itself",
    "was refused or is missing",
    "tag(s): ",
    "child(ren): ",
];

const VERBS: usize = 23;

#[tokio::test]
async fn steps_reach_every_answer() {
    let mut runner = TestRunner::deterministic();
    let steps = steps(40);
    let (mut codes, mut sentences, mut done) = (BTreeSet::new(), String::new(), HashSet::new());
    for _ in 0..500 {
        let reference = Reference::new();
        for step in steps.new_tree(&mut runner).unwrap().current() {
            match step.run(&reference).await {
                Answer::Done(_) => {
                    done.insert(std::mem::discriminant(&step.verb));
                }
                Answer::Refused { code, sentence, .. } => {
                    codes.insert(code);
                    sentences.push_str(&sentence);
                }
            }
        }
    }
    assert_eq!(done.len(), VERBS);
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), CODES);
    for sentence in SENTENCES {
        assert!(sentences.contains(sentence), "never `{sentence}`");
    }
}
