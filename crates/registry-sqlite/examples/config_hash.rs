//! From a configuration struct to its hash, and from the hash to every model with the same configuration.
//!
//! ```sh
//! cargo run -p registry-sqlite --example config_hash
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use registry_core::config_hash::canonical_text;
use registry_core::{
    Actor, Checkpoint, ConfigHash, Registration, RegistryStore, RegistryStoreExt, Timestamp, Version,
    WriteContext,
};
use registry_sqlite::SqliteStore;
use serde::Serialize;

type AnyError = Box<dyn std::error::Error>;

/// Everything that decides what the training builds. What doesn't (paths, log levels) is left out.
#[derive(Clone, Serialize)]
struct TrainingConfig {
    d_model: u32,
    num_layers: u32,
    vocab_size: u32,
    dropout: f64,
    tokenizer: &'static str,
}

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let small = TrainingConfig {
        d_model: 768,
        num_layers: 12,
        vocab_size: 50_257,
        dropout: 0.1,
        tokenizer: "bpe-50k",
    };
    let deep = TrainingConfig {
        num_layers: 24,
        ..small.clone()
    };

    // The text that is hashed is what Python's json.dumps(config, sort_keys=True) writes, so models that were
    // registered from Python and from Rust find each other.
    let hash = ConfigHash::of(&small)?;
    println!(
        "hashed text: {}",
        canonical_text(&serde_json::to_string(&small)?)?
    );
    println!("config hash: {hash}");

    // Only the settings count, not the order in which somebody wrote them.
    let by_hand =
        r#"{"vocab_size": 50257, "tokenizer": "bpe-50k", "num_layers": 12, "dropout": 0.1, "d_model": 768}"#;
    assert_eq!(hash, ConfigHash::of_json(by_hand)?);
    assert_ne!(hash, ConfigHash::of(&deep)?);

    let folder = tempfile::tempdir()?;
    let registry = SqliteStore::open_or_create(folder.path().join("registry.db")).await?;
    for (name, version, config) in [
        ("gpt-small", Version::new(1, 0, 0), &small),
        ("gpt-deep", Version::new(1, 0, 0), &deep),
        ("gpt-small", Version::new(1, 0, 1), &small),
    ] {
        register(&registry, name, version, config).await?;
    }

    let same = registry.find_by_config(&hash).await?;
    println!("models with this configuration, newest first:");
    for model in &same {
        println!("  {}", model.reference());
    }
    let versions: Vec<_> = same.iter().map(|model| model.version.to_string()).collect();
    assert_eq!(versions, ["1.0.1", "1.0.0"]);
    Ok(())
}

async fn register(
    registry: &dyn RegistryStore,
    name: &str,
    version: Version,
    config: &TrainingConfig,
) -> Result<(), AnyError> {
    let by = WriteContext::new(Actor::parse("trainer")?, Timestamp::now());
    let checkpoint = Checkpoint::elsewhere(format!("s3://models/{name}/{version}.safetensors"))?;
    let registration = Registration::new(
        name.parse()?,
        version,
        checkpoint,
        "language_modeling".parse()?,
        ConfigHash::of(config)?,
    );
    registry.register(&by, registration).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}
