//! The file or folder that a model version stands for.

use std::path::{Path, PathBuf};

use crate::error::{Error, InvalidValue, Result, ValueKind};
use crate::text::{TextRule, string_value};

const RULE: TextRule = TextRule {
    kind: ValueKind::Path,
    max_bytes: 4096,
    multi_line: false,
    outer_blanks: true,
};

/// Where a file lies, as it was typed: 1 to 4,096 bytes of UTF-8 without control characters. A path or a URL; the
/// registry keeps it and never opens it by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckpointPath(String);

impl CheckpointPath {
    /// Builds the value from text.
    ///
    /// # Errors
    /// [`InvalidValue`], naming the rule that the text breaks.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        RULE.check(&text)?;
        Ok(Self(text))
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names a place by a scheme, such as `s3://bucket/model.pt`, and not a path of some machine.
    pub fn is_url(&self) -> bool {
        self.0.contains("://")
    }
}

string_value!(CheckpointPath);

/// A checkpoint to register: its path, its absolute form, and its size where the file is at hand.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Checkpoint {
    /// The path as typed.
    pub path: CheckpointPath,
    /// The absolute form of the path, when it is a path of this machine.
    pub absolute: Option<CheckpointPath>,
    /// The size of the file, or the sum of the folder's files, in bytes; `None` when it was not looked at.
    pub size_bytes: Option<u64>,
}

impl Checkpoint {
    /// A checkpoint on this machine, which must exist. Reads the size (of a folder: the sum of its files; links to
    /// files count with their target, links to folders are not followed). Blocks while it reads the file system.
    ///
    /// # Errors
    /// [`Error::CheckpointNotFound`] when nothing is there, [`Error::CheckpointUnreadable`] when its size can't be
    /// read, [`Error::Invalid`] for a path that can't be kept, or of a device or a pipe.
    pub fn measure(path: impl Into<String>) -> Result<Self> {
        let path = CheckpointPath::parse(path)?;
        if let Ok(found) = std::fs::metadata(path.as_str())
            && !(found.is_file() || found.is_dir())
        {
            let problem = "it is neither a file nor a folder";
            return Err(InvalidValue::new(ValueKind::Path, path.as_str(), problem).into());
        }
        let size = size_of(Path::new(path.as_str())).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Error::CheckpointNotFound {
                path: path.as_str().to_owned(),
            },
            _ => Error::CheckpointUnreadable {
                path: path.as_str().to_owned(),
                source,
            },
        })?;
        let absolute = absolute(&path)?;
        Ok(Self {
            path,
            absolute: Some(absolute),
            size_bytes: Some(size),
        })
    }

    /// A checkpoint that need not be here: the absolute form of its path is kept, a URL has none. Doesn't look at it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a path that can't be kept, [`Error::CheckpointUnreadable`] where the current folder is
    /// gone, so that a relative path means nothing.
    pub fn unseen(path: impl Into<String>) -> Result<Self> {
        let path = CheckpointPath::parse(path)?;
        Ok(Self {
            absolute: (!path.is_url()).then(|| absolute(&path)).transpose()?,
            path,
            size_bytes: None,
        })
    }

    /// A checkpoint that lives elsewhere (another machine, an object store): kept as typed, not looked at.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a path that can't be kept.
    pub fn elsewhere(path: impl Into<String>) -> Result<Self> {
        Ok(Self {
            path: CheckpointPath::parse(path)?,
            absolute: None,
            size_bytes: None,
        })
    }
}

fn absolute(path: &CheckpointPath) -> Result<CheckpointPath> {
    let full: PathBuf = std::path::absolute(path.as_str()).map_err(|source| Error::CheckpointUnreadable {
        path: path.as_str().to_owned(),
        source,
    })?;
    let text = full.into_os_string().into_string().map_err(|full| {
        InvalidValue::new(
            ValueKind::Path,
            full.to_string_lossy(),
            "its absolute form is not UTF-8",
        )
    })?;
    Ok(CheckpointPath::parse(text)?)
}

/// The size in bytes of the file, or of all files below the folder.
fn size_of(path: &Path) -> std::io::Result<u64> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    let mut total = 0;
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if let Ok(target) = std::fs::metadata(entry.path())
                && target.is_file()
            {
                total += target.len();
            }
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_path_is_kept_as_typed_or_refused(text in any::<String>(), near in "[a-zA-Z0-9:/. \\\\\\t-]{0,24}") {
            for text in [text, near] {
                if let Ok(path) = CheckpointPath::parse(text.as_str()) {
                    prop_assert_eq!(path.as_str(), text);
                }
            }
        }

        #[test]
        fn any_path_can_be_looked_for(text in any::<String>()) {
            let path = format!("no/such/folder/{text}");
            prop_assert!(Checkpoint::measure(path.as_str()).is_err());
            let elsewhere = Checkpoint::elsewhere(path.as_str());
            prop_assert_eq!(elsewhere.is_ok(), CheckpointPath::parse(path).is_ok());
        }
    }

    #[test]
    fn a_missing_checkpoint_is_named_as_users_know_it() {
        let error = Checkpoint::measure("no/such/file.pt").unwrap_err();
        assert_eq!(error.to_string(), "Checkpoint not found: no/such/file.pt");
        assert_eq!(
            Checkpoint::elsewhere("s3://bucket/x.pt").unwrap().size_bytes,
            None
        );
        assert!(Checkpoint::measure("a\0b").is_err());
    }

    #[test]
    fn a_path_has_an_absolute_form_though_nothing_is_there() {
        let unseen = Checkpoint::unseen("no/such/file.pt").unwrap();
        let absolute = std::env::current_dir().unwrap().join("no/such/file.pt");
        assert_eq!(unseen.path.as_str(), "no/such/file.pt");
        assert_eq!(unseen.absolute.unwrap().as_str(), absolute.to_str().unwrap());
        assert_eq!(unseen.size_bytes, None);
        assert_eq!(Checkpoint::unseen("s3://bucket/x.pt").unwrap().absolute, None);
        assert!(Checkpoint::unseen("a\0b").is_err());
    }

    #[test]
    #[cfg(unix)]
    fn a_device_is_no_checkpoint() {
        let error = Checkpoint::measure("/dev/null").unwrap_err();
        assert_eq!(error.code(), "invalid_path");
        assert!(
            error.to_string().ends_with("it is neither a file nor a folder"),
            "{error}"
        );
    }

    #[test]
    fn a_folder_counts_its_files() {
        let folder = std::env::temp_dir().join(format!("registry-core-checkpoint-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("deep")).unwrap();
        std::fs::write(folder.join("a"), [0; 10]).unwrap();
        std::fs::write(folder.join("deep/b"), [0; 32]).unwrap();
        let checkpoint = Checkpoint::measure(folder.to_str().unwrap()).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(checkpoint.size_bytes, Some(42));
    }
}
