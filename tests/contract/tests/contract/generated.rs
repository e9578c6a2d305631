//! A client in another language, generated from the description, does what a team does.

use std::path::Path;

use contract::{Live, here, program, run};
use registry_core::{RegistryStoreExt as _, Selector};
use registry_server::Role;

#[tokio::test(flavor = "multi_thread")]
async fn a_generated_client_registers_and_promotes() {
    let live = Live::start().await;
    // It stays there, for whoever wants to read it.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let mut generator = program("openapi-python-client");
    generator
        .args([
            "generate",
            "--meta",
            "none",
            "--overwrite",
            "--fail-on-warning",
            "--config",
        ])
        .arg(here("client.yml"))
        .arg("--path")
        .arg(here("../../docs/openapi.json"))
        .arg("--output-path")
        .arg(folder.join("model_registry"));
    std::fs::create_dir_all(&folder).unwrap();
    let mut story = program("python");
    story
        .arg(here("story.py"))
        .arg(live.url())
        .env("PYTHONPATH", &folder)
        .env("WRITER", live.token("wanda", &[Role::Writer]))
        .env("PROMOTER", live.token("paula", &[Role::Promoter]));
    let told = tokio::task::spawn_blocking(move || {
        run(&mut generator);
        run(&mut story)
    });
    told.await.unwrap();

    let holder = Selector::parse(":story-release").unwrap();
    let holder = live.store.get(&holder).await.unwrap();
    assert_eq!(
        format!("{}@{}", holder.name, holder.version),
        "story/encoder@1.0.0"
    );
}
