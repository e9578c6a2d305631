//! The Rust code in the documents, compiled as doctests.

#[doc = include_str!("../../../README.md")]
struct Readme;

#[doc = include_str!("../../../docs/MODEL_REGISTRY.md")]
struct Guide;

#[doc = include_str!("../../../docs/reference.md")]
struct Reference;

#[doc = include_str!("../../../docs/operations.md")]
struct Operations;
