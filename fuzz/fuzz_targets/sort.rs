//! Sort keys and fields: never a panic, and each prints as text that reads as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use registry_core::search::{Field, Sort};

fuzz_target!(|text: &str| {
    if let Ok(sort) = text.parse::<Sort>() {
        assert_eq!(sort.to_string().parse::<Sort>(), Ok(sort));
    }
    if let Ok(field) = text.parse::<Field>() {
        assert_eq!(field.to_string().parse::<Field>(), Ok(field));
    }
});
