//! The API as strangers see it who have nothing but its description.

#[path = "contract/fuzzed.rs"]
mod fuzzed;
#[path = "contract/generated.rs"]
mod generated;
