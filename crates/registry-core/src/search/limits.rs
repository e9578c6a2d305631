//! How large a search may be. Each limit is an error when it is passed, never a slow answer or a crash.

/// The longest search text, in bytes; also the longest text that a built filter may print as.
pub const MAX_BYTES: usize = 16 * 1024;

/// How deep parentheses and `not` may be nested in a text.
pub const MAX_NESTING: usize = 64;

/// How many levels a filter may have: groups within groups. Its JSON form is at most twice as deep, which stays
/// below the 127 levels that JSON readers commonly accept.
pub const MAX_LEVELS: usize = 48;

/// How many comparisons a filter may have.
pub const MAX_TESTS: usize = 500;

/// The longest glob pattern, in bytes.
pub const MAX_GLOB_BYTES: usize = 1024;

/// How many keys a search may sort by.
pub const MAX_SORTS: usize = 8;

/// How many steps a metadata path may have: as deep as metadata may be nested.
pub const MAX_STEPS: usize = 64;

/// How many values of one model's metadata can be searched: the first ones in the order of the document, an object or
/// array counted before what it holds.
pub const MAX_LEAVES: usize = 1_000;

/// The longest path into metadata that can be searched, in bytes as it is printed after `metadata`.
pub const MAX_PATH_BYTES: usize = 1_024;

/// The longest text in metadata that can be compared, in bytes.
pub const MAX_LEAF_TEXT_BYTES: usize = 1_024;
