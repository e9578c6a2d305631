//! Whether anything was written, for those who keep what they have read.

/// What tells whether a registry was written to: while [`data_version`](crate::RegistryStore::data_version) answers an
/// equal one, nothing was committed, by this program or by another. What was read after the first of two equal answers
/// is still true at the second. It says nothing to another store, and nothing after the store was closed.
///
/// ```
/// use registry_core::DataVersion;
///
/// let before = DataVersion::new(1, 7);
/// assert_eq!(before, DataVersion::new(1, 7));
/// // Numbers of another connection are no answer to those of this one.
/// assert_ne!(before, DataVersion::new(2, 7));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DataVersion {
    connection: u64,
    number: i64,
}

impl DataVersion {
    /// The number that a connection of the database tells, and which of the store's connections that is: each is told
    /// numbers of its own, so no two of a store may share theirs.
    pub const fn new(connection: u64, number: i64) -> Self {
        Self { connection, number }
    }
}
