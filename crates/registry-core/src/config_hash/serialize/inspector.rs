//! A serializer that writes nothing and stops at the first float that is not finite.

use std::fmt;

use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::super::MAX_NESTING;
use super::super::error::ConfigHashError;

/// Looks at one value, which stands inside `depth` others.
pub(super) struct Inspector {
    depth: usize,
}

/// Looks at the parts of one value, one after the other.
pub(super) struct Parts {
    depth: usize,
    seen: usize,
    /// Comes before the place of each part.
    variant: Option<&'static str>,
}

/// Why a value cannot be hashed.
#[derive(Debug)]
pub(super) enum Refusal {
    NotFinite { path: String, value: &'static str },
    Other(String),
}

impl Inspector {
    pub(super) fn new() -> Self {
        Self { depth: 0 }
    }

    fn parts(self, variant: Option<&'static str>) -> Result<Parts, Refusal> {
        if self.depth == MAX_NESTING {
            return Err(Refusal::Other(format!(
                "it is nested deeper than {MAX_NESTING} levels"
            )));
        }
        Ok(Parts {
            depth: self.depth + 1,
            seen: 0,
            variant,
        })
    }
}

impl Parts {
    fn inspect<T: Serialize + ?Sized>(
        &self,
        part: &T,
        place: impl FnOnce() -> String,
    ) -> Result<(), Refusal> {
        part.serialize(Inspector { depth: self.depth })
            .map_err(|refusal| {
                let refusal = refusal.inside(&place());
                match self.variant {
                    Some(variant) => refusal.inside(variant),
                    None => refusal,
                }
            })
    }

    fn inspect_next<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), Refusal> {
        let index = self.seen;
        self.seen += 1;
        self.inspect(part, || format!("[{index}]"))
    }
}

impl Refusal {
    fn inside(self, place: &str) -> Self {
        match self {
            Self::NotFinite { path, value } => {
                let separator = if path.is_empty() || path.starts_with('[') {
                    ""
                } else {
                    "."
                };
                Self::NotFinite {
                    path: format!("{place}{separator}{path}"),
                    value,
                }
            }
            other @ Self::Other(_) => other,
        }
    }
}

impl From<Refusal> for ConfigHashError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFinite { path, value } => Self::FieldNotFinite { path, value },
            Refusal::Other(message) => Self::NotSerializable { message },
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite { value, .. } => write!(formatter, "`{value}` is not a finite number"),
            Self::Other(message) => formatter.write_str(message),
        }
    }
}

impl std::error::Error for Refusal {}

impl ser::Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Other(message.to_string())
    }
}

/// Methods that accept a value of the given type, because it holds no float.
macro_rules! accept {
    ($($method:ident($($kind:ty),*);)*) => {
        $(fn $method(self, $(_: $kind),*) -> Result<(), Refusal> {
            Ok(())
        })*
    };
}

impl Serializer for Inspector {
    type Ok = ();
    type Error = Refusal;
    type SerializeSeq = Parts;
    type SerializeTuple = Parts;
    type SerializeTupleStruct = Parts;
    type SerializeTupleVariant = Parts;
    type SerializeMap = Parts;
    type SerializeStruct = Parts;
    type SerializeStructVariant = Parts;

    accept! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_f32(self, float: f32) -> Result<(), Refusal> {
        self.serialize_f64(f64::from(float))
    }

    fn serialize_f64(self, float: f64) -> Result<(), Refusal> {
        let value = match float {
            _ if float.is_finite() => return Ok(()),
            _ if float.is_nan() => "NaN",
            _ if float > 0.0 => "Infinity",
            _ => "-Infinity",
        };
        Err(Refusal::NotFinite {
            path: String::new(),
            value,
        })
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refusal> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Refusal> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Refusal> {
        self.parts(None)?.inspect(value, || variant.to_owned())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts, Refusal> {
        self.parts(None)
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts, Refusal> {
        self.parts(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts, Refusal> {
        self.parts(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts, Refusal> {
        self.parts(Some(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts, Refusal> {
        self.parts(None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts, Refusal> {
        self.parts(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts, Refusal> {
        self.parts(Some(variant))
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, _: &T) -> Result<(), Refusal> {
        Ok(())
    }
}

/// The traits of the kinds whose parts have no names; they differ in name only.
macro_rules! inspect_in_order {
    ($($kind:ident::$method:ident;)*) => {
        $(impl $kind for Parts {
            type Ok = ();
            type Error = Refusal;

            fn $method<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), Refusal> {
                self.inspect_next(part)
            }

            fn end(self) -> Result<(), Refusal> {
                Ok(())
            }
        })*
    };
}

inspect_in_order! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}

/// The traits of the kinds whose parts have names; they differ in name only.
macro_rules! inspect_by_name {
    ($($kind:ident;)*) => {
        $(impl $kind for Parts {
            type Ok = ();
            type Error = Refusal;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, part: &T) -> Result<(), Refusal> {
                self.inspect(part, || name.to_owned())
            }

            fn end(self) -> Result<(), Refusal> {
                Ok(())
            }
        })*
    };
}

inspect_by_name! {
    SerializeStruct;
    SerializeStructVariant;
}

impl SerializeMap for Parts {
    type Ok = ();
    type Error = Refusal;

    // A key that is no text and no number, or not a finite one, is refused by `serde_json` itself.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Refusal> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refusal> {
        self.inspect_next(value)
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), Refusal> {
        self.inspect(value, || match serde_json::to_string(key) {
            Ok(key) => key.trim_matches('"').to_owned(),
            Err(_) => "a key".to_owned(),
        })
    }

    fn end(self) -> Result<(), Refusal> {
        Ok(())
    }
}
