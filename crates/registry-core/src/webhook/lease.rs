//! Who sends: one at a time.

use std::fmt::{Display, Formatter, Result};

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
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{:032x}", self.0)
    }
}
