//! One fault of the original's files at a time: what becomes of it, and that the original value is kept.

#[path = "faults/attached.rs"]
mod attached;
#[path = "faults/contents.rs"]
mod contents;
#[path = "faults/identity.rs"]
mod identity;
