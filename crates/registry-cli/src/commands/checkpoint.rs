//! The checkpoint that an argument or a line names.

use registry_core::{Checkpoint, CheckpointPath, Error, Result};

/// Looks at a checkpoint and measures it. `allow_missing`: one that is not here is taken to live elsewhere.
/// `size_given`: it need not be measured if it can't be.
///
/// # Errors
/// See [`Checkpoint::measure`].
pub(super) fn checkpoint(path: CheckpointPath, allow_missing: bool, size_given: bool) -> Result<Checkpoint> {
    match Checkpoint::measure(path.as_str()) {
        Err(Error::CheckpointNotFound { .. }) if allow_missing => Checkpoint::elsewhere(path.as_str()),
        Err(Error::CheckpointUnreadable { .. }) if size_given => {
            let absolute = std::path::absolute(path.as_str()).ok();
            let absolute = absolute.and_then(|absolute| absolute.into_os_string().into_string().ok());
            Ok(Checkpoint {
                path,
                absolute: absolute.map(CheckpointPath::parse).transpose()?,
                size_bytes: None,
            })
        }
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
            checkpoint(path(), false, true),
            Err(Error::CheckpointNotFound { .. })
        ));
        let elsewhere = checkpoint(path(), true, false).unwrap();
        assert_eq!((elsewhere.absolute, elsewhere.size_bytes), (None, None));
    }
}
