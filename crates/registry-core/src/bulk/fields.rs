//! A line of JSON as fields, each still as it was written, and the way of each into its domain type. A field that is
//! `null` counts as left out.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{InvalidValue, Result, ValueKind};
use crate::metrics::not_json;

/// The fields of an object, in the order in which they were written.
pub(super) struct Fields<'l> {
    /// The whole object, to be named where no field can be.
    line: &'l str,
    fields: Vec<(String, Box<RawValue>)>,
}

impl<'l> Fields<'l> {
    /// Takes an object apart, without a look at its values.
    pub(super) fn parse(line: &'l str) -> Result<Self, InvalidValue> {
        if !line.trim_start().starts_with('{') {
            return Err(refuse(line, "it is not a JSON object"));
        }
        let Pairs(fields) =
            serde_json::from_str(line).map_err(|error| not_json(ValueKind::Registration, line, &error))?;
        let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if let Some([twice, _]) = names.array_windows().find(|[one, next]| one == next) {
            return Err(refuse(line, format!("it has `{twice}` twice")));
        }
        Ok(Self { line, fields })
    }

    /// Takes a field out.
    pub(super) fn take(&mut self, name: &str) -> Option<Box<RawValue>> {
        let place = self.fields.iter().position(|(field, _)| field == name)?;
        let (_, value) = self.fields.remove(place);
        (value.get() != "null").then_some(value)
    }

    /// Whether a field is there and not `null`.
    pub(super) fn has(&self, name: &str) -> bool {
        let mut fields = self.fields.iter();
        fields.any(|(field, value)| field == name && value.get() != "null")
    }

    /// Takes out a text and reads it.
    pub(super) fn text<T>(
        &mut self,
        name: &str,
        kind: ValueKind,
        parse: impl FnOnce(String) -> Result<T, InvalidValue>,
    ) -> Result<Option<T>, InvalidValue> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let text: String = serde_json::from_str(value.get()).map_err(|_| no_text(name, kind, value.get()))?;
        parse(text).map(Some)
    }

    /// Takes out a list of texts and reads each.
    pub(super) fn texts<T>(
        &mut self,
        name: &str,
        kind: ValueKind,
        parse: impl Fn(String) -> Result<T, InvalidValue>,
    ) -> Result<Vec<T>, InvalidValue> {
        let Some(value) = self.take(name) else {
            return Ok(Vec::new());
        };
        let texts: Vec<String> = serde_json::from_str(value.get())
            .map_err(|_| InvalidValue::new(kind, value.get(), format!("`{name}` is not a list of texts")))?;
        texts.into_iter().map(parse).collect()
    }

    /// Takes out a number and reads it.
    pub(super) fn number<N: for<'d> Deserialize<'d>, T>(
        &mut self,
        name: &str,
        kind: ValueKind,
        problem: &'static str,
        convert: impl FnOnce(N) -> Result<T, InvalidValue>,
    ) -> Result<Option<T>, InvalidValue> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let number =
            serde_json::from_str(value.get()).map_err(|_| InvalidValue::new(kind, value.get(), problem))?;
        convert(number).map(Some)
    }

    /// What a field must hold that was not left out.
    pub(super) fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, InvalidValue> {
        value.ok_or_else(|| refuse(self.line, format!("it has no `{name}`")))
    }

    /// Every field must have been taken, but those that the registry assigns.
    pub(super) fn finish(self, ignored: &[&str]) -> Result<(), InvalidValue> {
        let unknown = self
            .fields
            .iter()
            .find(|(name, _)| !ignored.contains(&name.as_str()));
        match unknown {
            None => Ok(()),
            Some((name, _)) => Err(refuse(self.line, format!("`{name}` is no field of a model"))),
        }
    }
}

fn refuse(line: &str, problem: impl Into<std::borrow::Cow<'static, str>>) -> InvalidValue {
    InvalidValue::new(ValueKind::Registration, line, problem)
}

fn no_text(name: &str, kind: ValueKind, value: &str) -> InvalidValue {
    InvalidValue::new(kind, value, format!("`{name}` is not a text"))
}

/// An object as pairs: a map would drop the first of two fields of one name.
struct Pairs(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct AnyObject;
        impl<'de> Visitor<'de> for AnyObject {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(AnyObject)
    }
}
