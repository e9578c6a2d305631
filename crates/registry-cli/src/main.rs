//! The program `registry-cli`; everything is in the library of the same package.

use std::process::ExitCode;

fn main() -> ExitCode {
    registry_cli::main()
}
