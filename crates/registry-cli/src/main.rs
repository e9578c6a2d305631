//! The program `registry-cli`; everything is in the library of the same package.

use std::process::ExitCode;

/// A served page of models takes and gives back some hundred texts: `docs/performance.md` says what this allocator saves.
#[cfg(feature = "server")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    registry_cli::main()
}
