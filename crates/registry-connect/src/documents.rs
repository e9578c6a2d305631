//! The Rust code in the documents, compiled as doctests.

#[doc = include_str!("../../../docs/team.md")]
struct Team;
