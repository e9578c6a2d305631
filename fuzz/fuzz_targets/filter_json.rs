//! Whatever comes over the wire: a filter or an error, never a panic; a filter is written as JSON that reads as the same
//! filter, and so is its text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use registry_core::search::Filter;

fuzz_target!(|text: &str| {
    let Ok(filter) = serde_json::from_str::<Filter>(text) else {
        return;
    };
    let json = serde_json::to_string(&filter).expect("a filter is always JSON");
    assert_eq!(
        serde_json::from_str::<Filter>(&json).expect("its own JSON"),
        filter,
        "{json}"
    );
    let printed = filter.to_string();
    assert_eq!(Filter::parse(&printed), Ok(filter), "{printed}");
});
