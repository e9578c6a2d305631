//! What a store keeps open to its database.

/// The connections that a store keeps of one kind, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// What they are for, in one word that never varies, such as `readers`.
    pub role: &'static str,
    /// How many there may be.
    pub most: u32,
    /// How many are open.
    pub open: u32,
    /// How many of those nobody uses.
    pub idle: u32,
}
