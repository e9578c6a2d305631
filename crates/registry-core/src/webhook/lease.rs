//! Who sends: one at a time.

use std::fmt::{Display, Formatter};
use std::num::ParseIntError;
use std::str::FromStr;

/// The name under which a program holds the lease of sending: another for each start of each program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseHolder(u128);

impl LeaseHolder {
    /// A holder from random bytes, which the caller has.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

/// As it is stored: 32 hexadecimal digits.
impl Display for LeaseHolder {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// From its stored form.
impl FromStr for LeaseHolder {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        u128::from_str_radix(text, 16).map(Self)
    }
}
