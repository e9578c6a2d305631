//! The model registry on PostgreSQL: [`PostgresStore`] is a [`RegistryStore`](registry_core::RegistryStore) in one
//! schema of a database, for many programs on many machines at once.
//!
//! SQL and nothing else: what an operation means and who decides what stands in `registry_core`. Every statement is a
//! file in `queries/`, checked against the schema when this crate is compiled; only searches make SQL at run time.
//! PostgreSQL 14 and later.

mod apply;
mod backend;
mod bell;
mod connect;
mod connections;
mod deadline;
mod decode;
mod doctor;
mod error;
mod find;
mod history;
mod inspect;
mod lineage;
mod load;
mod locks;
pub mod migrate;
mod numbers;
mod options;
mod pooler;
mod records;
mod replica;
mod search;
mod store;
mod tls;
mod transaction;
mod watch;
mod webhooks;
mod work;

pub use inspect::SchemaState;
pub use options::ConnectOptions;
pub use replica::ReadPreference;
pub use store::PostgresStore;
