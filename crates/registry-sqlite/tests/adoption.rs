//! Files of the original Python registry: recognised, refused, taken over, copied, diagnosed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![expect(clippy::print_stderr, reason = "what is skipped is said")]
#![expect(
    clippy::format_collect,
    clippy::items_after_statements,
    reason = "short statements for small files"
)]

#[path = "adoption/backup.rs"]
mod backup;
#[path = "adoption/column.rs"]
mod column;
#[path = "adoption/doctor.rs"]
mod doctor;
#[path = "adoption/faults.rs"]
mod faults;
#[path = "adoption/inspection.rs"]
mod inspection;
#[path = "adoption/killed.rs"]
mod killed;
#[path = "adoption/lossless.rs"]
mod lossless;
#[path = "adoption/refusals.rs"]
mod refusals;
#[path = "adoption/releases.rs"]
mod releases;
#[path = "adoption/support.rs"]
mod support;
#[path = "adoption/unprivileged.rs"]
mod unprivileged;
#[path = "adoption/upgrade.rs"]
mod upgrade;
