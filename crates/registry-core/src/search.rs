//! Search: which models, in which order, page by page. Everything here is pure: a backend translates a
//! [`SearchQuery`] into its own language, and its answers are judged by [`SearchQuery::page_of`].
//!
//! # The language
//!
//! ```
//! use registry_core::search::Filter;
//!
//! for text in [
//!     r#"name ~ "gpt-*" and metrics.val_loss < 0.4 and (tag = production or tag = staging) and not status = retired"#,
//!     r#"version in "^1.2" and created_at > 7d ago"#,
//!     r#"metrics."top 1" exists and size <= 1.5 GB"#,
//!     r#"metadata.optimizer.name = "adam" and metadata.layers[0].size >= 512"#,
//!     "ancestor = 17 and tag not-in (deprecated, broken)",
//! ] {
//!     let filter = Filter::parse(text)?;
//!     assert_eq!(Filter::parse(&filter.to_string())?, filter);
//! }
//! # Ok::<(), registry_core::search::SearchError>(())
//! ```
//!
//! In EBNF; blanks may stand between any two symbols, except inside a field:
//!
//! ```text
//! filter     = conjunction , { "or" , conjunction } ;
//! conjunction= negation , { "and" , negation } ;
//! negation   = "not" , negation | "(" , filter , ")" | comparison ;
//! comparison = field , ( "exists"
//!                      | ( "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "~*" ) , value
//!                      | ( "in" | "not-in" | "not" , "in" ) , ( "(" , value , { "," , value } , ")" | value ) ) ;
//! field      = bare part , { "." , ( bare part | quoted ) | "[" , digits , "]" } ;
//! value      = quoted | bare value , [ unit ] , [ "ago" ] ;
//! unit       = "B" | "KB" | "MB" | "GB" | "TB" | "s" | "m" | "h" | "d" | "w" ;
//! quoted     = '"' , { character | escape } , '"' | "'" , { character | escape } , "'" ;
//! escape     = "\" , ( "\" | '"' | "'" | "n" | "t" | "r" | "u{" , hexadecimal digits , "}" ) ;
//! bare value = characters, none of them a blank or one of  ( ) = ! < > , " ' & | ;
//! bare part  = characters of a bare value, none of them one of  . [ ] ~ * ;
//! ```
//!
//! - Keywords (`and`, `or`, `not`, `in`, `not-in`, `exists`), units and `ago` are read in any case, fields and values
//!   are not. A keyword as a value needs quotes. `not` binds tightest, then `and`, then `or`.
//! - A value behind `in` without parentheses is a range of versions, so only `version` has it; a plain version is a
//!   range too, as in cargo: `version in "1.2.0"` means `^1.2.0`.
//! - A unit or `ago` follows a value only where the field is a size or a time. See [`Moment`] for times, [`Glob`] for
//!   patterns, [`MetadataPath`] for paths. A number needs no quotes and must have none, except with a unit.
//! - In metadata an unquoted `5`, `true` or `false` is a number or a boolean, quoted it is a text.
//!
//! # Fields
//!
//! | field | kind | operators besides `=` `!=` `in` `not-in` `exists` |
//! |---|---|---|
//! | `id` `ordinal` `parent` `training_run_id` | whole number | `<` `<=` `>` `>=` |
//! | `size` (megabytes) `memory` (gigabytes) `metrics.<name>` | number | `<` `<=` `>` `>=` |
//! | `name` `task_type` `config_hash` `path` `actor` | text | `<` `<=` `>` `>=` `~` `~*` |
//! | `version` | version | `<` `<=` `>` `>=` `~` `~*`, ranges behind `in` and `not-in` |
//! | `created_at` `updated_at` | time | `<` `<=` `>` `>=` |
//! | `status` | `active` or `retired` | |
//! | `tag` `exports.format` | set of texts | `~` `~*` |
//! | `ancestor` | set of whole numbers | |
//! | `metadata.<path>` | number, text or boolean | `<` `<=` `>` `>=` `~` `~*` |
//!
//! # Meaning
//!
//! Every comparison is true or false; there is no third value, so `not` turns each into the other.
//!
//! - A comparison with something missing is false, `!=` and `not-in` too; its `not` is therefore true. Missing are a
//!   parent, training run, size or memory that is not set, a metric that the model doesn't have, and a path that
//!   leads nowhere in its metadata, or to `null`.
//! - Of a set, `=`, `in`, `~` and `~*` ask whether any of it fits; `!=` and `not-in` whether none does, which is true
//!   of the empty set. A set exists when it is not empty.
//! - Texts compare by the bytes of their UTF-8. Whole numbers compare exactly. Numbers compare as double precision,
//!   those of metadata too, however they are written there.
//! - In metadata, values of different kinds are never equal and have no order: `!=` is true, `<` and `>` are false.
//!   `true` and `false` have no order at all. An object or an array exists, but every other comparison with it is
//!   false; so it is for a text longer than [1,024 bytes](limits::MAX_LEAF_TEXT_BYTES). The first
//!   [1,000 values](limits::MAX_LEAVES) of a model's metadata can be searched, with paths of at most
//!   [1,024 bytes](limits::MAX_PATH_BYTES); what is beyond is kept, and missing to a search.
//! - A time without an offset is UTC, wherever the filter is written, so that it means the same to everybody.
//! - A date stands for its first moment in UTC: the whole day is `created_at >= 2026-01-31 and created_at < 2026-02-01`.
//!
//! # Order and pages
//!
//! [`SortOrder`] says how models are sorted: what is missing comes last, upwards and downwards; ties are by id, in the
//! direction of the last key. A [`Cursor`] names a place in that order, not a number of models.

mod carrier;
mod count;
mod cursor;
mod error;
mod evaluate;
mod field;
mod filter;
mod glob;
mod json;
mod leaves;
pub mod limits;
mod page;
mod parse;
mod print;
#[cfg(test)]
mod properties;
mod query;
mod sort;
mod summary;
mod tally;
mod test;
mod value;

pub use carrier::Fields;
pub use count::{Count, FacetField, FacetLimits, FacetValue, Facets};
pub use cursor::{Cursor, Heading};
pub use error::{Place, SearchError, SearchProblem};
pub use evaluate::Context;
pub use field::{
    Field, FieldKind, IntegerField, MetadataPath, NumberField, SetField, Step, TextField, TimeField,
};
pub use filter::{
    AncestorField, Filter, HasEquality, HasOrder, HasPatterns, Node, StatusField, Subject, VersionField,
};
pub use glob::{Glob, GlobSpan, GlobToken};
pub use leaves::{Leaf, LeafValue, leaves};
pub use page::SearchPage;
pub use query::SearchQuery;
pub use sort::{Position, Sort, SortField, SortOrder, SortValue};
pub use summary::ModelSummary;
pub use test::{Membership, MetadataTest, Operator, Order, Ordered, SetTest, Test, TextTest, VersionTest};
pub use value::{Ago, Comparable, Moment, Number, OneOf, Scalar, SearchText};
