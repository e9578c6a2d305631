//! Seeks of what stands in tables of its own: tags, formats, metadata, ancestors.

use registry_core::search::{Comparable, Field, Glob, Membership, MetadataTest, SetField, SetTest, Test};

use super::{Rank, Read, Seek};
use crate::search::condition::{metadata_value, pattern};
use crate::search::fact::{Bound, Wanted, spanned};
use crate::search::statement::{Binds, Value};

/// A pattern to check an entry of an index for: it fits some of what lies between its bounds.
#[derive(Debug, Clone)]
pub(super) struct Check {
    place: &'static str,
    glob: Glob,
}

impl Check {
    pub(super) fn condition(&self, binds: &mut Binds) -> String {
        pattern(&format!("+entry.{}", self.place), &self.glob, binds)
    }
}

pub(super) fn of_test(member: usize, test: &Test) -> Option<Seek> {
    let seek = |reads: Vec<Read>, repeats: bool, rank: Rank| Seek {
        reads,
        repeats,
        uses: vec![member],
        covers: vec![member],
        rank,
    };
    match test {
        Test::Set(field, test) => {
            let (wanted, check) = in_set(test)?;
            let several = wanted.single().is_none();
            let (tables, repeats, rank): (&[_], _, _) = match field {
                SetField::Tag => (
                    &[("model_tags", "model_tags_by_time", "tag_name")],
                    several,
                    Rank::Holders,
                ),
                SetField::ExportFormat => (
                    &[
                        ("model_formats", "model_formats_by_format", "export_format"),
                        ("model_exports", "model_exports_by_format", "export_format"),
                    ],
                    true,
                    Rank::Common,
                ),
            };
            let reads = tables.iter().map(|(table, index, place)| Read::Index {
                from: format!("{table} AS entry INDEXED BY {index}"),
                conditions: vec![(*place, wanted.clone())],
                also: check.clone().map(|glob| Check { place, glob }),
            });
            Some(seek(reads.collect(), repeats, rank))
        }
        Test::Ancestor(Membership::In(ids)) => {
            let ids = ids.values().iter().map(|id| Value::Integer(id.get())).collect();
            let read = Read::Descendants(Wanted::OneOf(ids));
            Some(seek(vec![read], false, Rank::Relatives))
        }
        Test::Metadata(path, test) => {
            let (wanted, check, rank) = in_metadata(test);
            let only_present = wanted == Wanted::Present;
            let mut seek = seek(vec![leaf(&path.to_string(), wanted, check)], false, rank);
            if only_present {
                seek.covers.clear();
            }
            Some(seek)
        }
        Test::Exists(Field::Metadata(path)) => {
            let read = leaf(&path.to_string(), Wanted::Present, None);
            Some(seek(vec![read], false, Rank::Loose))
        }
        _ => None,
    }
}

fn leaf(path: &str, wanted: Wanted, glob: Option<Glob>) -> Read {
    let also = glob.map(|glob| Check { place: "value", glob });
    Read::Index {
        from: "model_metadata AS entry INDEXED BY model_metadata_by_value".to_owned(),
        conditions: vec![("path", Wanted::OneOf(vec![path.into()])), ("value", wanted)],
        also,
    }
}

/// The texts of a set that are wanted, and the pattern that not all of them fit.
fn in_set(test: &SetTest) -> Option<(Wanted, Option<Glob>)> {
    match test {
        SetTest::Is(Membership::In(values)) => Some((
            Wanted::OneOf(values.values().iter().map(Value::text).collect()),
            None,
        )),
        SetTest::Is(Membership::NotIn(_)) => None,
        SetTest::Glob(glob) => {
            let (wanted, whole) = spanned(&glob.span()?);
            Some((wanted, (!whole).then(|| glob.clone())))
        }
    }
}

/// The values that are wanted, and the pattern that not all of them fit.
fn in_metadata(test: &MetadataTest) -> (Wanted, Option<Glob>, Rank) {
    match test {
        MetadataTest::Is(Membership::In(values)) => {
            let values = values.values().iter().map(metadata_value).collect();
            (Wanted::OneOf(values), None, Rank::Holders)
        }
        MetadataTest::Is(Membership::NotIn(_)) => (Wanted::Present, None, Rank::Loose),
        MetadataTest::Compare(order, Comparable::Number(number)) => {
            let wanted = Wanted::compared(*order, Value::from(*number));
            (within(wanted, None, first_text()), None, Rank::Range)
        }
        MetadataTest::Compare(order, Comparable::Text(other)) => {
            let wanted = Wanted::compared(*order, Value::text(other));
            (
                within(wanted, Some(first_text()), first_boolean()),
                None,
                Rank::Range,
            )
        }
        MetadataTest::Glob(glob) => {
            let (wanted, whole, rank) = match glob.span() {
                Some(span) => {
                    let (wanted, whole) = spanned(&span);
                    (wanted, whole, Rank::Range)
                }
                None => (Wanted::Between(None, None), false, Rank::Loose),
            };
            let wanted = within(wanted, Some(first_text()), first_boolean());
            (wanted, (!whole).then(|| glob.clone()), rank)
        }
    }
}

/// Texts sort behind numbers.
fn first_text() -> Value {
    Value::from("")
}

/// Booleans are blobs, which sort behind texts.
fn first_boolean() -> Value {
    Value::Blob(Vec::new())
}

/// A range of values of one kind.
fn within(wanted: Wanted, from: Option<Value>, to: Value) -> Wanted {
    match wanted {
        Wanted::Between(lower, upper) => {
            Wanted::Between(lower.or(from.map(Bound::from)), upper.or(Some(Bound::beyond(to))))
        }
        wanted => wanted,
    }
}
