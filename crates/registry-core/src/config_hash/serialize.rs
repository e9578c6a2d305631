//! Turns a Rust value into JSON, and refuses the floats that JSON cannot hold.
//!
//! `serde_json` writes NaN and infinity as `null`, so two different configurations would share one hash. A first pass
//! over the value therefore looks for such floats and writes nothing; `serde_json` does the writing in a second pass.

mod inspector;

use serde::Serialize;

use self::inspector::Inspector;
use super::error::ConfigHashError;

pub(super) fn to_json<T: Serialize + ?Sized>(config: &T) -> Result<String, ConfigHashError> {
    config.serialize(Inspector::new())?;
    serde_json::to_string(config).map_err(|error| ConfigHashError::NotSerializable {
        message: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::ser::Error as _;
    use serde::{Serialize, Serializer};

    use super::super::{ConfigHash, MAX_NESTING};

    #[derive(Serialize)]
    struct Config {
        seed: u128,
        half: f32,
        optimizer: Optimizer,
        #[serde(flatten)]
        more: BTreeMap<i64, Option<f64>>,
    }

    #[derive(Serialize)]
    enum Optimizer {
        Sgd,
        Scaled(f64),
        Pair(f64, f64),
        Adam { betas: [f64; 2] },
    }

    struct Stubborn;

    impl Serialize for Stubborn {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("not today"))
        }
    }

    fn config() -> Config {
        Config {
            seed: u128::MAX,
            half: 0.1,
            optimizer: Optimizer::Sgd,
            more: BTreeMap::new(),
        }
    }

    fn refusal(config: &impl Serialize) -> String {
        ConfigHash::of(config).unwrap_err().to_string()
    }

    #[test]
    fn a_value_hashes_like_its_json() {
        let mut config = config();
        config.optimizer = Optimizer::Adam { betas: [0.9, 1e-5] };
        config.more = [(9, Some(1.0)), (10, None)].into();
        let json = r#"{"seed": 340282366920938463463374607431768211455, "half": 0.1,
            "optimizer": {"Adam": {"betas": [0.9, 0.00001]}}, "9": 1.0, "10": null}"#;
        assert_eq!(ConfigHash::of(&config), ConfigHash::of_json(json));
    }

    #[test]
    fn a_small_float_counts_with_its_own_shortest_digits() {
        // The last stands halfway between two shortest forms, and a JSON writer could as well take the other.
        for (float, json) in [
            (0.1_f32, "0.1"),
            (1e-5, "1e-05"),
            (3.0, "3.0"),
            (1_246_066.0 + 0.25, "1246066.2"),
        ] {
            assert_eq!(ConfigHash::of(&float), ConfigHash::of_json(json));
        }
    }

    #[test]
    fn floats_that_are_not_finite_are_refused_wherever_they_are() {
        let with_optimizer = |optimizer| Config {
            optimizer,
            ..config()
        };
        let nan = f64::NAN;
        for (config, place) in [
            (
                Config {
                    half: f32::NAN,
                    ..config()
                },
                "half",
            ),
            (
                Config {
                    more: [(7, Some(nan))].into(),
                    ..config()
                },
                "7",
            ),
            (with_optimizer(Optimizer::Scaled(nan)), "optimizer.Scaled"),
            (with_optimizer(Optimizer::Pair(1.0, nan)), "optimizer.Pair[1]"),
            (
                with_optimizer(Optimizer::Adam { betas: [nan, 1.0] }),
                "optimizer.Adam.betas[0]",
            ),
        ] {
            assert_eq!(
                refusal(&config),
                format!("the config has `NaN` at `{place}`, which is not a finite number")
            );
        }
        assert_eq!(
            refusal(&[(1.0, vec![f64::NEG_INFINITY])]),
            "the config has `-Infinity` at `[0][1][0]`, which is not a finite number"
        );
        assert_eq!(
            refusal(&Some(f64::INFINITY)),
            "the config is `Infinity`, which is not a finite number"
        );
    }

    #[test]
    fn what_cannot_be_json_is_refused() {
        let bad_key: BTreeMap<Vec<u8>, u8> = [(vec![1], 1)].into();
        assert_eq!(
            refusal(&bad_key),
            "the config cannot be written as JSON: key must be a string"
        );

        assert_eq!(
            refusal(&[Stubborn]),
            "the config cannot be written as JSON: not today"
        );
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        let nested = |levels| (0..levels).fold(serde_json::json!(1), |inside, _| serde_json::json!([inside]));
        assert!(ConfigHash::of(&nested(MAX_NESTING)).is_ok());
        assert_eq!(
            refusal(&nested(MAX_NESTING + 1)),
            "the config cannot be written as JSON: it is nested deeper than 512 levels"
        );
    }
}
