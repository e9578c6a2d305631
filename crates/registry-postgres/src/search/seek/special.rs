//! Seeks of what stands in tables of its own: tags, formats, metadata, ancestors.

use registry_core::search::{Comparable, Field, Glob, Membership, MetadataTest, SetField, SetTest, Test};

use super::{Rank, Read, Seek};
use crate::search::condition::{NUMBER, TEXT, metadata_kinds, pattern};
use crate::search::fact::{Wanted, spanned};
use crate::search::statement::{Binds, Value};

/// A pattern to check an entry of an index for: it fits some of what lies between its bounds.
#[derive(Debug, Clone)]
pub(super) struct Check {
    place: &'static str,
    glob: Glob,
}

impl Check {
    pub(super) fn condition(&self, binds: &mut Binds) -> String {
        pattern(&format!("entry.{}", self.place), &self.glob, binds)
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
                SetField::Tag => (&[("model_tags", "tag_name")], several, Rank::Holders),
                SetField::ExportFormat => (
                    &[
                        ("model_formats", "export_format"),
                        ("model_exports", "export_format"),
                    ],
                    true,
                    Rank::Common,
                ),
            };
            let reads = tables.iter().map(|(table, place)| Read::Index {
                table,
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
            let only_present = wanted.is_empty();
            let path = path.to_string();
            let reads = if only_present {
                vec![leaf(&path, None, None)]
            } else {
                let reads = wanted.into_iter();
                reads
                    .map(|wanted| leaf(&path, Some(wanted), check.clone()))
                    .collect()
            };
            let mut seek = seek(reads, false, rank);
            if only_present {
                seek.covers.clear();
            }
            Some(seek)
        }
        Test::Exists(Field::Metadata(path)) => {
            let read = leaf(&path.to_string(), None, None);
            Some(seek(vec![read], false, Rank::Loose))
        }
        _ => None,
    }
}

/// The leaves of a path, those with a wanted value of a kind.
fn leaf(path: &str, wanted: Option<(&'static str, Wanted)>, glob: Option<Glob>) -> Read {
    let path = Wanted::OneOf(vec![path.into()]);
    Read::Index {
        table: "model_metadata",
        conditions: std::iter::once(("path", path)).chain(wanted).collect(),
        also: glob.map(|glob| Check { place: TEXT, glob }),
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

/// The values that are wanted, for each kind that they are of; none: all. And the pattern that not all of them fit.
fn in_metadata(test: &MetadataTest) -> (Vec<(&'static str, Wanted)>, Option<Glob>, Rank) {
    match test {
        MetadataTest::Is(Membership::In(values)) => {
            let kinds = metadata_kinds(values.values()).into_iter();
            let wanted = kinds.map(|(place, values)| (place, Wanted::OneOf(values)));
            (wanted.collect(), None, Rank::Holders)
        }
        MetadataTest::Is(Membership::NotIn(_)) => (Vec::new(), None, Rank::Loose),
        MetadataTest::Compare(order, Comparable::Number(other)) => {
            let wanted = Wanted::compared(*order, Value::from(*other));
            (vec![(NUMBER, wanted)], None, Rank::Range)
        }
        MetadataTest::Compare(order, Comparable::Text(other)) => {
            let wanted = Wanted::compared(*order, Value::text(other));
            (vec![(TEXT, wanted)], None, Rank::Range)
        }
        MetadataTest::Glob(glob) => {
            let (wanted, whole, rank) = match glob.span() {
                Some(span) => {
                    let (wanted, whole) = spanned(&span);
                    (wanted, whole, Rank::Range)
                }
                None => (Wanted::Present, false, Rank::Loose),
            };
            (vec![(TEXT, wanted)], (!whole).then(|| glob.clone()), rank)
        }
    }
}
