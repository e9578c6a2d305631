//! Whatever is typed: a filter or an error, never a panic; a filter prints as text that reads as the same filter.

#![no_main]

use libfuzzer_sys::fuzz_target;
use registry_core::search::{Filter, SearchQuery};

fuzz_target!(|text: &str| {
    match Filter::parse(text) {
        Ok(filter) => {
            let printed = filter.to_string();
            assert_eq!(Filter::parse(&printed), Ok(filter.clone()), "{printed}");
            let _ = SearchQuery::new(Some(filter), Vec::new());
        }
        Err(error) => {
            let _ = error.to_string();
            if let Some(place) = error.place() {
                assert!(text.get(place.bytes()).is_some(), "{:?}", place.bytes());
                let _ = place.parts();
            }
        }
    }
});
