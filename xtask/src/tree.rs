//! The files of the repository, as the checks see them: sorted, relative to the root, without build output.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::Failure;

/// Folders that hold nothing anyone wrote. Cargo marks its own with a `CACHEDIR.TAG`, wherever they are.
const NOT_OURS: &[&str] = &[".git", "target", "node_modules"];

pub(crate) struct Tree {
    root: PathBuf,
    files: Vec<PathBuf>,
}

impl Tree {
    /// Lists the files below `root`.
    pub(crate) fn open(root: &Path) -> Result<Self, Failure> {
        let mut files = Vec::new();
        collect(root, Path::new(""), &mut files)?;
        files.sort();
        Ok(Self {
            root: root.to_path_buf(),
            files,
        })
    }

    /// Every file, relative to the root.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(PathBuf::as_path)
    }

    /// The files whose names end in `.extension`.
    pub(crate) fn with_extension(&self, extension: &str) -> impl Iterator<Item = &Path> {
        self.files()
            .filter(move |file| file.extension() == Some(OsStr::new(extension)))
    }

    /// The text of one of them.
    pub(crate) fn read(&self, file: &Path) -> Result<String, Failure> {
        fs::read_to_string(self.root.join(file)).map_err(Failure::files(format!("read `{}`", file.display())))
    }

    /// True if that file or folder is there.
    pub(crate) fn contains(&self, path: &Path) -> bool {
        self.root.join(path).exists()
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let list = || Failure::files(format!("list the folder `{}`", root.join(folder).display()));
    for entry in fs::read_dir(root.join(folder)).map_err(list())? {
        let entry = entry.map_err(list())?;
        let path = folder.join(entry.file_name());
        let kind = entry.file_type().map_err(list())?;
        if kind.is_file() {
            files.push(path);
        } else if kind.is_dir() && !is_generated(&entry.path()) {
            collect(root, &path, files)?;
        }
    }
    Ok(())
}

fn is_generated(folder: &Path) -> bool {
    NOT_OURS.iter().any(|name| folder.ends_with(name)) || folder.join("CACHEDIR.TAG").exists()
}

/// A small tree in a temporary folder, for the tests of the checks.
#[cfg(test)]
pub(crate) fn a_tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Tree) {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let tree = Tree::open(folder.path()).unwrap();
    (folder, tree)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_output_is_not_listed() {
        let (_folder, tree) = a_tree(&[
            ("b.rs", ""),
            ("a/b.md", ""),
            ("target/x.rs", ""),
            (".git/y.rs", ""),
            ("build/CACHEDIR.TAG", ""),
            ("build/z.rs", ""),
        ]);
        assert_eq!(
            tree.files().collect::<Vec<_>>(),
            [Path::new("a/b.md"), Path::new("b.rs")]
        );
    }
}
