//! The checkpoint that an argument or a line names.

use registry_core::{Checkpoint, CheckpointPath, Error, Result};

/// Looks at a checkpoint and measures it. `allow_missing`: one that is not here may live elsewhere.
/// `size_given`: it need not be measured if it can't be.
///
/// # Errors
/// See [`Checkpoint::measure`].
pub(super) fn checkpoint(path: &CheckpointPath, allow_missing: bool, size_given: bool) -> Result<Checkpoint> {
    match Checkpoint::measure(path.as_str()) {
        Err(Error::CheckpointNotFound { .. }) if allow_missing => Checkpoint::unseen(path.as_str()),
        Err(Error::CheckpointUnreadable { .. }) if size_given => Checkpoint::unseen(path.as_str()),
        measured => measured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_checkpoint_is_refused_unless_it_may_live_elsewhere() {
        let path = || CheckpointPath::parse("no/such/checkpoint.pt").unwrap();
        assert!(matches!(
            checkpoint(&path(), false, true),
            Err(Error::CheckpointNotFound { .. })
        ));
        let elsewhere = checkpoint(&path(), true, false).unwrap();
        assert!(elsewhere.absolute.is_some(), "{elsewhere:?}");
        assert_eq!(elsewhere.size_bytes, None);
    }
}
