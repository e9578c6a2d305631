//! Roles, and what each may do.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Nothing: anybody may ask.
    Public,
    /// To read the registry.
    Read,
    /// To register models and change their fields, exports and status.
    Write,
    /// To add a tag as a label and to remove one. A protected tag also needs the right to give it.
    Label,
    /// To promote and to roll back.
    Promote,
    /// Everything, such as deleting and the registry's settings.
    Administer,
}

/// What a token is for. A token may have several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Reader,
    /// Reads, registers, changes fields, exports, status and labels.
    Writer,
    /// Reads, gives and takes tags.
    Promoter,
    /// Does everything.
    Admin,
}

impl Role {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Reader, Self::Writer, Self::Promoter, Self::Admin];

    /// The role as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Writer => "writer",
            Self::Promoter => "promoter",
            Self::Admin => "admin",
        }
    }

    /// Whether the role may do what needs this.
    pub fn may(self, permission: Permission) -> bool {
        use Permission::{Label, Promote, Public, Read, Write};
        match self {
            Self::Reader => matches!(permission, Public | Read),
            Self::Writer => matches!(permission, Public | Read | Write | Label),
            Self::Promoter => matches!(permission, Public | Read | Label | Promote),
            Self::Admin => true,
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchRole;

impl std::fmt::Display for NoSuchRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a role is `reader`, `writer`, `promoter` or `admin`")
    }
}

impl std::error::Error for NoSuchRole {}

impl FromStr for Role {
    type Err = NoSuchRole;

    fn from_str(text: &str) -> Result<Self, NoSuchRole> {
        let mut all = Self::ALL.into_iter();
        all.find(|role| role.as_str() == text).ok_or(NoSuchRole)
    }
}
