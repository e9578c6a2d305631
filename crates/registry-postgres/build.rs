//! Query files of statements without columns, and new migration files, are not tracked by the compiler by itself.

fn main() {
    println!("cargo::rerun-if-changed=queries");
    println!("cargo::rerun-if-changed=../../migrations/postgres");
    println!("cargo::rerun-if-changed=sqlx.toml");
}
