//! The demo's files: checkpoints in the safetensors format, and the same weights as JSON.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use registry_core::Error;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde_json::json;

use super::bigram::{Bigram, SIZE, VOCABULARY};

/// Writes a checkpoint.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn save(model: &Bigram, path: &Path) -> Result<(), Error> {
    let (weight, bias) = (bytes(&model.weight), bytes(&model.bias));
    let tensors = || {
        Ok::<_, safetensors::SafeTensorError>([
            (
                "bigram.weight",
                TensorView::new(Dtype::F32, vec![SIZE, SIZE], &weight)?,
            ),
            ("bigram.bias", TensorView::new(Dtype::F32, vec![SIZE], &bias)?),
        ])
    };
    let about = HashMap::from([("vocabulary".to_owned(), VOCABULARY.to_owned())]);
    let file = tensors()
        .and_then(|tensors| safetensors::serialize(tensors, Some(about)))
        .map_err(|error| unreadable(path, error))?;
    write(path, &file)
}

/// Reads a checkpoint.
///
/// # Errors
/// When the file cannot be read or is no such checkpoint.
pub(super) fn load(path: &Path) -> Result<Bigram, Error> {
    let file = fs::read(path).map_err(|source| Error::File {
        action: format!("read `{}`", path.display()),
        source,
    })?;
    let read = |name: &str| {
        SafeTensors::deserialize(&file)?
            .tensor(name)
            .map(|tensor| floats(tensor.data()))
    };
    Ok(Bigram {
        weight: read("bigram.weight").map_err(|error| unreadable(path, error))?,
        bias: read("bigram.bias").map_err(|error| unreadable(path, error))?,
    })
}

/// Writes the weights as JSON, for programs that read nothing else.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn export_json(model: &Bigram, path: &Path) -> Result<(), Error> {
    let rows: Vec<&[f32]> = model.weight.chunks(SIZE).collect();
    let value = json!({ "vocabulary": VOCABULARY, "bigram.weight": rows, "bigram.bias": model.bias });
    write(path, value.to_string().as_bytes())
}

/// Writes a new file.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    fs::write(path, content).map_err(|source| Error::File {
        action: format!("write `{}`", path.display()),
        source,
    })
}

fn unreadable(path: &Path, error: safetensors::SafeTensorError) -> Error {
    Error::CheckpointUnreadable {
        path: path.display().to_string(),
        source: std::io::Error::other(error),
    }
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (fours, _) = bytes.as_chunks::<4>();
    fours.iter().map(|four| f32::from_le_bytes(*four)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::bigram::Training;

    #[test]
    fn a_checkpoint_reads_back_exactly() {
        let training = Training {
            learning_rate: 5.0,
            steps: 3,
        };
        let model = Bigram::untrained().train("a small text. ", training);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        save(&model, &path).unwrap();
        assert_eq!(load(&path).unwrap(), model);
        fs::write(&path, b"no checkpoint").unwrap();
        assert!(load(&path).unwrap_err().to_string().contains("model.safetensors"));
    }
}
