//! The commands: one file each. A command parses what the parser left as text, asks the registry once the whole
//! request is known to be sound, and answers with an [`Output`].

mod backup;
mod catalog;
mod checkpoint;
mod compare;
mod completions;
mod copy;
mod delete;
mod demo;
mod doctor;
mod exports;
mod get;
mod hash;
mod history;
mod holder;
mod leaderboard;
mod lineage;
mod list;
mod login;
mod man;
mod migrate;
mod pages;
mod promote;
mod register;
mod rollback;
#[cfg(feature = "server")]
mod serve;
mod settings;
mod status;
mod tag;
#[cfg(feature = "server")]
mod token;
mod update;
mod versions;
mod watch;
mod webhook;
mod written;

use registry_connect::Registry;
use registry_core::{Error, Status};

use crate::args::Command;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;

/// What every command answers.
type Answer = Result<Output, Failure>;

/// The hint where a registry is empty.
const NO_MODELS: &str = "there are no models yet; register one with `registry-cli register --name NAME --version 1.0.0 \
                         --checkpoint FILE --task-type TASK --config @config.json`";

/// How many entries of a long answer are read and printed at a time.
const PIECE: u32 = 500;

/// Runs one command.
///
/// # Errors
/// Whatever stands in its way.
pub(crate) fn run(command: Command, session: &mut Session<'_, '_>) -> Answer {
    match command {
        Command::Hash(args) => hash::run(args, session),
        Command::Completions(args) => Ok(completions::run(&args, session)),
        Command::Man(args) => man::run(args, session),
        Command::Demo(args) => demo::run(&args, session),
        #[cfg(feature = "server")]
        Command::Serve(args) => serve::run(args, session),
        #[cfg(feature = "server")]
        Command::Token(args) => token::run(args, session),
        #[cfg(not(feature = "server"))]
        Command::Serve(_) | Command::Token(_) => Err(Failure::server_missing()),
        command => runtime()?.block_on(anywhere(command, session)),
    }
}

/// Small and quick to start: the registry's work is done on threads of its own.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|source| {
        let action = "start the asynchronous runtime".into();
        Error::File { action, source }.into()
    })
}

/// The commands that may meet a place where there is no registry, not yet, or no more.
async fn anywhere(command: Command, session: &mut Session<'_, '_>) -> Answer {
    match command {
        Command::Register(args) => register::run(*args, session).await,
        Command::Migrate(args) => migrate::run(args, session).await,
        Command::Copy(args) => copy::run(args, session).await,
        Command::Doctor => doctor::run(session).await,
        Command::Login(args) => login::login(&args, session).await,
        Command::Whoami => login::whoami(session).await,
        command => {
            let registry = opened(&command, session).await?;
            let answer = on_a_registry(command, &registry, session).await;
            registry.close().await;
            answer
        }
    }
}

/// Opens the registry, with its replica for a command that only reads.
async fn opened(command: &Command, session: &Session<'_, '_>) -> Result<Registry, Failure> {
    let mut location = session.database.clone();
    if let Some(replica) = session.replica.as_ref().filter(|_| only_reads(command)) {
        location = location.with_replica(replica.clone())?;
    }
    Ok(location.open().await?)
}

/// Whether a command answers with what it reads and writes nothing: then a replica may answer.
fn only_reads(command: &Command) -> bool {
    matches!(
        command,
        Command::List(_)
            | Command::Search(_)
            | Command::Leaderboard(_)
            | Command::Versions(_)
            | Command::Names(_)
            | Command::Tags(_)
            | Command::Get(_)
            | Command::Compare(_)
            | Command::Lineage(_)
            | Command::History(_)
    )
}

/// The commands that need a registry.
async fn on_a_registry(command: Command, registry: &Registry, session: &mut Session<'_, '_>) -> Answer {
    let store = if only_reads(&command) {
        registry.reading_store()
    } else {
        registry.store()
    };
    match command {
        Command::List(args) => list::run(*args, store, session).await,
        Command::Search(args) => list::run((*args).into(), store, session).await,
        Command::Leaderboard(args) => leaderboard::run(args, store, session).await,
        Command::Versions(args) => versions::run(args, store, session).await,
        Command::Names(args) => catalog::names(args, store, session).await,
        Command::Tags(args) => catalog::tags(args, store, session).await,
        Command::Get(args) => get::run(args, store, session).await,
        Command::Promote(args) => promote::run(args, store, session).await,
        Command::Rollback(args) => rollback::run(args, store, session).await,
        Command::Tag(args) => tag::add(args, store, session).await,
        Command::Untag(args) => tag::remove(args, store, session).await,
        Command::Retire(args) => status::run(args, Status::Retired, store, session).await,
        Command::Restore(args) => status::run(args, Status::Active, store, session).await,
        Command::Update(args) => update::run(*args, store, session).await,
        Command::Delete(args) => delete::run(args, store, session).await,
        Command::Compare(args) => compare::run(args, store, session).await,
        Command::Lineage(args) => lineage::run(args, store, session).await,
        Command::AddExport(args) => exports::add(args, store, session).await,
        Command::Exports(args) => exports::run(args, store, session).await,
        Command::History(args) => history::run(args, store, session).await,
        Command::Watch(args) => watch::run(args, store, session).await,
        Command::Settings(args) => settings::run(args, store, session).await,
        Command::Webhook(args) => webhook::run(*args, store, session).await,
        Command::Backup(args) => backup::run(args, registry, session).await,
        Command::Register(_)
        | Command::Migrate(_)
        | Command::Copy(_)
        | Command::Doctor
        | Command::Login(_)
        | Command::Whoami
        | Command::Serve(_)
        | Command::Token(_)
        | Command::Demo(_)
        | Command::Hash(_)
        | Command::Completions(_)
        | Command::Man(_) => Err(Failure::usage("this command needs no registry", "leave out --db")),
    }
}
