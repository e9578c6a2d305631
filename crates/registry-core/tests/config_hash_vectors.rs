//! The config hash against hashes that Python computed.

use registry_core::config_hash::{ConfigHash, ConfigHashError, canonical_text};

#[derive(serde::Deserialize)]
struct Vector {
    case: String,
    json: String,
    sha256: String,
}

/// Each with the text that Python hashed.
const HASHES_OF_THE_ORIGINAL_REGISTRY: [(&str, &str); 10] = [
    (
        "{}",
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    ),
    (
        r#"{"d": 1}"#,
        "1598c432a023fad357613ece9b72ee262030584ce0e6c7362d8a3a65905e19f1",
    ),
    (
        r#"{"d": 1.0}"#,
        "347199276ba87932d5c8b419c92ad18e10c49a66b81108828dcaf8ccaf9c2939",
    ),
    (
        r#"{"d_model": 768, "num_layers": 12, "vocab_size": 50257}"#,
        "0a2a71c18616b9bff1c8f8fb4ce4c2f4ac2358f507acf10e5d35c64237d35f44",
    ),
    (
        r#"{"b2": 1000000000000000.0, "big": 1e+16, "lr": 1e-05, "neg": -0.0, "t": 0.1}"#,
        "9621e53b10d6b74b38cd7454f61ec7465332a0dcf11fc439e580f3da2688e535",
    ),
    (
        r#"{"a": null, "b": true, "c": [1, "x", {"a": 2, "z": 1}]}"#,
        "fd2feb91dfb0a08d1d21f9465e057c5e47560b1b0556fdfe6205384c94cd157f",
    ),
    (
        r#"{"\u00e9": "\u00fc"}"#,
        "10cda23f7a82069da8e7ff4b06418273764ba6454e9bb3cfcc58e352d9ebfcdf",
    ),
    (
        r#"{"e": "\ud83d\ude00\n\t\"\\/\u007f"}"#,
        "430cdcf3e87d6f8e5eb4dc10b055b2576ee7fa907e3383e886487d42af9fd254",
    ),
    (
        r#"{"10": 4, "9": 5, "Z": 1, "_": 3, "a": 2}"#,
        "0c64abc3af184aea9d2d4e5fed35437c66e9bb662aa5de5047fd9c16ad573bc4",
    ),
    (
        r#"{"k": 12345678901234567890123}"#,
        "f39f1c69648bf51e38c079f96fbe64094e2a46053d8f9c6a2425f4fcad91b5f6",
    ),
];

#[test]
fn every_vector_has_the_hash_that_python_gives() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("fixtures/config-hash-vectors.json")).unwrap();
    assert_eq!(vectors.len(), 79);
    for Vector { case, json, sha256 } in vectors {
        let hash = ConfigHash::of_json(&json).unwrap();
        assert_eq!(
            hash.as_str(),
            sha256,
            "{case}: hashed {}",
            canonical_text(&json).unwrap()
        );
    }
}

#[test]
fn the_hashes_of_the_original_registry_are_kept() {
    for (text, sha256) in HASHES_OF_THE_ORIGINAL_REGISTRY {
        assert_eq!(canonical_text(text).as_deref(), Ok(text));
        assert_eq!(ConfigHash::of_json(text).unwrap().as_str(), sha256, "{text}");
    }
}

#[test]
fn a_hash_of_numbers_that_are_not_finite_can_be_brought_but_not_computed() {
    let text = r#"{"i": Infinity, "m": -Infinity, "n": NaN}"#;
    assert!(matches!(
        ConfigHash::of_json(text),
        Err(ConfigHashError::NotFinite { word: "Infinity", .. })
    ));
    assert!(ConfigHash::parse("a8f21ae91cb5dc88b8e08d3997b4ad0fa36f91e01c603327247f23f70e331639").is_ok());
}
