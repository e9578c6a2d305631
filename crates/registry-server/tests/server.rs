//! The server as its callers meet it: a real one on a port of its own, over SQLite, asked by a real client.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a failed step is a failed test; clippy knows this only inside `#[test]`"
)]

#[cfg(unix)]
#[path = "server/abuse.rs"]
mod abuse;
#[path = "server/access.rs"]
mod access;
#[path = "server/api.rs"]
mod api;
#[path = "server/boards.rs"]
mod boards;
#[path = "server/browser.rs"]
mod browser;
#[path = "server/bulk.rs"]
mod bulk;
#[path = "server/description.rs"]
mod description;
#[path = "server/garbage.rs"]
mod garbage;
#[path = "server/granting.rs"]
mod granting;
#[path = "server/kept.rs"]
mod kept;
#[path = "server/limits.rs"]
mod limits;
#[path = "server/live.rs"]
mod live;
#[path = "server/login.rs"]
mod login;
#[path = "server/metrics.rs"]
mod metrics;
#[path = "server/moving.rs"]
mod moving;
#[path = "server/names.rs"]
mod names;
#[path = "server/once.rs"]
mod once;
#[path = "server/pages.rs"]
mod pages;
#[path = "server/receiver.rs"]
mod receiver;
#[path = "server/revisions.rs"]
mod revisions;
#[path = "server/rules.rs"]
mod rules;
#[path = "server/running.rs"]
mod running;
#[path = "server/service.rs"]
mod service;
#[path = "server/streams.rs"]
mod streams;
#[path = "server/tls.rs"]
mod tls;
#[path = "server/traces.rs"]
mod traces;
#[path = "server/uses.rs"]
mod uses;
#[path = "server/webhook_forms.rs"]
mod webhook_forms;
#[path = "server/webhook_late.rs"]
mod webhook_late;
#[path = "server/webhook_log.rs"]
mod webhook_log;
#[path = "server/webhook_management.rs"]
mod webhook_management;
#[path = "server/webhook_pages.rs"]
mod webhook_pages;
#[path = "server/webhook_reach.rs"]
mod webhook_reach;
#[path = "server/webhook_servers.rs"]
mod webhook_servers;
#[path = "server/webhooks.rs"]
mod webhooks;
#[path = "server/writes.rs"]
mod writes;
