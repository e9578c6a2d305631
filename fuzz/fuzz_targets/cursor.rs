//! Cursors that somebody made up: never a panic, and none is taken by a search that it was not made for. One that can be
//! read is written as the same text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use registry_core::search::{Cursor, SearchQuery};

fuzz_target!(|text: &str| {
    let Ok(cursor) = text.parse::<Cursor>() else {
        return;
    };
    assert_eq!(cursor.to_string(), text);
    if let Ok(query) = SearchQuery::default().from_cursor(cursor) {
        assert_eq!(
            query.cursor().map(|cursor| cursor.position().values.len()),
            Some(1)
        );
    }
});
