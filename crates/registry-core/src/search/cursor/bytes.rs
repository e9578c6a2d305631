//! A cursor as bytes: version, seal, then its body: heading, moment, id and the sort values, each with its kind.

use super::{Cursor, Heading, Seal};
use crate::identifier::ModelId;
use crate::search::limits;
use crate::search::sort::{Position, SortValue};
use crate::status::Status;
use crate::timestamp::Timestamp;
use crate::version::Version;

/// The first byte. Another layout gets another.
pub(super) const VERSION: u8 = 1;

const MISSING: u8 = 0;
const INTEGER: u8 = 1;
const NUMBER: u8 = 2;
const TEXT: u8 = 3;
const SEMVER: u8 = 4;
const TIME: u8 = 5;
const STATUS: u8 = 6;

pub(super) fn write(cursor: &Cursor) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&cursor.seal.0);
    bytes.extend(body(cursor));
    bytes
}

/// What the seal covers.
pub(super) fn body(cursor: &Cursor) -> Vec<u8> {
    let mut bytes = vec![u8::from(cursor.heading == Heading::Backward)];
    bytes.extend_from_slice(&cursor.as_of.as_micros().to_be_bytes());
    bytes.extend_from_slice(&cursor.position.id.get().to_be_bytes());
    for value in &cursor.position.values {
        match value {
            None => bytes.push(MISSING),
            Some(SortValue::Integer(number)) => write_fixed(INTEGER, number.to_be_bytes(), &mut bytes),
            Some(SortValue::Number(number)) => {
                write_fixed(NUMBER, number.to_bits().to_be_bytes(), &mut bytes);
            }
            Some(SortValue::Text(text)) => write_text(TEXT, text, &mut bytes),
            Some(SortValue::Version(version)) => write_text(SEMVER, &version.to_string(), &mut bytes),
            Some(SortValue::Time(at)) => write_fixed(TIME, at.as_micros().to_be_bytes(), &mut bytes),
            Some(SortValue::Status(status)) => write_text(STATUS, status.as_str(), &mut bytes),
        }
    }
    bytes
}

fn write_fixed(kind: u8, value: [u8; 8], bytes: &mut Vec<u8>) {
    bytes.push(kind);
    bytes.extend_from_slice(&value);
}

/// Texts to sort by have at most 4,096 bytes, so that two bytes hold their length.
fn write_text(kind: u8, text: &str, bytes: &mut Vec<u8>) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    bytes.push(kind);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&text.as_bytes()[..usize::from(length)]);
}

/// Reads what [`write`] wrote; `None` for anything else.
pub(super) fn read(bytes: &[u8]) -> Option<Cursor> {
    let mut rest = bytes;
    let [VERSION] = take(&mut rest)? else { return None };
    let seal = Seal(take(&mut rest)?);
    let heading = match take(&mut rest)? {
        [0] => Heading::Forward,
        [1] => Heading::Backward,
        _ => return None,
    };
    let as_of = time(&mut rest)?;
    let id = ModelId::try_from(i64::from_be_bytes(take(&mut rest)?)).ok()?;
    let mut values = Vec::new();
    while !rest.is_empty() {
        if values.len() == limits::MAX_SORTS {
            return None;
        }
        let [kind] = take(&mut rest)?;
        values.push(if kind == MISSING {
            None
        } else {
            Some(value(kind, &mut rest)?)
        });
    }
    Some(Cursor {
        heading,
        seal,
        as_of,
        position: Position { values, id },
    })
}

fn value(kind: u8, rest: &mut &[u8]) -> Option<SortValue> {
    Some(match kind {
        INTEGER => SortValue::Integer(i64::from_be_bytes(take(rest)?)),
        NUMBER => {
            let number = f64::from_bits(u64::from_be_bytes(take(rest)?));
            SortValue::Number(Some(number).filter(|number| number.is_finite())?)
        }
        TEXT => SortValue::Text(text(rest)?.to_owned()),
        SEMVER => SortValue::Version(Version::parse(text(rest)?).ok()?),
        TIME => SortValue::Time(time(rest)?),
        STATUS => SortValue::Status(Status::parse(text(rest)?).ok()?),
        _ => return None,
    })
}

fn time(rest: &mut &[u8]) -> Option<Timestamp> {
    Timestamp::from_micros(i64::from_be_bytes(take(rest)?)).ok()
}

/// A text without U+0000, which a database could not take.
fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::from(u16::from_be_bytes(take(rest)?));
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    std::str::from_utf8(text).ok().filter(|text| !text.contains('\0'))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
}
