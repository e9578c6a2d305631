//! What must hold for every text, checked on random ones.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{ConfigHash, canonical_text};

fn white_space() -> impl Strategy<Value = String> {
    "[ \t\r\n]{0,2}"
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?(0|[1-9][0-9]{0,30})",
        "-?(0|[1-9][0-9]{0,20})\\.[0-9]{1,20}([eE][+-]?[0-9]{1,2})?",
        any::<f64>()
            .prop_filter("JSON has finite numbers only", |float| float.is_finite())
            .prop_map(|float| format!("{float:e}")),
    ]
}

fn string() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>()
            .prop_filter("must be escaped", |character| !matches!(
                character,
                '\0'..='\u{1f}' | '"' | '\\'
            ))
            .prop_map(String::from),
        "[a-c]",
        r#"\\["\\/bfnrt]"#,
        r"\\u[0-9a-fA-F]{4}",
        r"\\u[dD][89abAB][0-9a-f]{2}",
        r"\\u[dD][c-fC-F][0-9a-f]{2}",
    ];
    vec(character, 0..6).prop_map(|characters| format!("\"{}\"", characters.concat()))
}

/// JSON text of every shape, with random white space.
fn document() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        number(),
        string()
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let padded = (white_space(), inner, white_space())
            .prop_map(|(before, value, after)| before + &value + &after)
            .boxed();
        let member = (string(), white_space(), padded.clone())
            .prop_map(|(key, space, value)| key + &space + ":" + &value);
        prop_oneof![
            vec(padded, 0..6).prop_map(|elements| format!("[{}]", elements.join(","))),
            vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

/// Members of an object with different keys, in two orders.
fn members_in_two_orders() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    vec(document(), 0..6)
        .prop_map(|values| {
            let member = |(index, value)| format!("\"\\u{:04x}\": {value}", index * 0x1fff);
            values.into_iter().enumerate().map(member).collect::<Vec<_>>()
        })
        .prop_flat_map(|members| (Just(members.clone()), Just(members).prop_shuffle()))
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = canonical_text(&text);
        let _ = ConfigHash::parse(&text);
    }

    #[test]
    fn no_text_that_is_almost_json_makes_it_panic(text in r#"([\[\]{}:,"]|[-+.eE0-9]|\\u[dD][89c][0-9]{0,2}|true|null|-?NaN|[ é\n\\]){0,40}"#) {
        let _ = canonical_text(&text);
    }

    #[test]
    fn no_damaged_document_makes_it_panic(text in document(), place in any::<prop::sample::Index>(), damage in any::<char>()) {
        let mut characters: Vec<char> = text.chars().collect();
        let place = place.index(characters.len());
        characters[place] = damage;
        let _ = canonical_text(&characters.iter().collect::<String>());
        characters.truncate(place);
        let _ = canonical_text(&characters.iter().collect::<String>());
    }

    #[test]
    fn canonical_text_is_ascii_and_its_own_canonical_text(text in document()) {
        let canonical = canonical_text(&text).unwrap();
        prop_assert!(canonical.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{canonical}");
        prop_assert_eq!(canonical_text(&canonical).unwrap(), canonical);
    }

    #[test]
    fn the_order_of_keys_does_not_matter((members, shuffled) in members_in_two_orders()) {
        let object = |members: Vec<String>| format!("{{{}}}", members.join(","));
        prop_assert_eq!(ConfigHash::of_json(&object(members)).unwrap(), ConfigHash::of_json(&object(shuffled)).unwrap());
    }

    #[test]
    fn the_last_of_duplicate_keys_wins(key in string(), lost in document(), kept in document()) {
        let twice = format!("{{{key}: {lost}, {key}: {kept}}}");
        let once = format!("{{{key}: {kept}}}");
        prop_assert_eq!(canonical_text(&twice).unwrap(), canonical_text(&once).unwrap());
    }

    #[test]
    fn a_value_hashes_like_the_json_that_is_written_for_it(float in any::<f64>(), half in any::<f32>()) {
        let hash = ConfigHash::of(&(float, half));
        if float.is_finite() && half.is_finite() {
            prop_assert_eq!(hash, ConfigHash::of_json(&serde_json::to_string(&(float, half)).unwrap()));
        } else {
            prop_assert!(hash.is_err());
        }
    }

    #[test]
    fn a_float_reads_back_as_the_same_bits(float in any::<f64>().prop_filter("finite", |float| float.is_finite())) {
        let canonical = super::float::PythonFloat(float).to_string();
        prop_assert_eq!(canonical.parse::<f64>().unwrap().to_bits(), float.to_bits());
    }
}
