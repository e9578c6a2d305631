//! A service that embeds the registry: request handlers answer with the model in production, a watcher follows the
//! history and swaps the model when somebody promotes another or rolls back.
//!
//! ```sh
//! cargo run -p registry-sqlite --example embed_in_service
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;
use std::time::Duration;

use registry_core::{
    Actor, Checkpoint, ConfigHash, EventId, HistoryQuery, Limit, Model, ModelId, PromoteRequest, Reason,
    Registration, RegistryStore, Selector, TagName, Timestamp, Version, WriteContext,
};
use registry_sqlite::SqliteStore;
use tokio::sync::watch;
use tokio::task::JoinSet;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let folder = tempfile::tempdir()?;
    let registry: Arc<dyn RegistryStore> =
        Arc::new(SqliteStore::open_or_create(folder.path().join("registry.db")).await?);
    let production = TagName::parse("production")?;

    let service = Service::start(Arc::clone(&registry), production.clone()).await?;
    println!("before any promotion: {}", service.answer());

    // Somebody else, here in the same process, usually through `registry-cli` in another one.
    let first = register(&*registry, Version::new(1, 0, 0)).await?;
    let second = register(&*registry, Version::new(1, 1, 0)).await?;

    let request = PromoteRequest::new(first, production.clone());
    registry.promote(&by("alice", "first release")?, request).await?;
    service.serves(first).await?;
    println!("after alice's promotion: {}", service.answer());

    let request = PromoteRequest::new(second, production.clone());
    registry.promote(&by("alice", "lower val_loss")?, request).await?;
    service.serves(second).await?;
    many_requests(&service).await?;

    registry
        .rollback(&by("bob", "answers got slow")?, &production, None)
        .await?;
    service.serves(first).await?;
    println!("after bob's rollback: {}", service.answer());

    service.stop().await;
    Ok(())
}

/// What serves models. Requests read the current one from memory and never wait for the registry.
struct Service {
    current: watch::Receiver<Option<Arc<Model>>>,
    tasks: JoinSet<()>,
}

impl Service {
    /// Reads who is in production and starts to watch.
    async fn start(registry: Arc<dyn RegistryStore>, tag: TagName) -> Result<Self, AnyError> {
        let seen = last_event(&*registry, &tag).await?;
        let (sender, current) = watch::channel(holder(&*registry, &tag).await?);
        let mut tasks = JoinSet::new();
        tasks.spawn(follow(registry, tag, seen, sender));
        Ok(Self { current, tasks })
    }

    /// A request: which model answers it.
    fn answer(&self) -> String {
        match self.current.borrow().as_deref() {
            Some(model) => format!("{} answers", model.reference()),
            None => "no model is in production".to_owned(),
        }
    }

    /// Waits until this model serves.
    async fn serves(&self, wanted: ModelId) -> Result<(), AnyError> {
        let mut current = self.current.clone();
        let arrived = current.wait_for(|model| model.as_ref().is_some_and(|model| model.id == wanted));
        tokio::time::timeout(Duration::from_secs(30), arrived).await??;
        Ok(())
    }

    async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Looks for new events of the tag and reads its holder again when there is one. An error is no reason to stop
/// serving: the model in memory stays, the next look may succeed.
async fn follow(
    registry: Arc<dyn RegistryStore>,
    tag: TagName,
    mut seen: Option<EventId>,
    current: watch::Sender<Option<Arc<Model>>>,
) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    loop {
        ticks.tick().await;
        match look(&*registry, &tag, seen).await {
            Ok(Some((event, model))) => {
                seen = Some(event);
                current.send_replace(model);
            }
            Ok(None) => {}
            Err(error) => println!("watcher: {error}"),
        }
    }
}

type Change = (EventId, Option<Arc<Model>>);

async fn look(
    registry: &dyn RegistryStore,
    tag: &TagName,
    seen: Option<EventId>,
) -> registry_core::Result<Option<Change>> {
    match last_event(registry, tag).await? {
        // The event is read before the holder, so a change in between is seen at the next look.
        Some(event) if Some(event) != seen => Ok(Some((event, holder(registry, tag).await?))),
        _ => Ok(None),
    }
}

/// The newest event of the tag: an index seek, whatever the size of the registry.
async fn last_event(registry: &dyn RegistryStore, tag: &TagName) -> registry_core::Result<Option<EventId>> {
    let query = HistoryQuery {
        tag: Some(tag.clone()),
        limit: Limit::AtMost(1),
        ..HistoryQuery::default()
    };
    Ok(registry
        .history(&query)
        .await?
        .items
        .first()
        .map(|event| event.id))
}

async fn holder(registry: &dyn RegistryStore, tag: &TagName) -> registry_core::Result<Option<Arc<Model>>> {
    let selector = Selector::Tag {
        tag: tag.clone(),
        name: None,
    };
    Ok(registry.find(&selector).await?.map(Arc::new))
}

/// Many tasks at once, as in a busy service.
async fn many_requests(service: &Service) -> Result<(), AnyError> {
    let mut requests = JoinSet::new();
    for _ in 0..100 {
        let current = service.current.clone();
        requests.spawn(async move { current.borrow().as_ref().map(|model| model.version.to_string()) });
    }
    let answers = requests.join_all().await;
    let same = answers
        .iter()
        .filter(|version| version.as_deref() == Some("1.1.0"))
        .count();
    println!(
        "after the second promotion: {same} of {} requests answered by 1.1.0",
        answers.len()
    );
    assert_eq!(same, answers.len());
    Ok(())
}

async fn register(registry: &dyn RegistryStore, version: Version) -> Result<ModelId, AnyError> {
    let registration = Registration::new(
        "gpt-small".parse()?,
        version.clone(),
        Checkpoint::elsewhere(format!("s3://models/gpt-small-{version}.safetensors"))?,
        "language_modeling".parse()?,
        ConfigHash::of_json(r#"{"d_model": 768, "num_layers": 12}"#)?,
    );
    let registered = registry
        .register(&by("trainer", "nightly training")?, registration)
        .await?;
    println!("registered {}", registered.model.reference());
    Ok(registered.model.id)
}

fn by(actor: &str, reason: &str) -> Result<WriteContext, AnyError> {
    Ok(WriteContext::new(Actor::parse(actor)?, Timestamp::now()).reason(Reason::parse(reason)?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}
