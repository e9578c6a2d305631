//! The program as a process: exit status, streams, questions, pipes. What the texts look like is for the snapshots.

#![expect(
    clippy::unwrap_used,
    reason = "in a test a failed step is a failed test; clippy knows this only inside `#[test]`"
)]

#[path = "command_line/bulk.rs"]
mod bulk;
#[path = "command_line/deploy.rs"]
mod deploy;
#[path = "command_line/failures.rs"]
mod failures;
#[path = "command_line/http.rs"]
mod http;
#[path = "command_line/killed.rs"]
mod killed;
#[path = "command_line/lists.rs"]
mod lists;
#[path = "command_line/maintenance.rs"]
mod maintenance;
#[path = "command_line/merging.rs"]
mod merging;
#[path = "command_line/original.rs"]
mod original;
#[path = "command_line/program.rs"]
mod program;
#[path = "command_line/receiver.rs"]
mod receiver;
#[path = "command_line/sandbox.rs"]
mod sandbox;
#[path = "command_line/selectors.rs"]
mod selectors;
#[path = "command_line/serve.rs"]
mod serve;
#[path = "command_line/serving.rs"]
mod serving;
#[path = "command_line/streams.rs"]
mod streams;
#[cfg(target_os = "linux")]
#[path = "command_line/terminal.rs"]
mod terminal;
#[path = "command_line/times.rs"]
mod times;
#[cfg(unix)]
#[path = "command_line/traces.rs"]
mod traces;
#[cfg(unix)]
#[path = "command_line/trust.rs"]
mod trust;
#[path = "command_line/watch.rs"]
mod watch;
#[path = "command_line/webhooks.rs"]
mod webhooks;
#[path = "command_line/writes.rs"]
mod writes;
