//! The model registry on SQLite: [`SqliteStore`] is a [`RegistryStore`](registry_core::RegistryStore) in one file.
//!
//! SQL and nothing else: what an operation means and who decides what stands in `registry_core`. Every statement is a
//! file in `queries/`, checked against the schema when this crate is compiled; only `search` makes SQL at run time.

mod adopt;
mod apply;
mod backend;
mod backup;
mod connect;
mod data_version;
mod decode;
mod doctor;
#[cfg(doctest)]
mod documents;
mod error;
mod fields;
mod find;
mod history;
pub mod inspect;
mod lineage;
mod load;
pub mod migrate;
mod readers;
mod records;
mod search;
mod store;
mod watch;
mod webhooks;
mod writer;

pub use backup::BackupReport;
pub use doctor::examine;
pub use registry_core::doctor::{DoctorReport, Finding, Severity};
pub use store::SqliteStore;
